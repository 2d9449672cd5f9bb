"""Copies of a whole file by SQLite's online backup, which other processes need not wait for."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa

from swarmstore.errors import CorruptStoreError, StoreUnavailableError


def copy_to_file(engine: sa.Engine, path: Path, seconds: float) -> None:
    """See `DatabaseDialect`. The new file needs no log beside it."""
    with closing(engine.raw_connection()) as source, closing(sqlite3.connect(path)) as target:
        _copy(source.driver_connection, target, seconds)
        target.execute("PRAGMA journal_mode=DELETE")
        _check(target, path)


def copy_from_file(engine: sa.Engine, path: Path, seconds: float) -> None:
    """See `DatabaseDialect`."""
    uri = f"file:{quote(str(path.absolute()))}?mode=ro"
    with closing(engine.raw_connection()) as target, closing(sqlite3.connect(uri, uri=True)) as source:
        _check(source, path)
        _copy(source, target.driver_connection, seconds)


def _copy(source: Any, target: Any, seconds: float) -> None:
    """All pages at once, as they are at one moment; what is locked is waited for."""
    deadline = monotonic() + seconds

    def waited(status: int, _left: int, _all: int) -> None:
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and monotonic() > deadline:
            raise StoreUnavailableError(
                f"somebody has been writing to the file for {seconds:g} s; stop who uses it, and try again"
            )

    source.backup(target, progress=waited, sleep=0.05)


def _check(connection: sqlite3.Connection, path: Path) -> None:
    try:
        (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        found = str(error)
    if found != "ok":
        raise CorruptStoreError(f"{path} is damaged ({found}); use another backup")
