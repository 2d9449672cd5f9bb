"""How swarmstore connects to SQLite: its pool, PRAGMAs and files."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool, QueuePool

from swarmstore.db.dialects.database_file import OpenedFile, takes_turns
from swarmstore.db.dialects.failures import is_read_only, is_waiting, refuse_what_the_driver_cannot
from swarmstore.db.dialects.functions import executed_by_driver
from swarmstore.db.dialects.sqlite.in_memory import Memory
from swarmstore.db.dialects.sqlite.turns import Turns
from swarmstore.db.dialects.sqlite.unopened import unopened
from swarmstore.errors import ConfigurationError, SwarmstoreError
from swarmstore.settings import Settings

_OLDEST_SQLITE = (3, 37, 0)  # the first one with STRICT tables


def _pool(settings: Settings, *, one_by_one: bool) -> dict[str, Any]:
    return {
        "poolclass": QueuePool,
        "pool_size": 1 if one_by_one else settings.pool_size,
        "max_overflow": 0 if one_by_one else settings.pool_size,
        "pool_timeout": settings.timeout_seconds,
    }


def sqlite_engine(
    url: URL, settings: Settings, file: OpenedFile | None, *, as_found: bool, pooled: bool
) -> Engine:
    """See `connection.engine.make_engine`. Raises ConfigurationError where SQLite is too old."""
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        needed = ".".join(map(str, _OLDEST_SQLITE))
        raise ConfigurationError(
            f"this Python has SQLite {sqlite3.sqlite_version}, and swarmstore needs {needed} or newer: "
            "use another Python or a newer libsqlite3, or PostgreSQL"
        )
    memory = Memory(url) if file is None else None
    pool = _pool(settings, one_by_one=takes_turns(url)) if pooled else {"poolclass": NullPool}
    engine = create_engine(
        url,
        connect_args={"timeout": settings.timeout_seconds, "check_same_thread": False},
        hide_parameters=True,
        **pool,
    )
    if file is not None:
        _stay_with(engine, file)
        _explain(engine, url, file.path)
    if memory is not None:
        _keep(engine, memory, settings)

    turns = _turns(url, file, settings)
    if turns is not None:
        turns.have_taken(engine)

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself; _begin does
        with nullcontext() if turns is None else turns.one():
            if as_found:
                connection.execute("PRAGMA query_only=ON")
            elif file is not None:
                _use_wal(connection, settings.timeout_seconds)
            connection.execute(f"PRAGMA synchronous={settings.synchronous}")
            connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "do_execute")
    def _execute(cursor: Any, _statement: str, _parameters: Any, context: Any) -> bool:
        return executed_by_driver(cursor, context)

    refuse_what_the_driver_cannot(engine)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # IMMEDIATE to write: a reader that turns into a writer cannot wait, it fails at once
        mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
        if mode == "IMMEDIATE" and file is not None:
            file.check()
        if mode is not None:
            connection.exec_driver_sql(f"BEGIN {mode}")

    return engine


def _turns(url: URL, file: OpenedFile | None, settings: Settings) -> Turns | None:
    if not takes_turns(url):
        return None
    name = (url.database or "") if file is None else os.path.realpath(file.path)
    return Turns(name, settings.timeout_seconds)


def _stay_with(engine: Engine, file: OpenedFile) -> None:
    """Have all connections open the same file, or none."""

    @event.listens_for(engine, "do_connect")
    def _before(*_arguments: Any) -> None:
        file.before_connecting()

    @event.listens_for(engine, "connect")
    def _after(*_arguments: Any) -> None:
        file.connected()


def _explain(engine: Engine, url: URL, path: Path) -> None:
    """Have errors of a file that cannot be opened leave with what is found at its path."""

    @event.listens_for(engine, "handle_error")
    def _handle(context: Any) -> SwarmstoreError | None:
        return unopened(context.original_exception, url, path)


def _keep(engine: Engine, memory: Memory, settings: Settings) -> None:
    """Have the connections of an engine open a database in memory until the engine is disposed of."""

    @event.listens_for(engine, "do_connect")
    def _connect(*_arguments: Any) -> Any:
        return memory.connect(timeout=settings.timeout_seconds)

    @event.listens_for(engine, "engine_disposed")
    def _disposed(_engine: Engine) -> None:
        memory.close()


def _use_wal(connection: Any, seconds: float) -> None:
    """Readers and the writer do not block each other. Switching needs the file for itself once.

    A file that is only read, or on a file system or in a mode without shared memory, stays as it is.
    """
    deadline = time.monotonic() + seconds
    while connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except connection.OperationalError as error:  # the busy timeout does not cover this switch
            if is_read_only(error):
                return
            if not is_waiting(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return
