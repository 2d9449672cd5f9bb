"""Many rows at once: all of them go in, and come out with every bit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from swarmstore import LearningSnapshot, SessionId, SqlStorage
from swarmstore.db.dialects.base import NewRows, dialect_of, insert_rows
from swarmstore.db.mapping.rows import COLUMNS
from swarmstore.db.schema.families import SESSIONS, Kind
from swarmstore.db.statements.facts import facts_of
from swarmstore.db.statements.placed_rows import Rows
from swarmstore.model.limits import MAX_COUNT, MAX_KPI
from tests.helpers.internals import database_of
from tests.snapshots import simple

COUNTS = st.integers(0, MAX_COUNT)
DOUBLES = st.floats(-MAX_KPI, MAX_KPI) | st.just(-0.0)


@pytest.fixture
def storage(database_url: str) -> Iterator[SqlStorage]:
    with SqlStorage(database_url) as opened:
        opened.save_session("s", LearningSnapshot(), SessionId("1"))
        yield opened


class UndoneError(Exception):
    """Takes back what a transaction did."""


def through(
    storage: SqlStorage, kind: Kind, columns: Sequence[Sequence[object]], *, owner_in_rows: bool = False
) -> list[list[object]]:
    """The columns of facts of session 1 once they are in the database.

    owner_in_rows: as where rows of many sessions are written together.
    """
    found: list[list[object]] = [[] for _ in columns]

    def work(session: Session) -> None:
        owner = {"session_row_id": 1, "scenario_id": 1}
        given: dict[str, Sequence[object]] = dict(zip(COLUMNS[kind], columns, strict=True))
        if owner_in_rows:
            given |= {name: [value] * len(columns[0]) for name, value in owner.items()}
        constants = {} if owner_in_rows else owner
        insert_rows(session.connection(), NewRows(SESSIONS.facts[kind], constants, given))
        (read,) = dialect_of(session).groups_of(
            session.connection(), [facts_of(SESSIONS, kind)], Rows([1], [1]).named("owners")
        )
        for group, values in read:
            assert group == 1
            found[:] = [list(column) for column in values]
        raise UndoneError

    with pytest.raises(UndoneError):
        database_of(storage).write(work)
    return found


@pytest.mark.parametrize("rows", [0, 1, 7, 8, 9, 16, 33])
def test_any_number_of_rows_goes_in_and_comes_out(storage: SqlStorage, rows: int) -> None:
    columns: list[list[Any]] = [list(range(rows)), [5] * rows, [None] * rows]
    assert through(storage, Kind.TRANSITIONS, columns) == columns


@pytest.mark.parametrize("rows", [999, 1000, 1024, 2500])
def test_very_many_rows_go_in_and_come_out(storage: SqlStorage, rows: int) -> None:
    """PostgreSQL takes them by COPY, packed some at a time."""
    keys = list(range(-5, rows - 5))
    some_missing = [None if number % 3 else number for number in range(rows)]
    columns: list[list[Any]] = [keys, [MAX_COUNT] * rows, some_missing]
    assert through(storage, Kind.TRANSITIONS, columns, owner_in_rows=True) == columns
    doubles = [(-0.0, 0.1, MAX_KPI, 5e-324)[number % 4] for number in range(rows)]
    columns = [keys, *[[number] * rows for number in range(5)], doubles, list(range(rows))]
    assert repr(through(storage, Kind.ACTIONS, columns, owner_in_rows=True)) == repr(columns)


@pytest.mark.property
@given(
    rows=st.dictionaries(
        st.integers(-(2**63), 2**63 - 1), st.tuples(COUNTS, COUNTS, COUNTS, COUNTS, COUNTS, DOUBLES, COUNTS)
    )
)
def test_every_number_comes_out_as_it_went_in(
    storage: SqlStorage, rows: dict[int, tuple[int | float, ...]]
) -> None:
    ordered = sorted((key, *values) for key, values in rows.items())
    columns = [list(column) for column in zip(*ordered, strict=True)] or [[] for _ in COLUMNS[Kind.ACTIONS]]
    found = through(storage, Kind.ACTIONS, columns)
    assert repr(found) == repr(columns)  # which tells -0.0 from 0.0, and 1 from 1.0


def test_rows_whose_key_is_taken_can_be_skipped(storage: SqlStorage) -> None:
    storage.save_session("s", simple())
    table = SESSIONS.facts[Kind.NGRAMS]
    owner = {"session_row_id": 1, "scenario_id": 1}

    def work(session: Session) -> list[list[int]]:
        for keys, count in (([1, 2, 3], 1), (list(range(20)), 2)):
            given = {"sequence_id": keys, "success_count": [count] * len(keys), "failure_count": keys}
            insert_rows(session.connection(), NewRows(table, owner, given, skip_taken=True))
        statement = facts_of(SESSIONS, Kind.NGRAMS)
        (groups,) = dialect_of(session).groups_of(
            session.connection(), [statement], Rows([1], [1]).named("owners")
        )
        return next([list(each) for each in columns] for _, columns in groups)

    keys, successes, failures = database_of(storage).write(work)
    assert keys == failures == list(range(20))
    assert successes == [2, 1, 1, 1, *[2] * 16]
