"""How swarmstore connects, and how transactions begin."""

from __future__ import annotations

from sqlalchemy import URL, Engine
from sqlalchemy.exc import SQLAlchemyError

from swarmstore.db.connection.fork_safety import prepare_for_forks
from swarmstore.db.dialects.functions import SQLITE
from swarmstore.db.dialects.sqlite.database_file import OpenedFile
from swarmstore.db.dialects.urls import shown_url
from swarmstore.errors import InvalidUrlError
from swarmstore.settings import Settings


def make_engine(
    url: URL, settings: Settings, *, file: OpenedFile | None, as_found: bool = False, pooled: bool = True
) -> Engine:
    """An engine that begins, waits and stores as this module says.

    file: SQLite's, the same for all engines of a store; None for PostgreSQL and in memory.
    as_found: a SQLite file keeps its journal mode, and no statement changes it.
    pooled: False opens a SQLite file anew for each connection.
    """
    try:
        engine = _make_engine(url, settings, file, as_found=as_found, pooled=pooled)
    except (ValueError, TypeError, SQLAlchemyError):
        raise InvalidUrlError(f"an option of {shown_url(url)} has a value that it cannot have") from None
    prepare_for_forks(engine, None if file is None else file.path)
    return engine


def _make_engine(
    url: URL, settings: Settings, file: OpenedFile | None, *, as_found: bool, pooled: bool
) -> Engine:
    # each loads its own driver
    if url.get_backend_name() == SQLITE:
        from swarmstore.db.dialects.sqlite.engine import sqlite_engine

        return sqlite_engine(url, settings, file, as_found=as_found, pooled=pooled)
    from swarmstore.db.dialects.postgresql.engine import postgresql_engine

    return postgresql_engine(url, settings)


def reading(engine: Engine, seconds: float | None = None) -> Engine:
    """The engine for transactions that only read, all from one snapshot, and end in time."""
    if engine.dialect.name == SQLITE:
        return engine
    return engine.execution_options(
        isolation_level="REPEATABLE READ", postgresql_readonly=True, answer_within=seconds
    )


def looking(engine: Engine, seconds: float | None = None) -> Engine:
    """The engine for statements of which each is a snapshot of its own, in no transaction."""
    if engine.dialect.name == SQLITE:
        return engine.execution_options(sqlite_begin=None)
    return engine.execution_options(isolation_level="AUTOCOMMIT", answer_within=seconds)


def writing_at_once(engine: Engine, seconds: float | None = None) -> Engine:
    """The engine for single statements that write: each a transaction of its own on PostgreSQL."""
    return writing(engine) if engine.dialect.name == SQLITE else looking(engine, seconds)


def writing(engine: Engine, seconds: float | None = None) -> Engine:
    """The engine for transactions that write, and end in time."""
    if engine.dialect.name == SQLITE:
        return engine.execution_options(sqlite_begin="IMMEDIATE")
    return engine.execution_options(answer_within=seconds)
