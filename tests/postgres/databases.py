"""Databases for tests: made, lent, and lent again where nothing but rows was left in them."""

from __future__ import annotations

import contextlib
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, LiteralString

import psycopg
from psycopg import sql

from tests.postgres.server import Server

_MOST_LEFT = 4 << 20  # bytes that a database may have grown by; beyond it another one is sooner made
_UNTIL_CLOSED = 0.3  # seconds for the server to notice that its clients have gone

_CATALOGS: LiteralString = """
SELECT oid::regclass::text FROM pg_class
WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind = 'r' AND NOT relisshared ORDER BY 1
"""
_OWN: LiteralString = """
SELECT oid::regclass::text FROM pg_class
WHERE relkind = %s AND relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
ORDER BY 1
"""
_WRITTEN: LiteralString = """
SELECT sum(pg_stat_get_tuples_inserted(oid) + pg_stat_get_tuples_updated(oid)
           + pg_stat_get_tuples_deleted(oid))
FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind = 'r' AND NOT relisshared
"""
_SETTINGS: LiteralString = """
SELECT to_jsonb(d) - '{datfrozenxid,datminmxid}'::text[],
       (SELECT array_agg((setrole, setconfig)::text) FROM pg_db_role_setting WHERE setdatabase = d.oid),
       (SELECT count(*) FROM pg_prepared_xacts WHERE database = datname),
       (SELECT count(*) FROM pg_replication_slots WHERE database = datname)
FROM pg_database d WHERE datname = current_database()
"""


@dataclass(frozen=True)
class _Made:
    """A database as it was when it was made."""

    name: str
    settings: object  # to be compared, as the next two
    definitions: object
    written: object
    size: int


class Databases:
    """Copies of a template on a server, each for one borrower at a time.

    To make one takes 300 ms, to empty one 20: a borrower who left rows, and neither other definitions nor
    open connections nor many pages, gets it emptied for the next. idle_connections: a pool may stay.
    """

    def __init__(self, server: Server, template: str, *, idle_connections: bool = False) -> None:
        self._server, self._template, self._idle_connections = server, template, idle_connections
        self._free: list[_Made] = []
        self._all = contextlib.ExitStack()
        with self._inside(template) as connection:
            self._emptying = emptying(connection)

    @contextlib.contextmanager
    def lent(self, *, unused: bool = False) -> Iterator[str]:
        """The name of a database that is as the template is. unused: nobody's sessions are left in a pool."""
        made = self._make() if unused or not self._free else self._free.pop()
        yield made.name
        if self._emptied(made):
            self._free.append(made)

    def close(self) -> None:
        """Drop all of them."""
        self._all.close()

    def _make(self) -> _Made:
        name = self._all.enter_context(database_on(self._server, self._template))
        with self._inside(name) as connection:
            return _Made(
                name, _settings(connection), _definitions(connection), _written(connection), _size(connection)
            )

    def _inside(self, name: str) -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(self._server.dsn, dbname=name, client_encoding="utf8", autocommit=True)

    def _emptied(self, made: _Made) -> bool:
        try:
            with self._inside(made.name) as connection:
                if self._is_in_use(connection) or _size(connection) > made.size + _MOST_LEFT:
                    return False
                if _settings(connection) != made.settings or self._is_redefined(connection, made):
                    return False
                connection.execute(self._emptying)
        except psycopg.Error:  # it was dropped, or lets nobody in
            return False
        return True

    def _is_redefined(self, connection: psycopg.Connection[Any], made: _Made) -> bool:
        """Whether definitions differ. Sessions that have ended have told what they wrote to catalogs."""
        if not self._idle_connections and _written(connection) == made.written:
            return False
        return _definitions(connection) != made.definitions

    def _is_in_use(self, connection: psycopg.Connection[Any]) -> bool:
        busy = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        if self._idle_connections:
            busy += " AND state <> 'idle'"
        deadline = time.monotonic() + _UNTIL_CLOSED
        while connection.execute(busy.encode()).fetchone():
            if time.monotonic() > deadline:
                return True
            time.sleep(0.005)
        return False


@contextlib.contextmanager
def database_on(server: Server, template: str = "template0") -> Iterator[str]:
    """The name of a database made for the block."""
    name = f"swarmstore_{uuid.uuid4().hex[:12]}"
    make = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
    with server.connect() as connection:
        if connection.info.server_version >= 150_000:
            make += sql.SQL(" STRATEGY FILE_COPY")  # half of the time, without a log to write
        connection.execute(make)
    try:
        yield name
    finally:
        with server.connect() as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _definitions(connection: psycopg.Connection[Any]) -> object:
    """What differs after definitions were changed: of each catalog the rows and the last transaction."""
    catalogs = [name for (name,) in connection.execute(_CATALOGS)]
    last_written = "SELECT count(*), max(xmin::text::bigint) FROM "
    each = " UNION ALL ".join(last_written + name for name in catalogs)
    return connection.execute(each.encode()).fetchall()


def _settings(connection: psycopg.Connection[Any]) -> object:
    return connection.execute(_SETTINGS).fetchone()


def _written(connection: psycopg.Connection[Any]) -> object:
    """How many rows of catalogs were ever written: as before where no definition can have changed."""
    return connection.execute(_WRITTEN).fetchone()


def _size(connection: psycopg.Connection[Any]) -> int:
    row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    assert row is not None
    size: int = row[0]
    return size


def emptying(database: psycopg.Connection[Any]) -> sql.Composed:
    """The statements that bring rows and sequences back to what they are now."""
    # without checks of foreign keys and without triggers
    statements: list[sql.Composable] = [sql.SQL("SET LOCAL session_replication_role = replica")]
    for (table,) in database.execute(_OWN, ("r",)).fetchall():
        statements.append(sql.SQL("DELETE FROM " + table))
        rows = database.execute(f"SELECT json_agg(t)::text FROM {table} t".encode()).fetchone()
        if rows and rows[0]:
            restore = f"INSERT INTO {table} OVERRIDING SYSTEM VALUE SELECT * FROM json_populate_recordset"
            statements.append(sql.SQL(restore + f"(NULL::{table}, {{}})").format(sql.Literal(rows[0])))
    for (sequence,) in database.execute(_OWN, ("S",)).fetchall():
        at = database.execute(f"SELECT last_value, is_called FROM {sequence}".encode()).fetchone()
        assert at is not None
        values = (sql.Literal(sequence), sql.Literal(at[0]), sql.Literal(at[1]))
        statements.append(sql.SQL("SELECT setval({}, {}, {})").format(*values))
    return sql.SQL("; ").join(statements)
