"""After a lot of sessions totals are folded together, and each session is summed once for all of them."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from swarmstore import (
    ActionStats,
    GlobalKey,
    LearningSnapshot,
    ScenarioKey,
    SessionId,
    Settings,
    SnapshotKey,
    SqlStorage,
)
from swarmstore.db.schema.sessions import GLOBAL, Rollup, TotalSource
from tests.db.counted_statements import counted
from tests.db.folds import fold_after_batch, scenario_id
from tests.helpers.internals import database_of
from tests.snapshots import full, simple

NOT_YET = Settings(fold_at=10_000, fold_in_background=False)


@pytest.fixture
def storage(database_url: str) -> Iterator[SqlStorage]:
    with SqlStorage(database_url, NOT_YET) as opened:
        yield opened


def save(storage: SqlStorage, scenario: str, sessions: int) -> int:
    """Save so many sessions, one with all that a session can have; as many."""
    for number in range(sessions):
        storage.save_session(scenario, simple(number) if number else full())
    return sessions


def fold(storage: SqlStorage, *scenarios: str) -> int:
    """Fold as after a lot; how many aggregates of n-grams that took."""
    with counted(database_of(storage).engine) as statements:
        fold_after_batch(storage, *scenarios)
    return sum("INTO" in text and "rollup_ngrams" in text and "sum(" in text for text in statements)


def waiting(storage: SqlStorage) -> dict[int, int]:
    """How many sessions wait, by total."""
    statement = select(TotalSource.total_scenario_id, func.count()).where(TotalSource.folded.is_(False))
    by_total = statement.group_by(TotalSource.total_scenario_id)
    return database_of(storage).read(lambda session: dict(session.execute(by_total).all()))


def test_one_aggregate_serves_both_totals(storage: SqlStorage) -> None:
    for sessions in (8, 5):
        save(storage, "s", sessions)
        before = storage.load(ScenarioKey("s")), storage.load(GlobalKey())
        assert fold(storage, "s") == 1
        assert waiting(storage) == {}
        assert (storage.load(ScenarioKey("s")), storage.load(GlobalKey())) == before
        assert storage.verify_totals(deep=True) == []


def test_the_first_session_of_a_scenario_is_copied_and_others_are_added(storage: SqlStorage) -> None:
    save(storage, "t", 3)
    storage.fold()
    storage.save_session("s", full(), SessionId("1"))
    before = storage.load(ScenarioKey("s"))
    assert before is not None
    assert before.selection_performance.switch_history
    fold(storage, "s")
    assert waiting(storage) == {}
    assert storage.load(ScenarioKey("s")) == before
    assert storage.verify_totals(deep=True) == []


def test_each_total_gets_the_sessions_that_wait_for_it(storage: SqlStorage) -> None:
    save(storage, "t", 3)
    save(storage, "s", 8)
    before = storage.load(ScenarioKey("s")), storage.load(GlobalKey())
    assert fold(storage, "s") == 2
    assert waiting(storage) == {scenario_id(storage, "t"): 3}
    assert (storage.load(ScenarioKey("s")), storage.load(GlobalKey())) == before
    assert storage.verify_totals(deep=True) == []


def test_sessions_of_several_scenarios_are_summed_once_each(storage: SqlStorage) -> None:
    keys: list[SnapshotKey] = [ScenarioKey("s"), ScenarioKey("t"), ScenarioKey("u"), GlobalKey()]
    for sessions, aggregates in ((1, 2), (4, 3)):  # the first session of each total is copied
        for scenario in ("s", "t", "u"):
            save(storage, scenario, sessions)
        before = [storage.load(key) for key in keys]
        assert fold(storage, "s", "t", "u") == aggregates
        assert waiting(storage) == {}
        assert [storage.load(key) for key in keys] == before
        assert storage.verify_totals(deep=True) == []


def test_a_total_that_would_overflow_does_not_keep_the_other_from_being_folded(
    storage: SqlStorage, caplog: pytest.LogCaptureFixture
) -> None:
    storage.save(ScenarioKey("s"), LearningSnapshot(action_stats={"A": ActionStats(visits=2**63 - 1)}))
    saved = save(storage, "s", 8)
    with caplog.at_level(logging.WARNING, "swarmstore"):
        fold(storage, "s")
    assert caplog.text.count("its sessions stay pending") == 1
    assert waiting(storage) == {scenario_id(storage, "s"): saved}
    assert storage.load(GlobalKey()) is not None


def test_a_total_that_somebody_folds_is_left_to_them(migrated_postgres_url: str) -> None:
    with SqlStorage(migrated_postgres_url, NOT_YET) as storage:
        saved = save(storage, "s", 8)
        with database_of(storage).engine.begin() as somebody:
            somebody.execute(select(Rollup.scenario_id).where(Rollup.scenario_id == GLOBAL).with_for_update())
            assert fold(storage, "s") == 1
            assert waiting(storage) == {GLOBAL: saved}
        assert fold(storage, "s") == 1
        assert waiting(storage) == {}
        assert storage.verify_totals(deep=True) == []
