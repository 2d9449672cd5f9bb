"""Many sessions merged or loaded by two readers: the same answer whatever becomes of one."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

from swarmstore import (
    Additive,
    CountOverflowError,
    LearningSnapshot,
    MergeStrategy,
    SessionId,
    SessionKey,
    Settings,
    SqlStorage,
    SuccessWeighted,
    TimeDecay,
    merge_snapshots,
)
from swarmstore.db.connection.second_reader import MANY
from swarmstore.db.connection.transactions import Database
from swarmstore.model.session_slice import SessionSlice
from tests.helpers.internals import database_of
from tests.snapshots import full, simple

STRATEGIES = (Additive(), TimeDecay(2), SuccessWeighted())
Work = Any


@pytest.fixture
def storage(database_url: str) -> Iterator[SqlStorage]:
    """As many sessions as a second reader is begun for."""
    with SqlStorage(database_url) as opened:
        for number in range(MANY):
            opened.save_session("s", simple(number) if number % 2 else full(), SessionId(f"{number}"))
        yield opened


def merged(storage: SqlStorage, strategy: MergeStrategy, latest: int | None = None) -> LearningSnapshot:
    snapshot = storage.merge_sessions(SessionSlice("s", latest=latest), strategy)
    snapshot.metadata.created_at = 0
    return snapshot


def expected(storage: SqlStorage, strategy: MergeStrategy) -> LearningSnapshot:
    snapshot = merge_snapshots(storage.query_latest("s", 100)[::-1], strategy)
    snapshot.metadata.created_at = 0
    return snapshot


@pytest.mark.parametrize("strategy", STRATEGIES, ids=lambda strategy: type(strategy).__name__)
def test_two_readers_merge_what_one_does(storage: SqlStorage, strategy: MergeStrategy) -> None:
    assert merged(storage, strategy) == expected(storage, strategy)


def test_two_readers_load_what_one_does(storage: SqlStorage) -> None:
    by_one = [storage.load(SessionKey("s", each)) for each in storage.list_sessions("s")]
    assert storage.query_latest("s", MANY) == by_one[::-1]


def test_a_second_reader_is_begun_where_it_helps(
    storage: SqlStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = begun_readers(monkeypatch)
    merged(storage, Additive())
    storage.query_latest("s", MANY)
    assert [reader is not None for reader in begun] == [True, True]
    merged(storage, Additive(), MANY - 1)
    storage.query_latest("s", MANY - 1)
    assert len(begun) == 2


def test_none_is_begun_where_no_connection_is_left(migrated_postgres_url: str) -> None:
    with SqlStorage(migrated_postgres_url, Settings(pool_size=1)) as storage:
        storage.save_session("s", simple())
        with database_of(storage).snapshot():
            assert database_of(storage).read_beside(lambda _: None) is None
        reader = database_of(storage).read_beside(lambda _: 1)
        assert reader is not None
        assert reader.result(20) == 1


def begun_readers(monkeypatch: pytest.MonkeyPatch) -> list[Future[Any] | None]:
    begun: list[Future[Any] | None] = []
    original = Database.read_beside

    def noted(database: Database, work: Work) -> Future[Any] | None:
        begun.append(original(database, work))
        return begun[-1]

    monkeypatch.setattr(Database, "read_beside", noted)
    return begun


def test_one_that_sees_fewer_sessions_leaves_it_to_the_first(
    storage: SqlStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sessions that are deleted in the middle are still in the answer, all of them and with all facts."""
    wanted = expected(storage, Additive())
    original = Database.read_beside

    def after_a_deletion(database: Database, work: Work) -> Future[Any] | None:
        storage.delete_sessions("s", [SessionId("1"), SessionId("2")])
        begun = original(database, work)
        if begun is not None:
            begun.result(20)  # it has been there before the first reader begins
        return begun

    monkeypatch.setattr(Database, "read_beside", after_a_deletion)
    assert merged(storage, Additive()) == wanted


def test_one_that_sees_fewer_sessions_leaves_their_facts_to_the_first(
    storage: SqlStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = storage.query_latest("s", MANY)
    original = Database.read_beside

    def after_a_deletion(database: Database, work: Work) -> Future[Any] | None:
        storage.delete_sessions("s", [SessionId("1"), SessionId("2")])
        return original(database, work)

    monkeypatch.setattr(Database, "read_beside", after_a_deletion)
    assert storage.query_latest("s", MANY) == wanted


def test_one_that_fails_leaves_it_to_the_first(
    storage: SqlStorage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wanted = expected(storage, Additive())
    begun = begun_readers(monkeypatch)
    nowhere = create_engine(f"sqlite:///{tmp_path / 'no folder' / 'store.db'}")
    monkeypatch.setattr(Database, "_spare_engine", lambda *_arguments: nowhere)
    assert merged(storage, Additive()) == wanted
    (second,) = begun
    assert second is not None
    assert second.exception() is not None


def test_a_sum_that_no_reader_can_hold_is_the_callers_error(
    storage: SqlStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = begun_readers(monkeypatch)
    success = simple()
    success.episode_transitions.success_transitions[("A", "B")] = 2**53 - 1
    success.metadata.total_episodes = 1
    success.episode_transitions.success_episodes = 2**12  # its weight is 4097, as upstream has it
    storage.save_session("s", success)
    with pytest.raises(CountOverflowError):
        storage.merge_sessions(SessionSlice("s"), SuccessWeighted())
    assert len(begun) == 1
