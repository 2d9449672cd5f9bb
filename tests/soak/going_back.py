"""Taking a database back to a backup while processes use it, without any of its server's tools."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg
from psycopg.errors import DeadlockDetected, LockNotAvailable, SerializationFailure
from psycopg.sql import SQL, Identifier
from sqlalchemy import URL, make_url

from swarmstore.db.dialects.functions import SQLITE
from swarmstore.db.schema.all_tables import Base

Restore = Callable[[], object]
"""Take the database back to what it was when the backup was made."""

_PAUSE = 0.02  # seconds until a busy database is tried again
_PASSING = (DeadlockDetected, LockNotAvailable, SerializationFailure)
_SCHEMA, _BACKUP = "swarmstore", "soak_backup"
_Place = tuple[str, int, bool]  # a sequence, its last value, whether that was given out


def back_up(url: str, folder: Path) -> Restore:
    """Make a backup, and return what restores it."""
    parsed = make_url(url)
    if parsed.get_backend_name() == SQLITE:
        file, copy = Path(parsed.database or ""), folder / "backup.db"
        _copy_file(file, copy)
        return lambda: _copy_file(copy, file)
    return _back_up_tables(parsed)


def _copy_file(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as ours, closing(sqlite3.connect(target)) as theirs:
        ours.backup(theirs, sleep=_PAUSE)  # which waits for as long as either is busy


def _back_up_tables(url: URL) -> Restore:
    with _connected(url) as connection, connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        tables = _in_order([name for (name,) in connection.execute(_TABLES, [_SCHEMA])])
        connection.execute(SQL("CREATE SCHEMA {}").format(Identifier(_BACKUP)))
        for name in tables:
            copied, original = Identifier(_BACKUP, name), Identifier(_SCHEMA, name)
            connection.execute(SQL("CREATE TABLE {} AS TABLE {}").format(copied, original))
        names = [name for (name,) in connection.execute(_SEQUENCES, [_SCHEMA])]
        places = [(Identifier(_SCHEMA, name).as_string(), *_place(connection, name)) for name in names]
    return lambda: _restore(url, tables, places)


def _restore(url: URL, tables: list[str], places: list[_Place]) -> None:
    originals = [Identifier(_SCHEMA, name) for name in tables]
    restored = False
    while not restored:
        try:
            with _connected(url) as connection, connection.transaction():
                # not TRUNCATE, by which a snapshot taken before it finds the tables empty
                connection.execute(SQL("LOCK TABLE {} IN EXCLUSIVE MODE").format(SQL(", ").join(originals)))
                for original in reversed(originals):
                    connection.execute(SQL("DELETE FROM {}").format(original))
                for name, original in zip(tables, originals, strict=True):
                    insert = SQL("INSERT INTO {} OVERRIDING SYSTEM VALUE TABLE {}")
                    connection.execute(insert.format(original, Identifier(_BACKUP, name)))
                for place in places:
                    connection.execute("SELECT setval(%s::regclass, %s, %s)", place)
                connection.execute(SQL("DROP SCHEMA {} CASCADE").format(Identifier(_BACKUP)))
            restored = True
        except _PASSING:
            time.sleep(_PAUSE)


def _connected(url: URL) -> psycopg.Connection:
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True)


def _in_order(tables: list[str]) -> list[str]:
    """Tables that others refer to first."""
    known = [table.name for table in Base.metadata.sorted_tables]
    return sorted(tables, key=lambda name: known.index(name) if name in known else -1)


def _place(connection: psycopg.Connection, sequence: str) -> tuple[int, bool]:
    """How far a sequence has come."""
    statement = SQL("SELECT last_value, is_called FROM {}").format(Identifier(_SCHEMA, sequence))
    last, is_called = connection.execute(statement).fetchall()[0]
    return last, is_called


_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = %s"
_SEQUENCES = "SELECT sequencename FROM pg_sequences WHERE schemaname = %s"
