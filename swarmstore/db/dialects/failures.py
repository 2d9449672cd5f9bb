"""What an error of a driver means: run the transaction again, or tell the caller what to do."""

from __future__ import annotations

from sqlalchemy import Engine, ExceptionContext, event
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from swarmstore.errors import (
    ConfigurationError,
    CorruptStoreError,
    CountOverflowError,
    DatabaseRefusedError,
    NotPermittedError,
    SchemaMissingError,
    StoreUnavailableError,
    SwarmstoreError,
)

# serialization failure, deadlock, the server going down or coming up; and a key that somebody else has just
# added, which statements skip by ON CONFLICT but where tables are spread
_TRANSIENT_STATES = {"40001", "40P01", "57P01", "57P02", "57P03", "23505"}
_CONNECTION_CLASS = "08"
_UNAVAILABLE_CLASSES = {"08", "53", "57", "40", "55"}
_MISSING_STATES = {"42P01", "3F000"}  # undefined table, invalid schema name
_OVERFLOW_STATE = "22003"
_LOCK_TIMEOUT_STATE = "55P03"
_PRIVILEGE_STATE = "42501"
_READ_ONLY_STATE = "25006"
_UNKNOWN_STATEMENT_STATES = {"26000", "42P05"}  # one that was prepared on another connection
_DISK_FULL_STATE = "53100"
_DAMAGED_STATES = {"XX001", "XX002"}  # data corrupted, index corrupted

# which is away: these errors have no state that would say so
_OF_A_SERVER_BEHIND = (
    *("connection marked as essential", "server closed the connection unexpectedly"),
    *("failed to COPY to shard", "could not commit transaction for shard"),
)

_SQLITE_ERROR = 1
_SQLITE_FULL = 13
_SQLITE_WAITING = {5, 6}  # SQLITE_BUSY, SQLITE_LOCKED
_SQLITE_READ_ONLY = 8
_SQLITE_CORRUPT = 11
_SQLITE_NO_DATABASE = 26
_SQLITE_UNAVAILABLE = {*_SQLITE_WAITING, 10}  # and SQLITE_IOERR
_SQLITE_CONSTRAINT_DATATYPE = 3091

_WHY_A_FILE_ONLY_READS = (
    "the URL's options let nobody write, or this user may not write the file or its folder; leave "
    "the options out, or ask for the right"
)
_WHY_A_SERVER_ONLY_READS = (
    "a standby, or default_transaction_read_only; name the server that writes, of several hosts by "
    "target_session_attrs=read-write"
)

_OF_DRIVERS = {
    *(UnicodeEncodeError, UnicodeDecodeError, ValueError, TypeError),
    *(OverflowError, NotImplementedError, LookupError, KeyError, AttributeError),
}
"""Python's own errors, none derived from them, that drivers let out where they meet what they cannot."""


def is_transient(error: DBAPIError) -> bool:
    """Whether the transaction may succeed when it is run again from its start."""
    state = _state(error)
    return (
        error.connection_invalidated
        or state in _TRANSIENT_STATES
        or state.startswith(_CONNECTION_CLASS)
        or _is_of_a_server_behind(error)
        or is_waiting(error.orig)
    )


def refuse_what_the_driver_cannot(engine: Engine) -> None:
    """Have errors that a driver raises outside of its own classes leave as DatabaseRefusedError.

    As a text that the connection's encoding lacks, or a value of a type or form that it cannot read. What
    a caller's signal handler raises within a statement is the caller's, and leaves as it is.
    """

    @event.listens_for(engine, "handle_error")
    def _handle(context: ExceptionContext) -> SwarmstoreError | None:
        error = context.original_exception
        if getattr(error, "sqlstate", None) == _READ_ONLY_STATE:
            context.is_disconnect = True  # after a failover another connection may find who writes now
        if isinstance(error, SQLAlchemyError | SwarmstoreError | context.dialect.loaded_dbapi.Error):
            return None
        if type(error) not in _OF_DRIVERS:
            context.is_disconnect = True  # nobody knows how far the statement came
            return None
        return DatabaseRefusedError(f"the database's driver failed: {type(error).__name__}: {error}")


def sqlite_code(error: BaseException | None) -> int:
    """What SQLite's own driver says of its error, 0 for another one. The last byte is the kind."""
    return getattr(error, "sqlite_errorcode", None) or 0


def is_waiting(error: BaseException | None) -> bool:
    """Whether SQLite's own driver says that somebody else has the database."""
    return sqlite_code(error) & 0xFF in _SQLITE_WAITING


def is_read_only(error: BaseException | None) -> bool:
    """Whether SQLite's own driver says that a file is only read."""
    return sqlite_code(error) & 0xFF == _SQLITE_READ_ONLY


def only_reads(error: BaseException) -> bool:
    """Whether the server, or a file, lets nobody write."""
    return isinstance(error, DBAPIError) and (_state(error) == _READ_ONLY_STATE or is_read_only(error.orig))


def is_lock_timeout(error: DBAPIError) -> bool:
    """Whether a lock was not granted in time."""
    return _state(error) == _LOCK_TIMEOUT_STATE or is_waiting(error.orig)


def translated(error: SQLAlchemyError) -> SwarmstoreError:
    """The error to raise in place of the driver's. Parameters never appear in its text."""
    if isinstance(error, PoolTimeoutError):
        return StoreUnavailableError(
            "all connections of this store are in use; raise pool_size, or close what holds them"
        )
    if not isinstance(error, DBAPIError):
        return DatabaseRefusedError(f"the database could not be used: {error}")
    state, code = _state(error), sqlite_code(error.orig)
    said = "; ".join(line.strip() for line in str(error.orig).strip().splitlines())
    # On SQLite SUM raises the general error, which only its text tells apart, and a sum of two
    # columns becomes a double, which a STRICT column refuses.
    too_large = code == _SQLITE_ERROR and said.startswith("integer overflow")
    if too_large or state == _OVERFLOW_STATE or code == _SQLITE_CONSTRAINT_DATATYPE:
        greatest = "1.8e308, the greatest double" if _is_of_doubles(error) else "2^63 - 1"
        return CountOverflowError(
            f"a sum would pass {greatest}; merge fewer sessions at once, or, where it is a total, "
            "`swarmstore doctor` names the sessions"
        )
    if code == _SQLITE_NO_DATABASE:
        return CorruptStoreError("the file is not a SQLite database; name another one, or restore a backup")
    if state in _DAMAGED_STATES or code & 0xFF == _SQLITE_CORRUPT:
        return CorruptStoreError(
            f"the database is damaged ({said}); restore a backup, `swarmstore doctor --deep` says of what"
        )
    if state in _MISSING_STATES or (code == _SQLITE_ERROR and said.startswith("no such table")):
        return SchemaMissingError(f"the database lacks a table ({said}); run `swarmstore upgrade`")
    if state == _PRIVILEGE_STATE:
        return NotPermittedError(f"this database role may not do that ({said}); ask for the privilege")
    if only_reads(error):
        why = _WHY_A_FILE_ONLY_READS if code else _WHY_A_SERVER_ONLY_READS
        return NotPermittedError(f"the database only reads ({said}): {why}")
    if state in _UNKNOWN_STATEMENT_STATES:
        return ConfigurationError(
            f"there seems to be a pooler in between that shares a session among clients ({said}); "
            "open the store with pooler=True"
        )
    if state == _DISK_FULL_STATE or code & 0xFF == _SQLITE_FULL:
        return StoreUnavailableError(f"the database has no room left: {said}; make room and try again")
    # psycopg has no SQLSTATE of connecting; errors of statements have one, or say that the connection is lost
    is_of_connecting = isinstance(error, OperationalError) and error.statement is None and not code
    is_lost = (
        error.connection_invalidated or state[:2] in _UNAVAILABLE_CLASSES or _is_of_a_server_behind(error)
    )
    if is_of_connecting or is_lost or code & 0xFF in _SQLITE_UNAVAILABLE:
        advice = "check the URL's sslmode" if "SSL" in said else "try again"
        if "statement timeout" in said:
            advice = "raise statement_timeout, which the role, the database or the server has set"
        return StoreUnavailableError(f"the database cannot be reached or is busy: {said}; {advice}")
    return DatabaseRefusedError(f"the database refused: {said}")


def _is_of_a_server_behind(error: DBAPIError) -> bool:
    return any(text in str(error.orig) for text in _OF_A_SERVER_BEHIND)


def _is_of_doubles(error: DBAPIError) -> bool:
    """PostgreSQL names the place where it found out, in no language."""
    return getattr(getattr(error.orig, "diag", None), "source_function", None) == "float_overflow_error"


def _state(error: DBAPIError) -> str:
    return getattr(error.orig, "sqlstate", None) or ""
