"""How swarmstore connects: URLs, the pool, SQLite's PRAGMAs, how transactions begin."""

from __future__ import annotations

import math
import sqlite3
import time
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool, QueuePool

from swarmstore.db import session_settings
from swarmstore.db.deadlines import DeadlineConnection
from swarmstore.db.dialects import BY_DRIVER, SQLITE
from swarmstore.db.failures import is_read_only, is_waiting, of_connecting, refuse_what_the_driver_cannot
from swarmstore.db.forking import prepare_for_forks
from swarmstore.db.sqlite_file import Memory, OpenedFile
from swarmstore.db.urls import shown_url
from swarmstore.disk import is_text
from swarmstore.errors import ConfigurationError, InvalidUrlError

_LONGEST_WAIT = 1e9  # seconds
_MOST_WAITING = 1_000_000_000
_LONGEST_NAME = 63  # bytes, of PostgreSQL's
_OLDEST_SQLITE = (3, 37, 0)  # the first one with STRICT tables
_ARTICLES: dict[type, str] = {int: "an int", float: "a number", bool: "True or False", str: "a str"}
_SYNCHRONOUS = ("off", "normal", "full", "extra")


@dataclass(frozen=True, slots=True)
class Settings:
    """How a store uses its database.

    schema: PostgreSQL's schema for all tables, unused on SQLite.
    pool_size: connections kept open; as many again may be opened in a rush.
    timeout_seconds: how long a call waits for a connection, for locks and for all answers of one
        transaction on PostgreSQL, and on SQLite for another writer.
    maintenance_seconds: the same for calls that go through much of the store: merges, offline
        learning, folds, pruning, verification, imports.
    fold_at: sessions waiting for a scenario's total at which a save has its cached sum brought up to
        date; for the global total four times as many.
    fold_behind: on PostgreSQL a thread of the store's own does that, so that no save waits for it, over
        one more connection where all are in use; False does it within the save.
    pooler: True behind a transaction pooler such as PgBouncer: no prepared statements, and the settings
        of a session are looked at when the store is opened, not set.
    synchronous: SQLite's PRAGMA; `full` survives a power cut, `normal` may lose the last saves.
    """

    schema: str = "swarmstore"
    pool_size: int = 5
    timeout_seconds: float = 30.0
    maintenance_seconds: float = 3600.0
    fold_at: int = 16
    fold_behind: bool = True
    pooler: bool = False
    synchronous: str = "full"

    def __post_init__(self) -> None:
        for field in fields(self):
            _check_type(field.name, getattr(self, field.name), type(field.default))
        if not self.schema or "\0" in self.schema or not is_text(self.schema):
            raise ConfigurationError("schema is empty or no text; name the PostgreSQL schema for the tables")
        if len(self.schema.encode()) > _LONGEST_NAME:
            raise ConfigurationError(
                f"schema has {len(self.schema.encode())} bytes; PostgreSQL cuts names after {_LONGEST_NAME}"
            )
        if self.pool_size < 1:
            raise ConfigurationError(f"pool_size is {self.pool_size}; a store needs 1 or more connections")
        for name in ("timeout_seconds", "maintenance_seconds"):
            if not 0 < getattr(self, name) <= _LONGEST_WAIT and getattr(self, name) != math.inf:
                raise ConfigurationError(f"{name} is {getattr(self, name)}; use a time above 0")
        if not 1 <= self.fold_at <= _MOST_WAITING:
            raise ConfigurationError(f"fold_at is {self.fold_at}; use 1 to {_MOST_WAITING:,} sessions")
        if self.synchronous not in _SYNCHRONOUS:
            known = ", ".join(_SYNCHRONOUS)
            raise ConfigurationError(f"synchronous is {self.synchronous!r}; use one of {known}")


def _check_type(name: str, value: object, wanted: type) -> None:
    """Refuse a setting of another type; a whole number of seconds is one."""
    kinds = (int, float) if wanted is float else (wanted,)
    if type(value) not in kinds:
        raise ConfigurationError(
            f"{name} is {value!r}; give {_ARTICLES[wanted]}, not a {type(value).__name__}"
        )


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
    if url.get_backend_name() == SQLITE:
        if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
            needed = ".".join(map(str, _OLDEST_SQLITE))
            raise ConfigurationError(
                f"this Python has SQLite {sqlite3.sqlite_version}, and swarmstore needs {needed} or newer: "
                "use another Python or a newer libsqlite3, or PostgreSQL"
            )
        pool = _sqlite_pool(settings, in_memory=file is None) if pooled else {"poolclass": NullPool}
        return _sqlite_engine(url, settings, pool, file, as_found=as_found)
    return _postgresql_engine(url, settings)


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


def _postgresql_engine(url: URL, settings: Settings) -> Engine:
    seconds = max(2, round(settings.timeout_seconds))
    arguments: dict[str, Any] = {"connect_timeout": seconds, "tcp_user_timeout": seconds * 1000}
    for name in arguments.keys() & url.query.keys():
        del arguments[name]
    arguments["client_encoding"] = "utf8"  # names are any text, whatever the environment says
    # None never prepares: behind a transaction pooler the next statement may meet another server
    arguments["prepare_threshold"] = None if settings.pooler else 5
    engine = create_engine(
        url,
        pool_size=settings.pool_size,
        max_overflow=settings.pool_size,
        pool_timeout=settings.timeout_seconds,
        connect_args=arguments,
        isolation_level="READ COMMITTED",
        execution_options={"schema_translate_map": {None: settings.schema}},
        hide_parameters=True,
    )

    @event.listens_for(engine, "do_connect")
    def _connect(_dialect: Any, _record: Any, args: list[Any], arguments: dict[str, Any]) -> Any:
        try:
            connection = DeadlineConnection.connect(*args, **arguments)
        except Exception as error:
            refused = of_connecting(error, shown_url(url))
            if refused is None:
                raise
            raise refused from error
        try:
            connection.answer_within(settings.timeout_seconds)  # and for SQLAlchemy's first questions
            if not settings.pooler:
                session_settings.pin(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    refuse_what_the_driver_cannot(engine)

    @event.listens_for(engine, "do_execute")
    def _execute(cursor: Any, statement: str, parameters: Any, context: Any) -> bool:
        if _executed_by_driver(cursor, context):
            return True
        in_binary = bool(context.execution_options.get("binary_results"))
        if in_binary:
            cursor.execute(statement, parameters, binary=True)
        return in_binary

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        driver: Any = connection.connection.driver_connection
        driver.answer_within(connection.get_execution_options().get("answer_within"))

    return engine


def _executed_by_driver(cursor: Any, context: Any) -> bool:
    execute = context.execution_options.get(BY_DRIVER)
    if execute is not None:
        execute(cursor)
    return execute is not None


def _sqlite_pool(settings: Settings, *, in_memory: bool) -> dict[str, Any]:
    # of a database in memory there is one connection, and callers take turns
    return {
        "poolclass": QueuePool,
        "pool_size": 1 if in_memory else settings.pool_size,
        "max_overflow": 0 if in_memory else settings.pool_size,
        "pool_timeout": settings.timeout_seconds,
    }


def _sqlite_engine(
    url: URL, settings: Settings, pool: dict[str, Any], file: OpenedFile | None, *, as_found: bool
) -> Engine:
    engine = create_engine(
        url,
        connect_args={"timeout": settings.timeout_seconds, "check_same_thread": False},
        hide_parameters=True,
        **pool,
    )
    if file is not None:
        _stay_with(engine, file)
    elif url.database in (None, "", ":memory:"):
        _keep(engine, Memory(), settings)

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself; _begin does
        if as_found:
            connection.execute("PRAGMA query_only=ON")
        elif file is not None:
            _use_wal(connection, settings.timeout_seconds)
        connection.execute(f"PRAGMA synchronous={settings.synchronous}")
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "do_execute")
    def _execute(cursor: Any, _statement: str, _parameters: Any, context: Any) -> bool:
        return _executed_by_driver(cursor, context)

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


def _stay_with(engine: Engine, file: OpenedFile) -> None:
    """Have all connections open the same file, or none."""

    @event.listens_for(engine, "do_connect")
    def _before(*_arguments: Any) -> None:
        file.before_connecting()

    @event.listens_for(engine, "connect")
    def _after(*_arguments: Any) -> None:
        file.connected()


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
