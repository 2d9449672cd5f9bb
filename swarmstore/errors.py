"""Everything swarmstore raises on purpose, each error below the one that it is a kind of.

The message says what to do next. Passwords never appear in one.
"""

from __future__ import annotations

from collections.abc import Sequence

_NAMED = 3


def first_of(names: Sequence[str]) -> str:
    """Names in a message: the first few, and how many more there are."""
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


class SwarmstoreError(Exception):
    """The root of all errors that swarmstore raises on purpose."""


class InvalidValueError(SwarmstoreError, ValueError):
    """A value that no backend may hold. `field` is its path, as `metadata.created_at`."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field
        self.problem = problem

    def __reduce__(self) -> tuple[type[InvalidValueError], tuple[str, str]]:
        return type(self), (self.field, self.problem)


class InvalidTextError(InvalidValueError):
    """Text with NUL or a lone surrogate, which PostgreSQL cannot store."""


class TextTooLongError(InvalidValueError):
    """A session id, group id, strategy name or origin over its limit in UTF-8 bytes."""


class CountOutOfRangeError(InvalidValueError):
    """A count, time or duration that is not an integer in its range."""


class NonFiniteNumberError(InvalidValueError):
    """NaN, an infinity, or a KPI sum beyond 1e290."""


class UnknownPhaseError(InvalidValueError):
    """A learning phase other than bootstrap, release or validate."""


class UnknownStrategyError(InvalidValueError):
    """What is no strategy of merging: neither one of the classes nor the text of one."""


class AmbiguousNameError(InvalidValueError):
    """A name that upstream's joined keys or file names would give back as another one."""


class InvalidCursorError(InvalidValueError):
    """A cursor that is none, or another store's, or ahead of this store."""


class SnapshotFormatError(SwarmstoreError, ValueError):
    """Text or a file that does not hold a snapshot or a model in upstream's shape."""


class SnapshotNotFoundError(SwarmstoreError, LookupError):
    """Nothing is saved under this key."""


class SessionConflictError(SwarmstoreError):
    """The session id that the caller gave already holds a session with other content."""


class SessionForgottenError(SwarmstoreError):
    """The session was forgotten, and this is the same content under the same id again."""


class BaselineError(SwarmstoreError):
    """What is to be forgotten is in a total's baseline: sums of sessions that were removed before."""


class CountOverflowError(SwarmstoreError, OverflowError):
    """A total or a merge has a count past 2^63 - 1, or a sum of KPIs that no double can hold."""


class RecordingEndedError(SwarmstoreError):
    """The recorder's session is over: it was saved, or discarded."""


class TraceError(SwarmstoreError):
    """An engine's trace that cannot become a session: no outcome, a contradiction, nothing in it."""


class OriginModeError(SwarmstoreError):
    """An origin is imported with another way of counting its totals than before."""


class OriginConflictError(OriginModeError):
    """A folder holds something else than the store that it seems to be; a name tells which it is."""


class RepeatedSessionError(SwarmstoreError):
    """A folder has sessions that are totals saved again, or copies, and the import is to refuse them."""


class ReaderEndedError(SwarmstoreError):
    """The process that read the files of an import ended by itself, or was ended."""


class CorruptStoreError(SwarmstoreError):
    """Rows contradict each other, or cannot be read: a hash collision, a damaged file."""


class ConfigurationError(SwarmstoreError):
    """A setting that cannot be used."""


class InvalidUrlError(ConfigurationError):
    """A database URL that cannot be read, or names a database swarmstore does not support."""


class StoreClosedError(ConfigurationError):
    """The store was closed; nothing but `close` may be called on it."""

    def __init__(self, what: str = "this store") -> None:
        super().__init__(f"{what} is closed; open it again")
        self._what = what

    def __reduce__(self) -> tuple[type[StoreClosedError], tuple[str]]:
        """Make it again of what is closed, not of its message."""
        return type(self), (self._what,)


class DatabaseMissingError(ConfigurationError):
    """The server has no database of this name, or there is no such SQLite file, or no longer."""


class LoginRefusedError(ConfigurationError):
    """The server does not let this role into this database: unknown, wrong password, or not permitted."""


class RoleMissingError(ConfigurationError):
    """The database server has no role of this name to grant anything to."""


class ExtraMissingError(ConfigurationError):
    """A library that this needs is not installed; the message says which extra brings it."""


class UnknownViewError(ConfigurationError, LookupError):
    """The store has no view of this name; the message lists those that it has."""


class SchemaError(SwarmstoreError):
    """The database's tables do not fit this version of swarmstore."""


class SchemaMissingError(SchemaError):
    """The database has no swarmstore tables yet."""


class SchemaOutdatedError(SchemaError):
    """The tables are older than this swarmstore."""


class SchemaAheadError(SchemaError):
    """The tables are newer than this swarmstore, and it may not use them."""


class SchemaDamagedError(SchemaError):
    """There are tables that the database's revision, or its lack of one, says are not there."""


class SchemaLockedError(SchemaError):
    """An upgrade gave up waiting for a lock that somebody else holds."""


class StoreUnavailableError(SwarmstoreError):
    """No connection could be had, one was lost, or a lock was not granted in time."""


class DatabaseRefusedError(SwarmstoreError):
    """The database did not accept what was asked; trying again will not help."""


class NotPermittedError(DatabaseRefusedError):
    """The database role lacks a privilege, or the database is read-only."""
