"""All errors that swarmstore raises on purpose, each below its base class.

Each message says what to do next. Passwords never appear in messages.
"""

from __future__ import annotations

from collections.abc import Sequence

_NAMED = 3


def first_of(names: Sequence[str]) -> str:
    """Names in a message: the first few, and how many more there are."""
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


class SwarmstoreError(Exception):
    """The base class of all errors that swarmstore raises on purpose.

    Catch it to handle any of them. The message of each says what to do next.
    """


class InvalidValueError(SwarmstoreError, ValueError):
    """A value that no backend can hold, or an argument of the wrong type.

    Correct the value. `field` is its path, such as `metadata.created_at`; `problem` says what is wrong.
    """

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field
        self.problem = problem

    def __reduce__(self) -> tuple[type[InvalidValueError], tuple[str, str]]:
        return type(self), (self.field, self.problem)


class InvalidTextError(InvalidValueError):
    """Text with a NUL character or a lone surrogate, which PostgreSQL cannot store.

    Remove these characters from the text.
    """


class TextTooLongError(InvalidValueError):
    """A session id, group id, strategy name, origin or file name that is longer than its limit in bytes.

    Shorten it. The message states the limit.
    """


class CountOutOfRangeError(InvalidValueError):
    """A count, time or duration that is not an integer in its range.

    Correct the number. The message states the range.
    """


class NonFiniteNumberError(InvalidValueError):
    """A number that is NaN or infinite, or a sum of KPIs beyond 1e290.

    Correct the number, or leave the contribution out.
    """


class UnknownPhaseError(InvalidValueError):
    """A learning phase other than bootstrap, release or validate.

    Use one of these three.
    """


class UnknownStrategyError(InvalidValueError):
    """A merge strategy that is neither an instance of a strategy class nor the text form of one.

    Use `Additive()`, `TimeDecay(…)` or `SuccessWeighted()`, or the text that the command line takes.
    """


class AmbiguousNameError(InvalidValueError):
    """A name that would be read back as another name from SwarmEngine's JSON keys or file names.

    Rename it, or use a database, which can hold any name.
    """


class InvalidCursorError(InvalidValueError):
    """A cursor that is malformed, belongs to another store, or is ahead of this store.

    Follow again without a cursor, from the first session on. A cursor becomes invalid when the store is
    restored from a backup that lacks its session.
    """


class SnapshotFormatError(SwarmstoreError, ValueError):
    """Text or a file that does not hold a snapshot or a model in SwarmEngine's JSON format.

    Correct the file, or remove it. The message gives the path of the field that cannot be read.
    """


class SnapshotNotFoundError(SwarmstoreError, LookupError):
    """Nothing is saved under this key.

    Check the name; `swarmstore scenarios` lists those there are. Before an agent's first run, give
    `load_scenario` a `default`.
    """


class SessionConflictError(SwarmstoreError):
    """The given session id already belongs to a session with other content.

    Leave the id out, and the store chooses one, or delete that session first.
    """


class SessionForgottenError(SwarmstoreError):
    """The same content is saved under an id under which it was forgotten.

    Save it under another id if it should count after all.
    """


class BaselineError(SwarmstoreError):
    """A session to forget is part of a total's baseline, from which nothing can be subtracted.

    Leave it out of the call, or save the total again. Nothing was changed.
    """


class CountOverflowError(SwarmstoreError, OverflowError):
    """A count in a total or a merge exceeds 2^63 - 1, or a sum of KPIs is too large for a double.

    Merge fewer sessions at once. For a total, `swarmstore doctor` names the sessions that do not fit.
    """


class RecordingEndedError(SwarmstoreError):
    """A recorder was used after its session was saved or discarded.

    Record another session with `store.record`.
    """


class TraceError(SwarmstoreError):
    """A trace cannot become a session: it is empty, or its scenario or outcome is unknown or contradictory.

    Give the engine's record of the run, or the scenario and the outcome.
    """


class OriginModeError(SwarmstoreError):
    """A store is imported with another `totals` mode than before.

    Choose the earlier `totals` again, or import it as another store with `origin` (`--as NAME`).
    """


class OriginConflictError(OriginModeError):
    """An import cannot tell whether a folder is a store that was imported before.

    Say which store it is with `origin` (`--as NAME`).
    """


class RepeatedSessionError(SwarmstoreError):
    """A folder has sessions that are totals saved again, or copies, and the import was told to refuse them.

    Nothing was imported. Import with `repeated="skip"` or `repeated="count"`.
    """


class ReaderEndedError(SwarmstoreError):
    """The process that reads the files of an import ended unexpectedly.

    Trying again can help: what was imported stays, and the next import takes the rest. With
    `reader_process=False` there is no such process.
    """


class CorruptStoreError(SwarmstoreError):
    """Stored rows contradict each other or cannot be read, as in a damaged file.

    Run `swarmstore doctor --deep`, which names what is damaged, and restore a backup.
    """


class ConfigurationError(SwarmstoreError):
    """A setting or an argument cannot be used, or the backend does not support the call.

    Change it as the message says.
    """


class InvalidUrlError(ConfigurationError):
    """A database URL that cannot be parsed, or that names a database swarmstore does not support.

    Use `sqlite:///path/to/file.db` or `postgresql://user@host/database`.
    """


class StoreClosedError(ConfigurationError):
    """Something other than `close` was called on a store that is closed.

    Open the store again.
    """

    def __init__(self, what: str = "this store") -> None:
        super().__init__(f"{what} is closed; open it again")
        self._what = what

    def __reduce__(self) -> tuple[type[StoreClosedError], tuple[str]]:
        """Make it again of what is closed, not of its message."""
        return type(self), (self._what,)


class DatabaseMissingError(ConfigurationError):
    """The server has no database of this name, or the SQLite file does not exist.

    Create it, or correct the URL.
    """


class LoginRefusedError(ConfigurationError):
    """The server refused the login: the role is unknown, the password is wrong, or it may not connect.

    Check the role, its password and what the server allows (`pg_hba.conf`, `GRANT CONNECT`).
    """


class RoleMissingError(ConfigurationError):
    """The database server has no role with a name that was given to `grant`.

    Create the role first. The message shows the statement.
    """


class ExtraMissingError(ConfigurationError):
    """A library that the call needs is not installed.

    Install the extra that the message names, for instance `pip install 'swarmstore[report]'`.
    """


class UnknownViewError(ConfigurationError, LookupError):
    """The store has no view of this name.

    Use one of the views that the message lists.
    """


class SchemaError(SwarmstoreError):
    """The base class of errors about tables that do not fit this version of swarmstore.

    Each of the errors below says what to do.
    """


class SchemaMissingError(SchemaError):
    """The database has no swarmstore tables yet.

    Run `swarmstore upgrade` on it.
    """


class SchemaOutdatedError(SchemaError):
    """The tables are older than this version of swarmstore.

    Run `swarmstore upgrade` on the database.
    """


class SchemaAheadError(SchemaError):
    """The tables are newer than this version of swarmstore, which may not use them.

    Install a newer swarmstore.
    """


class SchemaDamagedError(SchemaError):
    """The database has tables that do not belong to its recorded revision, or tables without any revision.

    Nothing was changed. Run `swarmstore doctor`, which says what to do.
    """


class SchemaLockedError(SchemaError):
    """An upgrade gave up waiting for a lock that another session holds.

    Trying again can help, once long transactions on the database have ended.
    """


class StoreUnavailableError(SwarmstoreError):
    """No connection could be made, one was lost, the disk is full, or a lock was not granted in time.

    Trying again can help, unless the message names a setting to change. A save may have succeeded or not:
    repeat it with the same session id, and it counts once.
    """


class DatabaseRefusedError(SwarmstoreError):
    """The database rejected what was asked.

    Trying again does not help. The message quotes the database's reason.
    """


class NotPermittedError(DatabaseRefusedError):
    """The database role lacks a privilege, or the database is read-only.

    Ask the owner for `swarmstore grant`, or name a server or file that can be written to.
    """
