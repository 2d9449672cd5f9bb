"""Stores of very many scenarios: what looks at all of them does so with few statements."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import Engine, event

from swarmstore import LearningStore, SqlStorage
from swarmstore.db.doctor.diagnosis import diagnose
from swarmstore.model.snapshot import LearningSnapshot
from tests.helpers.copied_scenarios import multiply_scenario
from tests.helpers.internals import database_of
from tests.snapshots import full, simple

pytestmark = pytest.mark.long

NewDatabase = Callable[[], AbstractContextManager[str]]

CALLS: dict[str, Callable[[LearningStore, str], object]] = {
    "scenarios": lambda store, _url: store.scenarios(),
    "summaries": lambda store, _url: store.summaries(),
    "doctor": lambda _store, url: diagnose(url),
    "verify": lambda store, _url: store.verify_totals(),
    "deep": lambda store, _url: store.verify_totals(deep=True),
}


def statements(call: Callable[[], object]) -> int:
    """How many reach any database."""
    seen = list[str]()

    def statement(_conn: object, _cursor: object, text: str, *_rest: object) -> None:
        seen.append(text)

    event.listen(Engine, "before_cursor_execute", statement)
    try:
        call()
    finally:
        event.remove(Engine, "before_cursor_execute", statement)
    return len(seen)


def made(url: str, scenarios: int) -> LearningStore:
    """Scenarios that each have two sessions in their total, and one that waits for it."""
    store = LearningStore.open(url, fold_at=1000)
    for number in range(2):
        store.save_session("s", full(), f"{number}")
    store.fold()
    assert isinstance(store.storage, SqlStorage)
    multiply_scenario(store.storage, "s", scenarios)
    for scenario in store.scenarios():
        store.save_session(scenario, simple(), "2")
    return store


@pytest.mark.parametrize("name", CALLS)
def test_as_many_statements_for_forty_scenarios_as_for_four(another_database: NewDatabase, name: str) -> None:
    counts = set[int]()
    for scenarios in (4, 40):
        with another_database() as url, made(url, scenarios) as store:
            CALLS[name](store, url)  # what is looked up once is known then
            counts.add(statements(lambda store=store, url=url: CALLS[name](store, url)))  # type: ignore[misc]
    assert len(counts) == 1


def test_what_is_found_is_found_for_each(database_url: str) -> None:
    with made(database_url, 120) as store:
        told = list[tuple[int, int]]()
        assert store.verify_totals(progress=lambda *how: told.append(how)) == []
        assert [done for done, _ in told] == list(range(1, len(told) + 1))
        assert len({of for _, of in told}) == 1
        assert [one.session_count for one in store.summaries()] == [7] * 120
        told.clear()
        assert store.fold(progress=lambda *how: told.append(how)) == 240
        assert told == [(1, 121), (101, 121), (121, 121)]  # the global one, and pages of a hundred
        assert store.verify_totals(deep=True) == []
        assert store.load_global().metadata.session_count == 840
        assert isinstance(store.storage, SqlStorage)
        with database_of(store.storage).engine.begin() as connection:
            schema = "" if database_url.startswith("sqlite") else "swarmstore."
            connection.exec_driver_sql(
                f"UPDATE {schema}rollups SET total_actions = 7 WHERE scenario_id > 100"
            )
            connection.exec_driver_sql(
                f"UPDATE {schema}rollup_transitions SET success_count = success_count + 1"
                " WHERE scenario_id IN (3, 77)"
            )
        found = store.verify_totals()
        assert len([one for one in found if one.kind == "header"]) == 20
        facts = {one.scenario for one in found if one.kind == "transitions"}
        assert len(facts) == 2
        order = [one.scenario for one in found]
        assert order == sorted(order, key=order.index)  # each total's differences are together


def test_a_session_that_does_not_fit_is_found_among_many(database_url: str) -> None:
    with made(database_url, 8) as store:
        assert [one.code for one in diagnose(database_url).findings if one.code == "session-overflows"] == []
        large = LearningSnapshot.empty()
        large.metadata.session_count = 2**63 - 1
        store.save_scenario("s 5", large)
        store.save_session("s 5", simple(), "3")
        found = [one.subject for one in diagnose(database_url).findings if one.code == "session-overflows"]
        assert found == ["session:s 5:3"]
