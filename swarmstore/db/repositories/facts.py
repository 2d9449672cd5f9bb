"""Facts of any family within a transaction: write them, load them as snapshots, add them up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from swarmstore.db.connection import paused_gc
from swarmstore.db.dialects.base import Groups, NewRows
from swarmstore.db.dialects.registry import dialect_of
from swarmstore.db.mapping.rows import NO_FACTS, Columns, NamesOf, SnapshotRows, from_rows, part_of
from swarmstore.db.repositories.action_sequences import Sequences
from swarmstore.db.schema.families import SUMMED, Family, Kind
from swarmstore.db.statements import facts as queries
from swarmstore.model.snapshot import LearningSnapshot

OwnerFacts = dict[Kind, Columns]
_Owner = TypeVar("_Owner")
_Made = TypeVar("_Made")


@dataclass(frozen=True, slots=True)
class Owner:
    """A row of a family's header table that facts belong to."""

    family: Family
    id: int


def facts_as_rows(family: Family, constants: Mapping[str, Any], rows: SnapshotRows) -> list[NewRows]:
    """A snapshot's facts with these constants, in the fixed order of kinds."""
    return [NewRows(family.facts[kind], constants, rows.columns(kind)) for kind in Kind]


def load_facts(session: Session, family: Family, owners: Sequence[int]) -> dict[int, OwnerFacts]:
    """The facts of many owners."""
    loaded: dict[int, OwnerFacts] = {owner: dict(NO_FACTS) for owner in owners}
    with paused_gc.put_off():
        for kind, groups in facts_by_owner(family, owners, session, tuple(Kind)).items():
            for owner, columns in groups:
                loaded[owner][kind] = columns
    return loaded


def facts_by_owner(
    family: Family, owners: Sequence[int], session: Session, kinds: Sequence[Kind]
) -> dict[Kind, Groups]:
    """The facts of these kinds, of those owners that have some."""
    statements = [queries.facts_of(family, kind) for kind in kinds]
    groups = dialect_of(session).groups_of(
        session.connection(), statements, {"owners": owners}, computed=False
    )
    return dict(zip(kinds, groups, strict=True))


def load_total_facts(session: Session, total: int, pending: Sequence[int]) -> OwnerFacts:
    """The facts of a total of several contributors, with those of sessions not folded yet."""
    loaded: OwnerFacts = dict(NO_FACTS)
    statements = [queries.total_facts(kind) for kind in SUMMED]
    with paused_gc.put_off():
        parameters = {"total": total, "pending": pending}
        of_kinds = dialect_of(session).groups_of(session.connection(), statements, parameters, computed=True)
        for kind, groups in zip(SUMMED, of_kinds, strict=True):
            for _, columns in groups:
                loaded[kind] = columns
    return loaded


def snapshot_of(
    session: Session, sequences: Sequences, header: Mapping[str, Any], facts: OwnerFacts
) -> LearningSnapshot:
    """The snapshot that one owner's header and facts are. Looks up names not known yet."""
    by_sequence = [facts[kind][0] for kind, key in SUMMED.items() if key == "sequence_id"]
    return _with_names(session, sequences, by_sequence, partial(from_rows, SnapshotRows(header, facts)))


def parts_of(
    session: Session, sequences: Sequences, kind: Kind, facts: Mapping[_Owner, Columns]
) -> dict[_Owner, Any]:
    """The part that each owner's facts of a kind are of its snapshot. Looks up names not known yet."""

    def make(names_of: NamesOf) -> dict[_Owner, Any]:
        return {owner: part_of(kind, columns, names_of) for owner, columns in facts.items()}

    return _with_names(session, sequences, [columns[0] for columns in facts.values()], make)


def _with_names(
    session: Session, sequences: Sequences, ids: Iterable[Iterable[int]], make: Callable[[NamesOf], _Made]
) -> _Made:
    with paused_gc.put_off():
        try:  # mostly all are known, and looking for those that are not would take longer
            return make(sequences.known_names.__getitem__)
        except KeyError:
            return make(sequences.resolve(session, set().union(*ids)).__getitem__)


def add_facts(session: Session, source: Family, owners: Sequence[int], targets: Sequence[Owner]) -> None:
    """Add the facts of many owners to those of each target of one family; their switches stay as they are."""
    for kind in SUMMED:
        statement = queries.accumulate(dialect_of(session).name, source, targets[0].family, kind)
        session.execute(statement, {"owners": owners, "targets": [target.id for target in targets]})


def copy_facts(session: Session, source: Family, owner: int, target: Owner) -> None:
    """Copy all facts of one owner to another that has none."""
    for kind in Kind:
        statement = queries.copy(dialect_of(session).name, source, target.family, kind)
        session.execute(statement, {"owners": [owner], "targets": [target.id]})


def drop_facts(session: Session, owner: Owner, kinds: Sequence[Kind] = tuple(Kind)) -> None:
    """Delete the facts of one owner."""
    for kind in kinds:
        session.execute(queries.delete_facts(owner.family, kind), {"owner": owner.id})
