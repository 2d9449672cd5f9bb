"""SQLite's forms in which connections would not wait for each other, or would not see each other's rows."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from swarmstore import (
    DatabaseMissingError,
    InvalidUrlError,
    LearningStore,
    StoreUnavailableError,
    SwarmstoreError,
)
from swarmstore.db.doctor import diagnose
from tests.helpers.internals import database_of
from tests.helpers.other_users import left_by_a_kill
from tests.snapshots import simple

THREADS, SAVES = 6, 8


def in_threads(call: Callable[[int], object], threads: int = THREADS) -> list[Exception]:
    """What went wrong when as many threads made a call at once."""
    failed: list[Exception] = []
    together = threading.Barrier(threads)

    def work(number: int) -> None:
        together.wait()
        try:
            call(number)
        except Exception as error:  # noqa: BLE001 - the caller looks at it
            failed.append(error)

    running = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
    for each in running:
        each.start()
    for each in running:
        each.join()
    return failed


@pytest.mark.parametrize(
    "form",
    [
        *("file:foo?vfs=memdb", "file:?vfs=memdb", "file:/?vfs=memdb", "file:foo?mode=memory&vfs=memdb"),
        *("file:/foo?mode=memory&vfs=memdb", "file:/named?vfs=memdb", "file:m?mode=memory&cache=shared"),
        *("file:{}/a.db?nolock=1", "file:{}/a.db?nolock=on", "file:{}/a.db?vfs=unix-none"),
        *("file:{}/a.db?vfs=unix-dotfile", "file:{}/a.db?cache=shared"),
    ],
)
def test_what_threads_save_at_once_is_there(tmp_path: Path, form: str) -> None:
    with LearningStore.open(f"sqlite:///{form.format(tmp_path)}", timeout_seconds=20) as store:

        def save(thread: int) -> None:
            for number in range(SAVES):
                store.save_session("s", simple(), f"{thread}-{number}")
                assert store.load_scenario("s").action_stats["A"].visits > 0

        assert in_threads(save) == []
        assert len(store.list_sessions("s")) == THREADS * SAVES
        assert (
            store.load_scenario("s").action_stats["A"].visits
            == THREADS * SAVES * simple().action_stats["A"].visits
        )
        assert store.verify_totals(deep=True) == []


@pytest.mark.parametrize(
    "form", ["file:sh?mode=memory&cache=shared", "file:{}/a.db?cache=shared", "file:{}/a.db?nolock=1"]
)
def test_stores_that_threads_open_at_once_wait_for_each_other(tmp_path: Path, form: str) -> None:
    url = f"sqlite:///{form.format(tmp_path)}"
    opened: list[LearningStore] = []

    def open_and_save(number: int) -> None:
        store = LearningStore.open(url, timeout_seconds=20)
        opened.append(store)
        store.save_session("s", simple(), f"{number}")

    for _ in range(3):
        assert in_threads(open_and_save, 8) == []
    assert len(opened[0].list_sessions("s")) == 8
    for store in opened:
        store.close()


def test_a_turn_that_does_not_come_is_said(tmp_path: Path) -> None:
    url = f"sqlite:///file:{tmp_path}/a.db?nolock=1"
    with LearningStore.open(url) as one, LearningStore.open(url, timeout_seconds=0.2) as other:
        one.save_session("s", simple())
        database = database_of(one.storage)
        with database.snapshot(), pytest.raises(StoreUnavailableError, match="only one at a time"):
            other.scenarios()
        assert other.scenarios() == ["s"]


def test_a_file_is_not_read_without_its_log(tmp_path: Path) -> None:
    left_by_a_kill(tmp_path / "swarm.db")
    (tmp_path / "link.db").symlink_to("swarm.db")
    for name in ("swarm.db", "link.db"):
        for value in ("1", "true", "yes", "on"):
            url = f"sqlite:///file:{tmp_path}/{name}?immutable={value}"
            for way in (LearningStore.open, diagnose):
                with pytest.raises(InvalidUrlError, match=r"swarm\.db-wal has sessions.*open it once.*copy"):
                    way(url)
    with LearningStore.open(f"sqlite:///{tmp_path}/swarm.db") as store:
        assert len(store.list_sessions("s")) == 2
    with LearningStore.open(f"sqlite:///file:{tmp_path}/link.db?immutable=1") as store:
        assert len(store.list_sessions("s")) == 2


def test_nobody_is_told_to_read_a_file_without_its_log(tmp_path: Path) -> None:
    left_by_a_kill(tmp_path / "swarm.db")
    url = f"sqlite:///file:{tmp_path}/swarm.db?vfs=unix-none"
    with pytest.raises(SwarmstoreError, match="copy both") as told:
        LearningStore.open(url)
    assert "immutable" not in str(told.value)
    with LearningStore.open(f"sqlite:///{tmp_path}/swarm.db"):
        pass
    with pytest.raises(SwarmstoreError, match=r"swarm\.db\?immutable=1 reads it"):
        LearningStore.open(url)


def test_an_option_that_is_off_changes_nothing(tmp_path: Path) -> None:
    for value in ("0", "off"):
        with LearningStore.open(
            f"sqlite:///file:{tmp_path}/{value}.db?immutable={value}&nolock={value}"
        ) as store:
            store.save_session("s", simple())
    with pytest.raises(DatabaseMissingError, match="do not create it"):
        LearningStore.open(f"sqlite:///file:{tmp_path}/none.db?immutable=1")
