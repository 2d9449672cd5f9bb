"""Schemas of PostgreSQL: changed by one transaction at a time, and meant by names that have none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b

from sqlalchemy import Connection, Engine, func, inspect, select
from sqlalchemy.schema import CreateSchema

_LOCK_WAIT_MS = 60_000  # for another process that migrates
_TABLE_LOCK_WAIT_MS = 5_000  # for a table: waiting DDL would hold up everybody behind it


@contextmanager
def changing_schema(engine: Engine, schema: str) -> Iterator[Connection]:
    """A transaction in which names without a schema mean this one, which is made where it is missing."""
    plain = engine.execution_options(schema_translate_map=None)
    with plain.connect() as connection, connection.begin():
        hold_lock(connection, schema)
        # asked first: CREATE SCHEMA IF NOT EXISTS wants the privilege even where it exists
        if not inspect(connection).has_schema(schema):
            connection.execute(CreateSchema(schema))
        with in_schema(connection, schema):
            yield connection


@contextmanager
def in_schema(connection: Connection, schema: str) -> Iterator[None]:
    """Within a transaction, names without a schema and Alembic's comparison mean this one."""
    _set_local(connection, "search_path", '"' + schema.replace('"', '""') + '"')
    before = connection.dialect.default_schema_name
    connection.dialect.default_schema_name = schema
    try:
        yield
    finally:
        connection.dialect.default_schema_name = before


def hold_lock(connection: Connection, schema: str) -> None:
    """Wait for whoever changes this schema; others then wait for this transaction."""
    _set_local(connection, "lock_timeout", f"{_LOCK_WAIT_MS}ms")
    # of the transaction, not of the session: a pooler may give the session to somebody else
    connection.execute(select(func.pg_advisory_xact_lock(lock_key(schema))))
    _set_local(connection, "lock_timeout", f"{_TABLE_LOCK_WAIT_MS}ms")


def _set_local(connection: Connection, setting: str, value: str) -> None:
    connection.execute(select(func.set_config(setting, value, True)))


def lock_key(schema: str) -> int:
    """The key of the advisory lock, another one for each schema."""
    digest = blake2b(f"swarmstore migrations {schema}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
