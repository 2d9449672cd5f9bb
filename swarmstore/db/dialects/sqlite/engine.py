"""How swarmstore connects to SQLite: its pool, PRAGMAs and files."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import nullcontext
from secrets import token_hex
from urllib.parse import unquote, urlencode

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import ConnectionPoolEntry, NullPool, QueuePool

from swarmstore.db.dialects.database_file import Beside, OpenedFile, takes_turns
from swarmstore.db.dialects.failures import is_read_only, is_waiting, refuse_what_the_driver_cannot
from swarmstore.db.dialects.sqlite.bulk_write import executed_by_driver
from swarmstore.db.dialects.sqlite.kept_log import close_keeping_log
from swarmstore.db.dialects.sqlite.turns import Turns
from swarmstore.db.dialects.sqlite.unopened import unopened
from swarmstore.errors import ConfigurationError, DatabaseMissingError, InvalidUrlError
from swarmstore.settings import Settings

_OLDEST_SQLITE = (3, 37, 0)  # the first one with STRICT tables
_BESIDE = "beside"  # what a connection found beside its file
_SAVED_TYPES = (int, float, str, bytes, bool, type(None))
_OF_DRIVER = {"uri", "timeout"}  # options that are Python's and not SQLite's


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
    event.listen(engine, "do_connect", lambda *_: _refuse_adapters())
    if file is None:
        memory = Memory(url)  # until the engine is disposed of
        event.listen(engine, "do_connect", lambda *_: memory.connect(settings.timeout_seconds))
        event.listen(engine, "engine_disposed", lambda _: memory.close())
    else:
        event.listen(engine, "do_connect", lambda *_: file.before_connecting())
        event.listen(engine, "engine_disposed", lambda _: file.closed())
        event.listen(engine, "handle_error", lambda met: unopened(met.original_exception, url, file.path))

    turns = None
    if takes_turns(url):
        name = (url.database or "") if file is None else os.path.realpath(file.path)
        turns = Turns(engine, name, settings.timeout_seconds)

    @event.listens_for(engine, "connect")
    def _set_up(connection: sqlite3.Connection, entry: ConnectionPoolEntry) -> None:
        # the driver begins nothing by itself, _begin does; and whatever the program has set is undone
        connection.isolation_level, connection.text_factory, connection.row_factory = None, str, None
        with nullcontext() if turns is None else turns.one():
            if as_found:
                connection.execute("PRAGMA query_only=ON")
            elif file is not None:
                _use_wal(connection, settings.timeout_seconds)
            connection.execute(f"PRAGMA synchronous={settings.synchronous}")
            connection.execute("PRAGMA foreign_keys=ON")
        if file is not None:
            entry.info[_BESIDE] = file.connected()

    @event.listens_for(engine, "close")
    def _close(connection: sqlite3.Connection, entry: ConnectionPoolEntry) -> None:
        if file is not None and not file.is_known(entry.info.get(_BESIDE, Beside())):
            close_keeping_log(connection, file.path)

    event.listen(engine, "do_execute", executed_by_driver)
    refuse_what_the_driver_cannot(engine)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.connection.rollback()  # what a listener of the program's on all engines has begun
        mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
        written = file if mode == "IMMEDIATE" else None
        beside = connection.info.get(_BESIDE, Beside())
        if written is not None:
            written.check(beside)
        if mode is not None:
            connection.exec_driver_sql(f"BEGIN {mode}")
        if written is not None and None in beside:  # a new file has all of it from here on
            connection.info[_BESIDE] = written.connected()

    return engine


def _refuse_adapters() -> None:
    """Refuse to save what the program has the driver save as something else. Raises ConfigurationError."""
    adapted = {kind for kind, _ in sqlite3.adapters}.intersection(_SAVED_TYPES)
    if adapted:
        raise ConfigurationError(
            f"this program has given sqlite3.register_adapter an adapter for {adapted.pop().__name__}, which "
            "would change what is saved; remove it, and convert values where they are used"
        )


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


def _is_shared_file(url: URL) -> bool:
    """Whether SQLite gives all connections the same one: only where the name begins at the root."""
    path = unquote((url.database or "").removeprefix("file:").partition("?")[0])
    is_named = path.startswith("/") and path != "/"
    return url.query.get("vfs") == "memdb" and url.query.get("mode") != "memory" and is_named


class Memory:
    """A database in the memory of this process, which lasts until `close` whatever happens to connections.

    SQLite drops one in memory with its last connection, and an interrupted call costs its connection.
    """

    def __init__(self, url: URL) -> None:
        """url: one that names no file; one that others may share keeps its name."""
        options = {name: value for name, value in url.query.items() if name not in _OF_DRIVER}
        is_shared = options.get("cache") == "shared" or _is_shared_file(url)
        shared = f"{url.database}?{urlencode(options)}"
        self.name = shared if is_shared else f"file:/swarmstore-{token_hex(8)}?vfs=memdb"
        self._process = os.getpid()
        self._closed = False
        try:
            self._kept = self.connect()
        except sqlite3.Error as error:
            raise InvalidUrlError(
                f"the database in memory cannot be opened ({error}); leave out vfs and what else the URL has"
            ) from error

    def connect(self, seconds: float = 5.0) -> sqlite3.Connection:
        """Another connection to it, which waits for others so long.

        Raises DatabaseMissingError in a forked child and after `close`.
        """
        if self._closed:
            raise DatabaseMissingError("this store was in memory and is gone: it was closed")
        if os.getpid() != self._process:
            raise DatabaseMissingError(
                "this store is in the memory of the process that forked this one; use a file, or copy it to "
                "one with copy_to before the fork"
            )
        return sqlite3.connect(self.name, seconds, uri=True, check_same_thread=False)

    def close(self) -> None:
        """Drop it."""
        if os.getpid() == self._process:
            self._closed = True
            self._kept.close()
