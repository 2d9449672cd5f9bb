"""Facts of any family within a transaction: write them, load them as snapshots, add them up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple, TypeVar

from sqlalchemy.orm import Session

from swarmstore.db.connection import paused_gc
from swarmstore.db.connection.transactions import Database
from swarmstore.db.dialects.base import Groups, NewRows, Parameters, Statement, Values
from swarmstore.db.mapping.rows import COLUMNS, NO_FACTS, Columns, NamesOf, SnapshotRows, from_rows, part_of
from swarmstore.db.mapping.total_headers import Header
from swarmstore.db.repositories.action_sequences import ActionSequenceRepository
from swarmstore.db.schema.families import BY_SEQUENCE, SUMMED, Family, Kind
from swarmstore.db.statements import facts as queries
from swarmstore.db.statements.placed_rows import Rows
from swarmstore.model.snapshot import LearningSnapshot

OwnerFacts = dict[Kind, Columns]
_Owner = TypeVar("_Owner")
_Made = TypeVar("_Made")


def new_rows(family: Family, constants: Parameters, rows: SnapshotRows) -> list[NewRows]:
    """A snapshot's facts with these constants, in the fixed order of kinds."""
    return [NewRows(family.facts[kind], constants, rows.columns(kind)) for kind in Kind]


class Watch(NamedTuple):
    """What is read in one statement with facts, and has to be as it was seen in an earlier one."""

    statement: Statement
    parameters: Parameters
    seen: Sequence[Values]


class ChangedMeanwhileError(Exception):
    """It was not: the facts may be of something else."""


class FactRepository:
    """What sessions, totals and their parts learned, by kinds."""

    def __init__(self, database: Database, sequences: ActionSequenceRepository) -> None:
        self._dialect = database.dialect
        self._sequences = sequences

    def load(
        self,
        session: Session,
        family: Family,
        owner: Rows,
        kinds: Sequence[Kind] = tuple(Kind),
        watch: Watch | None = None,
    ) -> OwnerFacts:
        """Load the facts of these kinds that one owner has. Raises ChangedMeanwhileError."""
        statements = partial(queries.facts_of, family)
        return self._load_one(session, statements, kinds, owner.named("owners"), watch)

    def load_total(
        self, session: Session, total: int, pending: Rows, watch: Watch | None = None
    ) -> OwnerFacts:
        """Load the facts of a total of several contributors, with those of pending sessions.

        Raises ChangedMeanwhileError.
        """
        parameters = {"total": total, **pending.named("pending")}
        return self._load_one(session, queries.total_facts, tuple(SUMMED), parameters, watch, computed=True)

    def _load_one(
        self,
        session: Session,
        statement: Callable[[Kind, bool], Statement],
        kinds: Sequence[Kind],
        parameters: Parameters,
        watch: Watch | None,
        *,
        computed: bool = False,
    ) -> OwnerFacts:
        loaded: OwnerFacts = dict(NO_FACTS)
        named = not self._sequences.known_names  # as in a new process: it will need all of them
        with paused_gc.put_off():
            statements = [statement(kind, named) for kind in kinds]
            if watch is not None:
                statements.append(watch.statement)
                parameters = {**parameters, **watch.parameters}
            connection = session.connection()
            answers = self._dialect.groups_of(connection, statements, parameters, computed=computed)
            if watch is not None and [columns for _, columns in answers.pop()] != [watch.seen]:
                raise ChangedMeanwhileError
            for kind, groups in zip(kinds, answers, strict=True):
                for _, columns in groups:
                    width = len(COLUMNS[kind])
                    loaded[kind] = columns[:width]
                    if actions := columns[width:]:
                        self._sequences.remember(columns[0], actions)
        return loaded

    def load_all(self, session: Session, family: Family, owners: Rows) -> dict[int, OwnerFacts]:
        """Load the facts of many owners."""
        loaded: dict[int, OwnerFacts] = {owner: dict(NO_FACTS) for owner in owners.ids}
        # rows of many servers would come in no order
        spread = family.has_scenario() and self._dialect.spreads(session.connection())
        with paused_gc.put_off():
            for some in owners.on_servers(spread):
                for kind, groups in self.load_kinds(session, family, some, tuple(Kind)).items():
                    for owner, columns in groups:
                        loaded[owner][kind] = columns
        return loaded

    def load_kinds(
        self, session: Session, family: Family, owners: Rows, kinds: Sequence[Kind]
    ) -> dict[Kind, Groups]:
        """Load the facts of these kinds, of those owners that have some."""
        statements = [queries.facts_of(family, kind) for kind in kinds]
        groups = self._dialect.groups_of(session.connection(), statements, owners.named("owners"))
        return dict(zip(kinds, groups, strict=True))

    def snapshot(self, session: Session, header: Header, facts: OwnerFacts) -> LearningSnapshot:
        """Make the snapshot that one owner's header and facts are."""
        ids = [facts[kind][0] for kind in BY_SEQUENCE]
        return self._with_names(session, ids, partial(from_rows, SnapshotRows(header, facts)))

    def parts(self, session: Session, kind: Kind, facts: Mapping[_Owner, Columns]) -> dict[_Owner, Any]:
        """Make the parts that each owner's facts of a kind are of its snapshot."""

        def make(names_of: NamesOf) -> dict[_Owner, Any]:
            return {owner: part_of(kind, columns, names_of) for owner, columns in facts.items()}

        return self._with_names(session, [columns[0] for columns in facts.values()], make)

    def _with_names(
        self, session: Session, ids: Iterable[Iterable[int]], make: Callable[[NamesOf], _Made]
    ) -> _Made:
        with paused_gc.put_off():
            try:  # mostly all are known, and looking for those that are not would take longer
                return make(self._sequences.known_names.__getitem__)
            except KeyError:
                return make(self._sequences.load(session, set().union(*ids)).__getitem__)

    def add(self, session: Session, source: Family, owners: Rows, family: Family, targets: Rows) -> None:
        """Add the facts of many owners to those of each target, but for switches."""
        for kind in SUMMED:
            statement = queries.accumulate(self._dialect.name, source, family, kind)
            session.execute(statement, {**owners.named("owners"), **targets.named("targets")})

    def fold_own(self, session: Session, owners: Rows, targets: Rows, *, first: bool = False) -> None:
        """Add to each total what those of these sessions have that are pending for it.

        first: one session each, which is all that counts in the total, so with its switches.
        """
        for kind in Kind if first else SUMMED:
            statement = queries.fold_own(self._dialect.name, kind, first=first)
            session.execute(statement, {**owners.named("owners"), **targets.named("targets")})

    def copy(self, session: Session, source: Family, owner: Rows, family: Family, target: Rows) -> None:
        """Copy all facts of one owner to a target that has none."""
        for kind in Kind:
            statement = queries.copy(self._dialect.name, source, family, kind)
            session.execute(statement, {**owner.named("owners"), **target.named("targets")})

    def delete(
        self, session: Session, family: Family, owners: Rows, kinds: Sequence[Kind] = tuple(Kind)
    ) -> None:
        """Delete the facts of these owners."""
        for kind in kinds:
            session.execute(queries.delete_facts(family, kind), owners.named("owners"))
