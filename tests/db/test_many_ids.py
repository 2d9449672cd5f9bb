"""More ids at once than a statement may have parameters: 65,535 on PostgreSQL, 32,766 on SQLite."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from swarmstore import LearningStore, ScenarioKey, SessionId
from swarmstore.db.statements import sessions as queries
from tests.faults.checks import sql
from tests.helpers.internals import database_of, repositories_of
from tests.snapshots import simple

MANY = 100_000
NAMES = ["1", "NULL", "{}", '"', "\\", "'", "日本", "a,b", "\\x41", "null"]


@pytest.fixture
def store(database_url: str) -> Iterator[LearningStore]:
    with LearningStore.open(database_url, fold_at=1000) as opened:
        for name in NAMES:
            opened.save_session("s", simple(), name)
        opened.save_session("s", simple(), "stays")
        yield opened


def test_very_many_sessions_are_deleted_in_one_call(store: LearningStore) -> None:
    ids = [SessionId(f"no such session {number}") for number in range(MANY)]
    assert sql(store).delete_sessions("s", [*map(SessionId, NAMES), *ids]) == len(NAMES)
    assert store.list_sessions("s") == ["stays"]
    assert store.load_scenario("s").metadata.session_count == len(NAMES) + 1
    assert sql(store).delete_sessions("s", ids) == 0
    assert sql(store).delete_sessions("s", []) == 0
    assert store.verify_totals(deep=True) == []


def test_very_many_ids_are_looked_for_at_once(store: LearningStore) -> None:
    ids = [SessionId(f"no such session {number}") for number in range(MANY)]
    with_some = [*ids, *map(SessionId, NAMES)]
    found = database_of(sql(store)).read(lambda s: set(s.scalars(queries.taken_ids(1, with_some))))
    assert found == set(NAMES)
    assert database_of(sql(store)).read(lambda s: s.scalars(queries.taken_ids(2, with_some)).all()) == []
    assert database_of(sql(store)).read(lambda s: s.scalars(queries.taken_ids(1, [])).all()) == []


def test_very_many_sessions_are_left_out_of_a_fold(store: LearningStore) -> None:
    """As those that would overflow a total."""
    database = database_of(sql(store))
    repositories = repositories_of(sql(store))
    totals = repositories.totals
    scenario = database.read(lambda s: repositories.scenarios.find(s, "s"))
    assert scenario is not None
    rows = database.read(lambda s: [row.id for row in totals.list_pending(s, scenario)])
    leaving = [*rows[:4], *range(10**9, 10**9 + MANY)]

    def left(session: Session) -> list[int]:
        return [row.id for row in totals.list_pending(session, scenario, None, leaving)]

    assert database.read(left) == rows[4:]
    assert database.read(lambda s: totals.list_pending(s, scenario, 1, leaving)[0].id) == rows[4]

    def fold(session: Session) -> list[int]:
        rollup = totals.lock_one(session, scenario)
        pending = totals.list_pending(session, scenario, 100, leaving)
        totals.fold(session, [rollup], pending)
        return [row.id for row in pending]

    folded = database.write(fold)
    assert folded == rows[4:]
    assert store.storage.exists(ScenarioKey("s"))
    assert store.verify_totals(deep=True) == []
