"""Switching a SQLite file to its write-ahead log, which needs the file for itself for a moment."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from swarmstore import LearningStore
from tests.snapshots import simple

HELD_FOR = 3.0  # seconds: longer than the attempts of a transaction take


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A store without a write-ahead log, as one that was restored from a dump."""
    file = tmp_path / "store.db"
    with LearningStore.open(f"sqlite:///{file}") as store:
        store.save_session("s", simple())
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA journal_mode=DELETE").fetchone() == ("delete",)
    return file


@pytest.fixture
def writer(file: Path) -> Iterator[sqlite3.Connection]:
    """Somebody in the middle of writing to it; SQLite refuses the switch then, and waits for nothing."""
    with closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield connection


def test_sqlite_itself_does_not_wait_to_switch(file: Path, writer: sqlite3.Connection) -> None:
    with (
        closing(sqlite3.connect(file, timeout=600)) as impatient,
        pytest.raises(sqlite3.OperationalError, match="locked"),
    ):
        impatient.execute("PRAGMA journal_mode=WAL")


def test_a_store_waits_for_a_writer_and_switches(file: Path, writer: sqlite3.Connection) -> None:
    end = threading.Timer(HELD_FOR, lambda: writer.execute("COMMIT"))
    end.start()
    try:
        with LearningStore.open(f"sqlite:///{file}") as store:
            assert not writer.in_transaction
            assert store.load_scenario("s").metadata.session_count == 1
    finally:
        end.join()
    assert writer.execute("PRAGMA journal_mode").fetchone() == ("wal",)
