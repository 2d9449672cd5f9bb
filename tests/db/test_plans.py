"""Plans of the main queries: they find their rows by a key, however many there are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from swarmstore import LearningPhase, SessionId, SqlStorage
from swarmstore.db.dialects.base import dialect_named
from swarmstore.db.schema.families import SESSIONS, Kind
from swarmstore.db.statements import change_feed
from swarmstore.db.statements import sessions as queries
from swarmstore.db.statements.facts import facts_of
from swarmstore.db.statements.merges import Weighing, merged_facts, sessions_in_slice
from swarmstore.db.statements.placed_rows import Rows
from swarmstore.model.session_slice import SessionSlice
from tests.helpers.internals import database_of
from tests.snapshots import simple

SCENARIOS, SESSIONS_EACH = 4, 60


@pytest.fixture(scope="module")
def filled(lasting_database_url: str) -> Iterator[SqlStorage]:
    """Enough sessions for a planner to prefer an index, with its statistics up to date; tests only read."""
    with SqlStorage(lasting_database_url) as opened:
        for number in range(SCENARIOS * SESSIONS_EACH):
            opened.save_session(f"s{number % SCENARIOS}", simple(number))
        list(opened.changes())  # published, for tests of followers
        database_of(opened).write(lambda session: session.execute(text("ANALYZE")))
        yield opened


def plan(storage: SqlStorage, statement: Any, parameters: dict[str, Any] | None = None) -> str:
    """The plan of a statement, with sequential scans made unattractive, as in a large table."""

    def work(session: Session) -> str:
        sqlite = session.get_bind().dialect.name == "sqlite"
        if not sqlite:
            session.execute(text("SET LOCAL enable_seqscan = off"))
        compiled = statement.compile(
            dialect=session.get_bind().dialect,
            schema_translate_map=None if sqlite else {None: "swarmstore"},
            render_schema_translate=not sqlite,
        )
        values = compiled.construct_params(parameters or {})
        processors = compiled._bind_processors
        bound = {
            name: processors[name](value) if name in processors else value for name, value in values.items()
        }
        given: Any = tuple(bound[name] for name in compiled.positiontup) if compiled.positional else bound
        prefix = "EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN "
        rows = session.connection().exec_driver_sql(prefix + str(compiled), given)
        return "\n".join(str(row[-1]) for row in rows)

    return database_of(storage).write(work)


BY_SCENARIO = (
    "uq_sessions_scenario_id_session_id",
    "ix_sessions_scenario_id_session_ts",
    "sqlite_autoindex_sessions_1",
)


@pytest.mark.parametrize(
    "wanted",
    [
        SessionSlice(),
        SessionSlice(latest=5),
        SessionSlice(since=1, until=5),
        SessionSlice(latest=5, phase=LearningPhase.RELEASE),
    ],
    ids=["all", "latest", "range", "latest of a phase"],
)
def test_a_slice_is_found_by_scenario(filled: SqlStorage, wanted: SessionSlice) -> None:
    explained = plan(filled, sessions_in_slice(wanted, 2))
    assert any(index in explained for index in BY_SCENARIO), explained
    assert "SCAN sessions" not in explained
    assert "Seq Scan" not in explained


def test_the_latest_are_read_off_the_end_of_an_index(filled: SqlStorage) -> None:
    explained = plan(filled, sessions_in_slice(SessionSlice(latest=5), 2))
    assert "Backward using uq_sessions" in explained or "sqlite_autoindex_sessions_1" in explained
    assert "Sort" not in explained
    assert "TEMP B-TREE" not in explained


@pytest.mark.parametrize(
    "statement",
    [
        queries.in_range(2, 1, 5),
        queries.page_of_range(2, 1, 5, SessionId("3"), 5),
        queries.summaries(2, SessionSlice(), SessionId("3"), 5),
        queries.summaries(2, SessionSlice(latest=5), None, 5),
        queries.latest(2, 5),
        queries.ids(2),
        queries.one(2, SessionId("1")),
    ],
    ids=["range", "page of a range", "in short", "latest in short", "latest", "ids", "one"],
)
def test_sessions_are_found_by_scenario(filled: SqlStorage, statement: Any) -> None:
    explained = plan(filled, statement)
    assert any(index in explained for index in BY_SCENARIO), explained
    assert "SCAN sessions" not in explained
    assert "Seq Scan" not in explained


@pytest.mark.parametrize(
    "statement",
    [change_feed.unpublished(), change_feed.published_after(3, 90, 10)],
    ids=["unpublished", "published"],
)
def test_followers_read_off_the_index_of_positions(filled: SqlStorage, statement: Any) -> None:
    explained = plan(filled, statement)
    assert "ix_sessions_position" in explained
    assert "Sort" not in explained
    assert "TEMP B-TREE" not in explained


@pytest.mark.parametrize("kind", list(Kind), ids=str)
def test_facts_are_found_by_their_session(filled: SqlStorage, kind: Kind) -> None:
    explained = plan(filled, facts_of(SESSIONS, kind), Rows([1, 5, 9], [1]).named("owners"))
    table = SESSIONS.facts[kind].name
    assert f"pk_{table}" in explained or f"SEARCH {table} USING PRIMARY KEY" in explained


@pytest.mark.parametrize("weighing", list(Weighing), ids=lambda weighing: weighing.name.lower())
def test_merges_find_facts_by_their_session(filled: SqlStorage, weighing: Weighing) -> None:
    dialect = database_of(filled).engine.dialect.name
    parameters = Rows([1, 5], [1]).named("ids")
    if weighing is not Weighing.NOTHING:
        parameters |= dialect_named(dialect).weight_parameters([1, 5], [0.5, 1.0])
    explained = plan(filled, merged_facts(dialect, Kind.TRANSITIONS, weighing), parameters)
    assert (
        "pk_session_transitions" in explained or "SEARCH session_transitions USING PRIMARY KEY" in explained
    )
