"""Databases that go back to an earlier state under open stores: one way a kind of restoring."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

from psycopg import sql
from sqlalchemy import make_url

from swarmstore.db.migrations.runner import upgrade
from tests.postgres import binaries

Restore = Callable[[], object]
"""Take the database back to what it was when the backup was made."""


@contextlib.contextmanager
def sqlite_backup(folder: Path) -> Iterator[tuple[str, Callable[[], Restore]]]:
    """A file, and what makes a backup of it: SQLite's online backup, in both directions."""
    file = folder / "store.db"

    def back_up() -> Restore:
        copy = folder / "backup.db"
        _copy(file, copy)
        return lambda: _copy(copy, file)

    yield f"sqlite:///{file}", back_up


def _copy(source: Path, target: Path) -> None:
    with (
        contextlib.closing(sqlite3.connect(source)) as ours,
        contextlib.closing(sqlite3.connect(target)) as theirs,
    ):
        ours.backup(theirs)


@contextlib.contextmanager
def dump(folder: Path, *, into_new_database: bool) -> Iterator[tuple[str, Callable[[], Restore]]]:
    """pg_dump, and pg_restore into the same database: made anew, or with its tables made anew."""
    del folder
    with binaries.controlled(binaries.SETTINGS) as processes:
        server = processes.server
        with server.connect() as connection:
            connection.execute("CREATE DATABASE swarm TEMPLATE template0")
        url = make_url(server.dsn).set(database="swarm").render_as_string(hide_password=False)
        upgrade(url)

        def back_up() -> Restore:
            processes.run("pg_dump", "-Fc", "-f", "swarm.dump", url)
            return restore

        def restore() -> None:
            if into_new_database:
                with server.connect() as connection:
                    connection.execute("DROP DATABASE swarm WITH (FORCE)")
                    connection.execute("CREATE DATABASE swarm TEMPLATE template0")
                processes.run("pg_restore", "-d", url, "swarm.dump")
            else:
                processes.run("pg_restore", "--clean", "--if-exists", "-d", url, "swarm.dump")

        yield url, back_up


@contextlib.contextmanager
def rows_only(folder: Path) -> Iterator[tuple[str, Callable[[], Restore]]]:
    """The rows of a dump put back into emptied tables, by a server that nobody is cut off from."""
    del folder
    with binaries.controlled(binaries.SETTINGS) as processes:
        url = processes.server.dsn
        upgrade(url)

        def back_up() -> Restore:
            processes.run("pg_dump", "-Fc", "--data-only", "-n", "swarmstore", "-f", "rows.dump", url)
            return restore

        def restore() -> None:
            with processes.server.connect() as connection:
                tables = [name for (name,) in connection.execute(TABLES)]
                listed = sql.SQL(", ").join(sql.Identifier("swarmstore", name) for name in tables)
                connection.execute(sql.SQL("TRUNCATE {}").format(listed))
            processes.run("pg_restore", "--data-only", "--disable-triggers", "-d", url, "rows.dump")

        yield url, back_up


TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'swarmstore'"


@contextlib.contextmanager
def failover(folder: Path) -> Iterator[tuple[str, Callable[[], Restore]]]:
    """A standby that lags takes over on the same port: the last commits are lost."""
    del folder
    with contextlib.ExitStack() as stack:
        processes = stack.enter_context(binaries.controlled(binaries.SETTINGS))
        url = processes.server.dsn
        upgrade(url)
        yield url, lambda: stack.enter_context(processes.standby())


WAYS: dict[str, Callable[[Path], contextlib.AbstractContextManager[tuple[str, Callable[[], Restore]]]]] = {
    "SQLite's backup": sqlite_backup,
    "a dump into a new database": lambda folder: dump(folder, into_new_database=True),
    "a dump into new tables": lambda folder: dump(folder, into_new_database=False),
    "a dump's rows into emptied tables": rows_only,
    "a failover": failover,
}
