"""Folding: when it happens, what it leaves, and sums that do not fit."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from sqlalchemy import delete, func, select, text

from swarmstore import (
    ActionStats,
    CountOverflowError,
    DatabaseRefusedError,
    EpisodeTransitions,
    GlobalKey,
    LearningSnapshot,
    ScenarioKey,
    SessionId,
    SessionKey,
    Settings,
    SnapshotMetadata,
    SqlStorage,
)
from swarmstore.db.schema.baselines import Baseline
from swarmstore.db.schema.families import ROLLUPS, Kind
from swarmstore.db.schema.sessions import SessionRow, TotalSource
from tests.db.folds import contributors
from tests.helpers.internals import database_of
from tests.snapshots import full, simple

S = ScenarioKey("s")
FOLD_AT = 4


@pytest.fixture
def storage(database_url: str) -> Iterator[SqlStorage]:
    with SqlStorage(database_url, Settings(fold_at=FOLD_AT, fold_in_background=False)) as opened:
        yield opened


def waiting(storage: SqlStorage) -> int:
    statement = select(func.count()).select_from(TotalSource).where(TotalSource.folded.is_(False))
    return database_of(storage).read(lambda session: session.scalar(statement)) or 0


def test_saves_fold_when_enough_is_waiting(storage: SqlStorage) -> None:
    seen = []
    for number in range(4 * FOLD_AT + 1):
        storage.save_session("s", simple(number))
        seen.append(waiting(storage))
    # the scenario's total by every fourth save; the global one by the sixteenth, and then the
    # scenario's by the next: no save folds both
    assert seen == [2, 4, 6, 4, 6, 8, 10, 8, 10, 12, 14, 12, 14, 16, 18, 4, 1]
    assert contributors(storage) == [16, 17]


def test_fold_adds_all_that_waits_to_every_total(storage: SqlStorage) -> None:
    for scenario in ("s", "t", "u"):
        storage.save_session(scenario, full())
    assert waiting(storage) == 6
    before = [storage.load(key) for key in (S, ScenarioKey("t"), GlobalKey())]
    assert storage.fold() == 6
    assert waiting(storage) == 0
    assert [storage.load(key) for key in (S, ScenarioKey("t"), GlobalKey())] == before
    assert contributors(storage) == [3, 1, 1, 1]


def test_missing_counts_stay_missing_in_the_folded_rows(storage: SqlStorage) -> None:
    for _ in range(3):
        storage.save_session("s", full())
        storage.fold()
    total = storage.load(S)
    assert total is not None
    transitions = total.episode_transitions
    assert transitions.success_transitions == {("A", "B"): 0, ("A", "C"): 15, ("", ""): 3}
    assert transitions.failure_transitions == {
        ("A", "C"): 0,
        ("B", "A"): 0,
        ("B", "日本"): 3 * (2**53 - 1),
    }


def test_a_count_that_one_session_lacks_is_kept_from_the_other(storage: SqlStorage) -> None:
    only_success, only_failure = simple(5), simple(0)
    only_failure.episode_transitions = EpisodeTransitions({}, {("A", "B"): 7})
    for session in (only_success, only_failure, only_success):
        storage.save_session("s", session)
        storage.fold()
    total = storage.load(S)
    assert total is not None
    assert total.episode_transitions.success_transitions == {("A", "B"): 10}
    assert total.episode_transitions.failure_transitions == {("A", "B"): 7}


def test_what_belongs_to_one_session_leaves_the_fold_with_the_second(storage: SqlStorage) -> None:
    storage.save_session("s", full())
    storage.fold()
    switches = select(func.count()).select_from(ROLLUPS.facts[Kind.SWITCHES])
    assert database_of(storage).read(lambda session: session.scalar(switches)) == 6
    storage.save_session("s", simple())
    storage.fold()
    assert database_of(storage).read(lambda session: session.scalar(switches)) == 0


def test_sessions_that_go_are_carried_by_one_part_a_total(storage: SqlStorage) -> None:
    for number in range(3):
        storage.save_session("s", simple(number))
    for session_id in storage.list_sessions("s"):
        storage.delete(SessionKey("s", session_id))
    origins = select(Baseline.scenario_id, Baseline.origin, Baseline.session_count).order_by(
        Baseline.scenario_id
    )
    rows = database_of(storage).read(lambda session: [tuple(row) for row in session.execute(origins)])
    assert [(origin, count) for _, origin, count in rows] == [("pruned", 3), ("pruned", 3)]
    assert contributors(storage) == [1, 1]


def test_a_session_that_counts_cannot_be_deleted_by_hand(storage: SqlStorage) -> None:
    """Its counts would be lost: deleting it goes through the store, which carries them."""
    storage.save_session("s", simple())
    with pytest.raises(DatabaseRefusedError, match=r"(?i)foreign key"):
        database_of(storage).write(lambda session: session.execute(delete(SessionRow)))
    assert storage.load(S) == simple()


def test_writers_are_read_committed_and_readers_see_one_snapshot(migrated_postgres_url: str) -> None:
    """A fold that has waited for a lock must see what was committed meanwhile."""
    isolation = text("SELECT current_setting('transaction_isolation')")
    read_only = text("SELECT current_setting('transaction_read_only')")
    with SqlStorage(migrated_postgres_url) as storage:
        database = database_of(storage)
        for _ in range(2):  # the same connection, in turns
            assert database.write(lambda session: session.scalar(isolation)) == "read committed"
            assert database.read(lambda session: session.scalar(isolation)) == "repeatable read"
            assert database.read(lambda session: session.scalar(read_only)) == "on"
            assert database.write(lambda session: session.scalar(read_only)) == "off"


def large(count: int) -> LearningSnapshot:
    return LearningSnapshot(
        metadata=SnapshotMetadata(created_at=1_700_000_000), action_stats={"A": ActionStats(visits=count)}
    )


def test_a_sum_past_two_to_the_63_is_an_error_when_read(storage: SqlStorage) -> None:
    storage.save(S, large(2**63 - 1))
    storage.save_session("s", large(1))
    with pytest.raises(CountOverflowError):
        storage.load(S)
    assert storage.load(GlobalKey()) == large(1)


def test_a_session_that_does_not_fit_stays_waiting_and_the_rest_is_folded(
    database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    with SqlStorage(database_url) as storage:
        storage.save(S, large(2**63 - 10))
        for count in (1, 100, 2, 200, 3):
            storage.save_session("s", large(count), SessionId(str(count)))
        with caplog.at_level(logging.WARNING, "swarmstore"):
            assert storage.fold() == 5 + 3
        assert caplog.text.count("does not fit") == 2
        assert waiting(storage) == 2
        assert storage.fold() == 0
        assert contributors(storage) == [5, 4]
        with pytest.raises(CountOverflowError):
            storage.load(S)
        assert storage.load(GlobalKey()) is not None
        assert storage.load(SessionKey("s", SessionId("100"))) == large(100)


def test_a_failing_fold_never_fails_a_save(storage: SqlStorage, caplog: pytest.LogCaptureFixture) -> None:
    storage.save(S, large(2**63 - 1))
    with caplog.at_level(logging.WARNING, "swarmstore"):
        for _ in range(FOLD_AT + 1):
            storage.save_session("s", large(5))
    assert "its sessions stay pending" in caplog.text
    assert len(storage.list_sessions("s")) == FOLD_AT + 1
    assert storage.load(GlobalKey()) is not None


def test_header_sums_past_two_to_the_63_are_an_error_too(storage: SqlStorage) -> None:
    total = large(1)
    total.metadata.total_actions = 2**63 - 1
    storage.save(S, total)
    session = large(1)
    session.metadata.total_actions = 1
    storage.save_session("s", session)
    with pytest.raises(CountOverflowError, match="total_actions"):
        storage.load(S)
