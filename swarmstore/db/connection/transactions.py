"""Transactions: one per call, run again as a whole when they may succeed, errors translated."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from functools import partial
from typing import TypeVar, cast

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool
from tenacity import RetryCallState, Retrying, stop_after_attempt, stop_after_delay
from tenacity.wait import wait_random_exponential

from swarmstore.db.connection.fork_safety import prepare_for_forks
from swarmstore.db.connection.interrupts import TakenConnections, interrupts_first
from swarmstore.db.connection.side_threads import SideThreads
from swarmstore.db.dialects.base import Access, dialect_named
from swarmstore.db.dialects.database_file import AsOpened, OpenedFile
from swarmstore.db.dialects.failures import is_transient, only_reads, translated
from swarmstore.db.dialects.urls import parse_url, shown_url
from swarmstore.db.schema.sessions import SessionRow
from swarmstore.db.statements.compatibility import oldest_revision
from swarmstore.errors import (
    ConfigurationError,
    InvalidUrlError,
    SchemaAheadError,
    StoreClosedError,
    StoreUnavailableError,
)
from swarmstore.loading import loading
from swarmstore.revisions import REVISION
from swarmstore.settings import Settings

_Result = TypeVar("_Result")
Work = Callable[[Session], _Result]
_ATTEMPTS = 8

logger = logging.getLogger("swarmstore")


class BehindError(Exception):
    """Ends a transaction, which is begun again once these ones are committed, one after the other."""

    def __init__(self, *first: Work[object]) -> None:
        super().__init__(*first)
        self.first = first


class Database:
    """One database and how swarmstore talks to it.

    `work` may run several times, each from the start, so it must not change anything but the
    database. maintenance: it may take `maintenance_seconds`, not only `timeout_seconds`.

    All raise StoreUnavailableError, DatabaseRefusedError, CountOverflowError, SchemaMissingError.
    """

    is_watched = False
    """Each transaction begins by asking whether this code may still use the tables: somebody may upgrade
    them while this process goes on. Statements that are a transaction of their own ask that themselves.
    """

    def __init__(
        self, url: str, settings: Settings, as_opened: AsOpened | None = None, *, as_found: bool = False
    ) -> None:
        """Open it; as_opened: as a store found it that was sent here."""
        self.url = parse_url(url)
        self.settings = settings
        self._file = OpenedFile.of(self.url, create=settings.create and not as_found, as_opened=as_opened)
        with loading():  # its driver, too
            self.dialect = dialect_named(self.url.get_backend_name())
            self._driver_options = (
                self.dialect.driver_options(self.url) if as_opened is None else as_opened.driver_options
            )
            self.engine = self._make_engine(as_found=as_found)
        self._limits = {False: settings.timeout_seconds, True: settings.maintenance_seconds}
        self._taken = TakenConnections(self.engine)
        self._engines = {
            (access, maintenance): self.dialect.engine_for(access, self.engine, limit)
            for access in Access
            for maintenance, limit in self._limits.items()
        }
        self._threads = SideThreads()
        self._unpooled: Engine | None = None
        self._is_closed = False

    def check_compatible(self, session: Session) -> None:
        """Refuse tables that were upgraded past this code meanwhile. Raises SchemaAheadError."""
        oldest = session.scalar(oldest_revision())
        if oldest is None:
            raise StoreUnavailableError(
                f"the tables of {shown_url(self.url)} are empty: a backup is being restored; try again"
            )
        if oldest > REVISION:
            raise SchemaAheadError(
                f"{shown_url(self.url)} was upgraded and needs revision {oldest}, while this process runs a "
                f"swarmstore that knows {REVISION}; end it and start it again with a newer swarmstore"
            )

    def __repr__(self) -> str:
        url = getattr(self, "url", None)  # None in an error of opening it, as here and in other classes
        return f"Database({url and shown_url(url)!r})"

    @property
    def as_opened(self) -> AsOpened:
        """What goes to another process beside a URL. Raises ConfigurationError for one in memory."""
        if self.is_in_memory:
            raise ConfigurationError(
                "a store in memory cannot be sent to another process; use a file or copy_to"
            )
        return AsOpened(self._driver_options, None if self._file is None else self._file.identity)

    @property
    def is_spread(self) -> bool:
        """Whether tables may be spread over servers; known from the first connection on."""
        return self.dialect.spreads(self.engine)

    @property
    def is_in_memory(self) -> bool:
        """Whether the database is this process's alone, and gone with its connection."""
        return self.dialect.has_one_writer and self._file is None

    def read(self, work: Work[_Result], *, maintenance: bool = False) -> _Result:
        """Run `work` on one consistent snapshot of the database."""
        return self._transaction(Access.READING, work, maintenance)

    def write(self, work: Work[_Result], *, maintenance: bool = False) -> _Result:
        """Run `work` and commit. Deadlocks, lost connections and busy files are tried again."""
        while True:
            try:
                return self._transaction(Access.WRITING, work, maintenance)
            except BehindError as error:
                for first in error.first:
                    self.write(first, maintenance=maintenance)

    def autocommit(self, work: Callable[[Connection], _Result], *, writing: bool = False) -> _Result:
        """Run `work`, whose statements see the database as it is then and have to ask whether they may.

        writing: where one statement is all that a save writes, that one commits.
        """
        engine = self._engines[Access.WRITING_AT_ONCE if writing else Access.LOOKING, False]

        def attempt() -> _Result:
            with engine.begin() as connection:
                return work(connection)

        return self._run(attempt)

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """A transaction that reads one consistent snapshot of the database until the block ends.

        Its beginning is tried again, what is done in it is not. All answers of a server together
        may take `maintenance_seconds`.
        """
        with self._errors_translated(), _retried(self._begun, self._limits[True]) as session:
            yield session

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """A transaction that changes the tables, while nobody else does. The driver's errors are raised."""
        self.check_open()
        begun = self.dialect.migrating(self.engine, self.settings)
        with self._taken.given_up_on_interrupts(), begun as connection:
            yield connection

    def read_beside(self, work: Work[_Result]) -> Future[_Result] | None:
        """Begin `work` in a thread and on a connection of its own.

        It sees what is committed when it begins, and is run once. None on a database in memory,
        and where the pool has no other connection to spare.
        """
        engine = self._spare_engine()
        return None if engine is None else self._threads.start(partial(_once, engine, work))

    def _transaction(self, access: Access, work: Work[_Result], maintenance: bool) -> _Result:
        def checked(session: Session) -> _Result:
            self._settle(session)
            return work(session)

        return self._run(partial(_once, self._engines[access, maintenance], checked), maintenance)

    def _settle(self, session: Session) -> None:
        """Settle what the transaction sees, which the first row that it reads does."""
        if self.is_watched:
            self.dialect.wait_for_who_empties(session.connection(), SessionRow.table)
            self.check_compatible(session)

    def _begun(self) -> Session:
        session = Session(self._engines[Access.READING, True], autoflush=False, expire_on_commit=False)
        try:
            self._settle(session)
        except BaseException:
            session.close()
            raise
        return session

    def _spare_engine(self) -> Engine | None:
        """An engine with a connection to spare; a file is opened sooner than one may come free."""
        if not self.dialect.has_one_writer:
            pool = cast(QueuePool, self.engine.pool)
            return self._engines[Access.READING, True] if pool.checkedout() < pool.size() else None
        if self._file is None or self._file.takes_turns:
            return None
        if self._unpooled is None:  # a second one does no harm
            self._unpooled = self._make_engine(as_found=True, pooled=False)
        return self._unpooled

    def _make_engine(self, *, as_found: bool, pooled: bool = True) -> Engine:
        """An engine that forked children may use as well; see `DatabaseDialect`."""
        make = partial(self.dialect.make_engine, driver_options=self._driver_options)
        file = self._file
        try:
            engine = make(self.url, self.settings, file, as_found=as_found, pooled=pooled)
        except (ValueError, TypeError, SQLAlchemyError):
            bad = f"an option of {shown_url(self.url)} has a value that it cannot have"
            raise InvalidUrlError(bad) from None
        prepare_for_forks(engine, None if file is None else file.path)
        _undo_what_others_begin(engine)
        return engine

    def close(self) -> None:
        """Close all connections that are not in use, once what goes on beside other calls has ended.

        From then on no call begins.
        """
        self._is_closed = True
        self._threads.wait()
        self.engine.dispose()

    def check_open(self) -> None:
        """Refuse to go on where it was closed. Raises StoreClosedError."""
        if self._is_closed:
            raise StoreClosedError(shown_url(self.url))

    def _run(self, attempt: Callable[[], _Result], maintenance: bool = False) -> _Result:
        with self._errors_translated():
            return _retried(attempt, self._limits[maintenance])

    @contextmanager
    def _errors_translated(self) -> Iterator[None]:
        """A call on an open database, within which an interrupt leaves nothing taken."""
        self.check_open()
        with self._taken.given_up_on_interrupts():
            try:
                yield
            except SQLAlchemyError as error:
                raise translated(error) from error


def _undo_what_others_begin(engine: Engine) -> None:
    """Programs listen on all engines and pools of a process, and what they run begins a transaction.

    Their listeners come before those of one engine; `insert` puts these before the engine's other ones.
    """
    for name in ("connect", "checkout"):
        event.listen(engine, name, lambda driver, *_: driver.rollback(), insert=True)
    event.listen(engine, "engine_connect", lambda connection: connection.rollback(), insert=True)


def _retried(attempt: Callable[[], _Result], seconds: float) -> _Result:
    """What an attempt gives, begun again within these seconds when it may succeed."""
    attempts = Retrying(
        retry=_may_succeed,
        stop=stop_after_attempt(_ATTEMPTS) | stop_after_delay(seconds),
        wait=wait_random_exponential(multiplier=0.02, max=1.0),
        after=_log_retry,
        reraise=True,
    )
    return attempts(interrupts_first()(attempt))


def _may_succeed(state: RetryCallState) -> bool:
    error = state.outcome.exception() if state.outcome else None
    if not isinstance(error, DBAPIError) or not is_transient(error):
        return False
    # after a failover the next connection finds who writes, or there is nobody
    return state.attempt_number == 1 or not only_reads(error)


def _once(engine: Engine, work: Work[_Result]) -> _Result:
    with Session(engine, autoflush=False, expire_on_commit=False) as session, session.begin():
        return work(session)


def _log_retry(state: RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    logger.info("attempt %d of a transaction failed, trying again: %s", state.attempt_number, error)
