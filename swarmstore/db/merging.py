"""Merging a slice of history where it is: no session's rows come into Python."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import wait
from contextlib import suppress
from typing import Any

from sqlalchemy.orm import Session

from swarmstore.db.dialects import dialect_of, weight_parameters
from swarmstore.db.facts import OwnerFacts, assemble
from swarmstore.db.headers import NOTHING
from swarmstore.db.queries.merges import (
    MAX_BOUNDED,
    Weighing,
    merged_facts,
    merged_header,
    sessions_in_slice,
    sessions_left,
)
from swarmstore.db.rows import NO_FACTS, Columns, columns_of
from swarmstore.db.scenarios import Scenarios
from swarmstore.db.sequences import Sequences
from swarmstore.db.sessions import load_sessions
from swarmstore.db.tables import SessionRow
from swarmstore.db.tables.families import Kind
from swarmstore.db.transactions import Database
from swarmstore.model.merge import (
    Additive,
    MergeStrategy,
    SuccessWeighted,
    TimeDecay,
    decay_weights,
    success_weight,
)
from swarmstore.model.slices import SessionSlice
from swarmstore.model.snapshot import LearningSnapshot, now_seconds


def merge_slice(
    database: Database,
    session: Session,
    scenarios: Scenarios,
    sequences: Sequences,
    wanted: SessionSlice,
    strategy: MergeStrategy,
) -> LearningSnapshot:
    """The merge of a slice: `empty()` of no session, a copy of one. Raises CountOverflowError."""
    scenario_id = None if wanted.scenario is None else scenarios.find(session, wanted.scenario)
    if wanted.scenario is not None and scenario_id is None:
        return LearningSnapshot.empty()
    rows = session.execute(sessions_in_slice(wanted, scenario_id)).all()[::-1]
    if not rows:
        return LearningSnapshot.empty()
    if len(rows) == 1:
        return load_sessions(session, sequences, [session.get_one(SessionRow, rows[0].id)])[0]
    ids = [row.id for row in rows]
    weights = _weights(rows, strategy)
    dialect = dialect_of(session)
    parameters = {"ids": ids} if weights is None else weight_parameters(dialect, ids, weights)
    weighing = _weighing(weights)

    def of_kind(reader: Session, kind: Kind) -> Columns:
        return columns_of(kind, reader.execute(merged_facts(dialect, kind, weighing), parameters))

    sums = session.execute(merged_header(dialect, weighing), parameters).one()
    newest = session.get_one(SessionRow, ids[-1])
    header = {
        **NOTHING.header,
        **sums._mapping,
        "scenario_name": newest.scenario_name,
        "task_description": newest.task_description,
        "created_at": now_seconds(),
    }
    return assemble(session, sequences, [(header, _merged(database, session, ids, of_kind))])[0]


def _weights(rows: Sequence[Any], strategy: MergeStrategy) -> list[float] | None:
    """The weights of `merge_weights`, from what the slice says of each session, oldest first."""
    match strategy:
        case Additive():
            return None
        case TimeDecay():
            return decay_weights(len(rows), strategy)
        case SuccessWeighted():
            return [success_weight(row.success_episodes, row.total_episodes) for row in rows]


def _weighing(weights: list[float] | None) -> Weighing:
    if weights is None:
        return Weighing.NOTHING
    return Weighing.BOUNDED if max(weights) <= MAX_BOUNDED else Weighing.ANY


_MANY = 200  # sessions that are worth a second reader
_LONGEST_FIRST = (Kind.NGRAMS, Kind.CONTEXTS, Kind.TRANSITIONS, Kind.ACTIONS, Kind.STRATEGIES)


def _merged(
    database: Database, session: Session, ids: Sequence[int], of_kind: Callable[[Session, Kind], Columns]
) -> OwnerFacts:
    """The sums of each kind, by two readers where there is much to do and the database has but one."""
    waiting = deque(_LONGEST_FIRST)
    facts: OwnerFacts = dict(NO_FACTS)

    def take(reader: Session) -> None:
        with suppress(IndexError):  # none is left
            while True:
                kind = waiting.popleft()
                try:
                    facts[kind] = of_kind(reader, kind)
                except BaseException:
                    waiting.append(kind)
                    raise

    def take_beside(reader: Session) -> None:
        # it may see other sessions, but facts never change: where these are all there, so are theirs
        if reader.scalar(sessions_left(), {"ids": ids}) == len(ids):
            take(reader)

    beside = database.read_beside(take_beside) if len(ids) >= _MANY else None
    take(session)
    if beside is not None:
        wait([beside])
        take(session)  # what it began and could not end
    return facts
