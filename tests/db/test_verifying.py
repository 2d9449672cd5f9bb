"""Verify finds what does not add up, and says where; rebuild mends what is cached."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from swarmstore import GlobalKey, LearningStore, ScenarioKey, SessionId, SessionKey
from swarmstore.contracts.capabilities import Discrepancy
from tests.helpers.internals import database_of
from tests.helpers.shipped import SHIPPED
from tests.snapshots import full, simple


@pytest.fixture
def store(database_url: str) -> Iterator[LearningStore]:
    with LearningStore.open(database_url, fold_at=1000) as opened:
        yield opened


def change(store: LearningStore, statement: str) -> None:
    database = database_of(store.storage)
    schema = "" if database.engine.dialect.name == "sqlite" else "swarmstore."

    def work(session: Session) -> int:
        changed: int = session.connection().execute(text(statement.replace("@", schema))).rowcount
        return changed

    assert database.write(work) == 1, statement


def test_a_store_of_everything_verifies(store: LearningStore) -> None:
    """Imported, folded, waiting, deleted, replaced and saved by hand."""
    store.import_store(SHIPPED)
    for number in range(6):
        store.save_session("simple_qa", full() if number % 2 else simple(number), f"{number}")
        store.save_session("t", simple(number))
    assert store.verify_totals(deep=True) == []
    store.fold()
    assert store.verify_totals(deep=True) == []
    store.storage.delete(SessionKey("simple_qa", SessionId("1")))
    store.storage.save(SessionKey("simple_qa", SessionId("2")), full())
    store.storage.delete(SessionKey("simple_qa", SessionId("4")))
    store.save_scenario("t", full())
    store.save_session("t", simple(1))
    assert store.verify_totals(deep=True) == []
    store.fold()
    assert store.verify_totals(deep=True) == []
    before = [store.load_scenario(name) for name in store.scenarios()]
    assert store.rebuild_totals() == 5
    assert [store.load_scenario(name) for name in store.scenarios()] == before
    assert store.verify_totals(deep=True) == []


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (
            "UPDATE @rollup_transitions SET success_count = 7 WHERE success_count = 3 AND scenario_id > 0",
            Discrepancy("s", None, "transitions", ("A", "B"), "success_count", "7", "3"),
        ),
        (
            "DELETE FROM @rollup_ngrams WHERE scenario_id = 0",
            Discrepancy(None, None, "ngrams", ("A", "B", "C"), "success_count", "none", "3"),
        ),
        (
            "UPDATE @rollup_actions SET kpi_total = 1.25 WHERE scenario_id = 0",
            Discrepancy(None, None, "actions", ("A",), "kpi_total", "1.25", "1.0"),
        ),
        (
            "UPDATE @rollups SET total_actions = 5 WHERE scenario_id = 0",
            Discrepancy(None, None, "header", (), "total_actions", "5", "6"),
        ),
    ],
)
def test_a_cached_value_changed_by_hand_is_found_and_mended(
    store: LearningStore, statement: str, expected: Discrepancy
) -> None:
    store.save_session("s", simple(1))
    store.save_session("s", simple(2))
    store.fold()
    before = store.load_scenario("s"), store.load_global()
    change(store, statement)
    assert expected in store.verify_totals()
    store.rebuild_totals()
    assert store.verify_totals(deep=True) == []
    assert (store.load_scenario("s"), store.load_global()) == before


def test_a_session_changed_by_hand_is_found(store: LearningStore) -> None:
    store.save_session("s", simple(1), "1")
    store.save_session("s", simple(2), "2")
    store.fold()
    change(store, "UPDATE @session_transitions SET success_count = 9 WHERE success_count = 2")
    found = store.verify_totals(deep=True)
    sums = {(one.scenario, one.kind, one.key, one.value, one.found, one.expected) for one in found}
    assert ("s", "transitions", ("A", "B"), "success_count", "3", "10") in sums
    assert (None, "transitions", ("A", "B"), "success_count", "3", "10") in sums
    (content,) = [one for one in found if one.kind == "content"]
    assert (content.scenario, content.session_id) == ("s", "2")
    assert content.found != content.expected
    assert all(one.kind != "content" for one in store.verify_totals())


def test_a_waiting_session_changed_by_hand_is_found_by_its_content(store: LearningStore) -> None:
    store.save_session("s", simple(2), "2")
    change(store, "UPDATE @session_ngrams SET failure_count = 1 WHERE success_count = 2")
    assert store.verify_totals() == []
    (content,) = store.verify_totals(deep=True)
    assert (content.session_id, content.kind) == ("2", "content")


def test_pruning_keeps_what_was_learned(store: LearningStore) -> None:
    for number in range(250):
        store.save_session("s", simple(number % 7, f"task {number}"), f"{number:04}")
    store.save_session("t", simple(5))
    before = store.load_scenario("s"), store.load_global()
    told: list[tuple[int, int]] = []
    assert store.prune("s", keep_latest=30, dry_run=True) == 220
    assert len(store.list_sessions("s")) == 250
    assert store.prune("s", keep_latest=30, progress=lambda done, most: told.append((done, most))) == 220
    assert told == [(100, 220), (200, 220), (220, 220)]
    assert store.list_sessions("s") == [f"{number:04}" for number in range(220, 250)]
    assert (store.storage.load(ScenarioKey("s")), store.storage.load(GlobalKey())) == before
    assert store.verify_totals(deep=True) == []
    assert store.prune("s", keep_latest=30) == 0
    assert store.prune("s", older_than=240) == 20
    assert store.prune("s", keep_latest=0) == 10
    assert (store.storage.load(ScenarioKey("s")), store.storage.load(GlobalKey())) == before
    store.rebuild_totals()
    assert (store.storage.load(ScenarioKey("s")), store.storage.load(GlobalKey())) == before
    assert store.verify_totals(deep=True) == []
