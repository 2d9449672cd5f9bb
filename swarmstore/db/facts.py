"""Facts of any family within a transaction: write them, load them as snapshots, add them up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from swarmstore.db import collector
from swarmstore.db.bulk import columns_by_group, insert_rows
from swarmstore.db.dialects import dialect_of
from swarmstore.db.queries import facts as queries
from swarmstore.db.rows import NO_FACTS, Columns, SnapshotRows, from_rows
from swarmstore.db.sequences import Names, Sequences
from swarmstore.db.tables.families import SUMMED, Family, Kind
from swarmstore.model.snapshot import LearningSnapshot

OwnerFacts = dict[Kind, Columns]


@dataclass(frozen=True, slots=True)
class NamedRows:
    """A snapshot's rows with the names of its sequences: all that making the snapshot takes."""

    rows: SnapshotRows
    names: Mapping[int, Names]

    def snapshot(self) -> LearningSnapshot:
        """Another snapshot each time, which shares nothing that can change."""
        with collector.put_off():
            return from_rows(self.rows, self.names.__getitem__)


@dataclass(frozen=True, slots=True)
class Owner:
    """A row of a family's header table that facts belong to; a folded total is its own scenario."""

    family: Family
    id: int
    scenario_id: int

    def parameters(self) -> dict[str, int]:
        """The parameters of a statement that adds facts to this owner."""
        target = {"target": self.id}
        return target | {"target_scenario": self.scenario_id} if self.family.has_scenario() else target


def write_facts(connection: Connection, owner: Owner, rows: SnapshotRows) -> None:
    """Insert the facts of one owner, in the fixed order of kinds."""
    constants = {owner.family.owner: owner.id, "scenario_id": owner.scenario_id}
    for kind in Kind:
        insert_rows(connection, owner.family.facts[kind], constants, rows.columns(kind))


def load_facts(session: Session, family: Family, owners: Sequence[int]) -> dict[int, OwnerFacts]:
    """The facts of many owners, a statement or two a kind."""
    return of_owners(owners, {kind: facts_by_owner(family, owners, session, kind) for kind in Kind})


def facts_by_owner(family: Family, owners: Sequence[int], session: Session, kind: Kind) -> dict[int, Columns]:
    """The facts of one kind of those owners that have some."""
    statement = queries.facts_of(family, kind)
    with collector.put_off():
        return dict(columns_by_group(session.connection(), statement, {"owners": owners}))


def of_owners(owners: Sequence[int], found: Mapping[Kind, Mapping[int, Columns]]) -> dict[int, OwnerFacts]:
    """The facts of each owner, from those of each kind."""
    return {
        owner: {kind: of_kind.get(owner, NO_FACTS[kind]) for kind, of_kind in found.items()}
        for owner in owners
    }


def load_total_facts(session: Session, total: int, pending: Sequence[int]) -> OwnerFacts:
    """The facts of a total of several contributors, with those of sessions not folded yet."""
    parameters = {"total": total, "pending": pending}
    loaded: OwnerFacts = dict(NO_FACTS)
    connection = session.connection()
    with collector.put_off():
        for kind in SUMMED:
            for _, columns in columns_by_group(
                connection, queries.total_facts(kind), parameters, computed=True
            ):
                loaded[kind] = columns
    return loaded


def assemble(
    session: Session, sequences: Sequences, found: Sequence[tuple[Mapping[str, Any], OwnerFacts]]
) -> list[LearningSnapshot]:
    """Snapshots from headers and facts; unknown names are looked up in one statement."""
    names = names_in(session, sequences, [facts for _, facts in found])
    with collector.put_off():
        return [NamedRows(SnapshotRows(header, facts), names).snapshot() for header, facts in found]


def names_in(session: Session, sequences: Sequences, found: Iterable[OwnerFacts]) -> Mapping[int, Names]:
    """The names of all sequences in these facts, looked up where this process does not know them."""
    by_sequence = [kind for kind, key in SUMMED.items() if key == "sequence_id"]
    return sequences.resolve(
        session, set().union(*[facts[kind][0] for facts in found for kind in by_sequence])
    )


def add_facts(session: Session, source: Family, owners: Sequence[int], target: Owner) -> None:
    """Add the facts of many owners to those of one; its switches stay as they are."""
    for kind in SUMMED:
        statement = queries.accumulate(dialect_of(session), source, target.family, kind)
        session.execute(statement, {"owners": owners, **target.parameters()})


def copy_facts(session: Session, source: Family, owner: int, target: Owner) -> None:
    """Copy all facts of one owner to another that has none."""
    for kind in Kind:
        statement = queries.copy(dialect_of(session), source, target.family, kind)
        session.execute(statement, {"owners": [owner], **target.parameters()})


def drop_facts(session: Session, owner: Owner, kinds: Sequence[Kind] = tuple(Kind)) -> None:
    """Delete the facts of one owner."""
    for kind in kinds:
        session.execute(queries.delete_facts(owner.family, kind), {"owner": owner.id})
