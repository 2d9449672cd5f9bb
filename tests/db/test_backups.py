"""A SQLite file is backed up while it is used, and put back under the stores that are open on it."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from swarmstore import (
    ConfigurationError,
    CorruptStoreError,
    DatabaseMissingError,
    InvalidCursorError,
    LearningStore,
    SchemaMissingError,
    StoreUnavailableError,
    backup,
    diagnose,
    restore,
)
from tests.snapshots import full, simple


def sessions_in(path: Path) -> list[str]:
    with LearningStore.open(f"sqlite:///{path}", create=False) as store:
        assert store.verify_totals(deep=True) == []
        return [str(session_id) for session_id in store.list_sessions("s")]


def test_a_backup_is_the_store_at_one_moment_in_one_file(sqlite_url: str, tmp_path: Path) -> None:
    stop = threading.Event()
    saved: list[str] = []

    def save() -> None:
        with LearningStore.open(sqlite_url) as store:
            while not stop.is_set():
                saved.append(str(store.save_session("s", full())))

    agent = threading.Thread(target=save)
    agent.start()
    try:
        for number in range(5):
            before = len(saved)
            backup(tmp_path / f"{number}.db", sqlite_url)
            at_most = len(saved) + 1
            assert [path.name for path in tmp_path.glob(f"{number}.db*")] == [f"{number}.db"]
            found = sessions_in(tmp_path / f"{number}.db")
            assert before <= len(found) <= at_most
    finally:
        stop.set()
        agent.join()
    assert diagnose(f"sqlite:///{tmp_path}/4.db", deep=True).findings == []


def test_what_is_there_is_not_overwritten(sqlite_url: str, tmp_path: Path) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    (tmp_path / "mine.txt").write_text("mine")
    for taken in (path, tmp_path / "mine.txt"):
        with pytest.raises(ConfigurationError, match="there already"):
            backup(taken, sqlite_url)
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_what_is_no_store_is_not_backed_up(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "empty.db").close()
    with pytest.raises(DatabaseMissingError):
        backup(tmp_path / "backup.db", f"sqlite:///{tmp_path}/missing.db")
    with pytest.raises(SchemaMissingError):
        backup(tmp_path / "backup.db", f"sqlite:///{tmp_path}/empty.db")
    assert not (tmp_path / "backup.db").exists()
    assert not (tmp_path / "missing.db").exists()


def test_a_damaged_file_is_noticed(sqlite_url: str, tmp_path: Path) -> None:
    with LearningStore.open(sqlite_url) as store:
        for _ in range(30):
            store.save_session("s", full())
    backup(tmp_path / "good.db", sqlite_url)
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    for damaged in (path, tmp_path / "bad.db"):
        content = bytearray((tmp_path / "good.db").read_bytes())
        content[len(content) // 2 :] = b"\xff" * (len(content) - len(content) // 2)
        damaged.write_bytes(content)
    with pytest.raises(CorruptStoreError):
        backup(tmp_path / "backup.db", sqlite_url)
    assert not (tmp_path / "backup.db").exists()
    with pytest.raises(CorruptStoreError):
        restore(tmp_path / "bad.db", f"sqlite:///{tmp_path}/new.db")


def test_open_stores_go_on_with_what_was_restored(sqlite_url: str, tmp_path: Path) -> None:
    with LearningStore.open(sqlite_url) as store:
        store.save_session("s", simple(), "before")
        (change,) = store.changes()
        backup(tmp_path / "backup.db", sqlite_url)
        store.save_session("s", simple(), "after")
        store.load_scenario("s")
        restore(tmp_path / "backup.db", sqlite_url)
        assert store.list_sessions("s") == ["before"]
        assert store.load_scenario("s").metadata.session_count == simple().metadata.session_count
        with pytest.raises(InvalidCursorError):
            list(store.changes(after=change.cursor))
        store.save_session("s", simple(), "new")
        assert store.verify_totals(deep=True) == []
    assert sessions_in(Path(sqlite_url.removeprefix("sqlite:///"))) == ["before", "new"]


def test_a_backup_makes_a_new_store_and_replaces_no_other(sqlite_url: str, tmp_path: Path) -> None:
    with LearningStore.open(sqlite_url) as store:
        store.save_session("s", simple(), "1")
    backup(tmp_path / "back up?.db", sqlite_url)
    restore(tmp_path / "back up?.db", f"sqlite:///{tmp_path}/new.db")
    assert sessions_in(tmp_path / "new.db") == ["1"]
    with LearningStore.open(f"sqlite:///{tmp_path}/another.db") as another:
        another.save_session("s", simple(), "theirs")
    with pytest.raises(ConfigurationError, match="another store"):
        restore(tmp_path / "back up?.db", f"sqlite:///{tmp_path}/another.db")
    assert sessions_in(tmp_path / "another.db") == ["theirs"]
    with sqlite3.connect(tmp_path / "foreign.db") as foreign:
        foreign.execute("CREATE TABLE mine (id)")
    foreign.close()
    with pytest.raises(ConfigurationError, match="another program"):
        restore(tmp_path / "back up?.db", f"sqlite:///{tmp_path}/foreign.db")
    with pytest.raises(DatabaseMissingError, match="does not exist"):
        restore(tmp_path / "nothing.db", f"sqlite:///{tmp_path}/new.db")


def test_who_never_stops_writing_is_not_waited_for_for_ever(sqlite_url: str, tmp_path: Path) -> None:
    backup(tmp_path / "backup.db", sqlite_url)
    path = sqlite_url.removeprefix("sqlite:///")
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(StoreUnavailableError):
            restore(tmp_path / "backup.db", sqlite_url, maintenance_seconds=0.3, timeout_seconds=0.3)
    finally:
        holder.close()


def test_a_server_has_tools_of_its_own(migrated_postgres_url: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="pg_dump"):
        backup(tmp_path / "backup.db", migrated_postgres_url)
    assert list(tmp_path.iterdir()) == []
