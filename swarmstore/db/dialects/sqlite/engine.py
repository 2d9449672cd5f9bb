"""How swarmstore connects to SQLite: its pool, PRAGMAs and files."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import nullcontext

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool, QueuePool

from swarmstore.db.dialects.database_file import OpenedFile, takes_turns
from swarmstore.db.dialects.failures import is_read_only, is_waiting, refuse_what_the_driver_cannot
from swarmstore.db.dialects.sqlite.bulk_write import executed_by_driver
from swarmstore.db.dialects.sqlite.in_memory import Memory
from swarmstore.db.dialects.sqlite.turns import Turns
from swarmstore.db.dialects.sqlite.unopened import unopened
from swarmstore.errors import ConfigurationError
from swarmstore.settings import Settings

_OLDEST_SQLITE = (3, 37, 0)  # the first one with STRICT tables


def sqlite_engine(
    url: URL, settings: Settings, file: OpenedFile | None, *, as_found: bool, pooled: bool, **_options: object
) -> Engine:
    """See `DatabaseDialect`. Raises ConfigurationError where SQLite is too old."""
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        needed = ".".join(map(str, _OLDEST_SQLITE))
        raise ConfigurationError(
            f"this Python has SQLite {sqlite3.sqlite_version}, and swarmstore needs {needed} or newer: "
            "use another Python or a newer libsqlite3, or PostgreSQL"
        )
    pool: dict[str, object] = {"poolclass": NullPool}
    if pooled:
        size, more = (1, 0) if takes_turns(url) else (settings.pool_size, settings.pool_size)
        pool = {"pool_size": size, "max_overflow": more, "pool_timeout": settings.timeout_seconds}
        pool["poolclass"] = QueuePool  # of a database in memory as well
    engine = create_engine(
        url,
        connect_args={"timeout": settings.timeout_seconds, "check_same_thread": False},
        hide_parameters=True,
        **pool,
    )
    if file is None:
        memory = Memory(url)  # until the engine is disposed of
        event.listen(engine, "do_connect", lambda *_: memory.connect(settings.timeout_seconds))
        event.listen(engine, "engine_disposed", lambda _: memory.close())
    else:
        event.listen(engine, "do_connect", lambda *_: file.before_connecting())
        event.listen(engine, "connect", lambda *_: file.connected())
        event.listen(engine, "handle_error", lambda met: unopened(met.original_exception, url, file.path))

    turns = None
    if takes_turns(url):
        name = (url.database or "") if file is None else os.path.realpath(file.path)
        turns = Turns(engine, name, settings.timeout_seconds)

    @event.listens_for(engine, "connect")
    def _set_up(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself; _begin does
        with nullcontext() if turns is None else turns.one():
            if as_found:
                connection.execute("PRAGMA query_only=ON")
            elif file is not None:
                _use_wal(connection, settings.timeout_seconds)
            connection.execute(f"PRAGMA synchronous={settings.synchronous}")
            connection.execute("PRAGMA foreign_keys=ON")

    event.listen(engine, "do_execute", executed_by_driver)
    refuse_what_the_driver_cannot(engine)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
        if mode == "IMMEDIATE" and file is not None:
            file.check()
        if mode is not None:
            connection.exec_driver_sql(f"BEGIN {mode}")

    return engine


def _use_wal(connection: sqlite3.Connection, seconds: float) -> None:
    """Readers and the writer do not block each other. Switching needs the file for itself once.

    A file that is only read, or on a file system or in a mode without shared memory, stays as it is.
    """
    deadline = time.monotonic() + seconds
    while connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:  # the busy timeout does not cover this switch
            if is_read_only(error):
                return
            if not is_waiting(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return
