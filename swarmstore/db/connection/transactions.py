"""Transactions: one per call, run again as a whole when they may succeed, errors translated."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import partial
from itertools import chain, repeat
from typing import Any, NoReturn, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, stop_after_delay
from tenacity.wait import wait_random_exponential

from swarmstore.db.connection.engine import make_engine
from swarmstore.db.dialects.database_file import OpenedFile
from swarmstore.db.dialects.failures import is_transient, only_reads, translated
from swarmstore.db.dialects.registry import dialect_of
from swarmstore.db.dialects.urls import parse_url, shown_url, url_as_text
from swarmstore.db.schema import Publication, table_of
from swarmstore.db.schema.compatibility import REVISION
from swarmstore.db.statements.change_feed import publication
from swarmstore.db.statements.compatibility import oldest_revision
from swarmstore.errors import ConfigurationError, SchemaAheadError, StoreClosedError, StoreUnavailableError
from swarmstore.settings import Settings

_Result = TypeVar("_Result")
Work = Callable[[Session], _Result]
_ATTEMPTS = 8

logger = logging.getLogger("swarmstore")


class Database:
    """One database and how swarmstore talks to it.

    `work` gets an ORM session within a transaction. It may run several times, each from the
    start, so it must not change anything but the database.
    """

    def __init__(self, url: str, settings: Settings, *, as_found: bool = False) -> None:
        self.url = parse_url(url)
        self.settings = settings
        self._file = OpenedFile.of(self.url)
        self.engine: Engine = make_engine(self.url, settings, file=self._file, as_found=as_found)
        self._limits = limits = {False: settings.timeout_seconds, True: settings.maintenance_seconds}
        self.dialect = dialect = dialect_of(self.engine)
        self._reading = {patient: dialect.reading(self.engine, limit) for patient, limit in limits.items()}
        self._looking = dialect.looking(self.engine, settings.timeout_seconds)
        self._writing_at_once = dialect.writing_at_once(self.engine, settings.timeout_seconds)
        self._writing = {patient: dialect.writing(self.engine, limit) for patient, limit in limits.items()}
        self._begun: dict[int, set[Future[Any]]] = {}
        self._unpooled: Engine | None = None
        self._watched = False
        self._is_closed = False

    def watch_compatibility(self) -> None:
        """From now on begin each transaction by asking whether this code may still use the tables.

        Somebody may upgrade them while this process goes on. Statements that are a transaction of
        their own carry `queries.compatibility.is_compatible` instead.
        """
        self._watched = True

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
        return f"Database({shown_url(self.url)!r})"

    def url_to_open_again(self) -> str:
        """The URL, with its password, for another process. Raises ConfigurationError for one in memory."""
        if self.dialect.has_one_writer and self._file is None:
            raise ConfigurationError("a store in memory cannot go to another process; use a file or copy_to")
        return url_as_text(self.url)

    def folds_behind(self, saved: int) -> bool:
        """Whether totals are folded beside what follows a save of so many sessions.

        A file has one writer at a time, which matters less to who reads many more first.
        """
        if self.dialect.has_one_writer and (saved == 1 or self._file is None):
            return False
        return self.settings.fold_behind

    def read(self, work: Work[_Result], *, patient: bool = False) -> _Result:
        """Run `work` on one consistent snapshot of the database. Parameters and errors as `write`."""
        return self._run(partial(_once, self._reading[patient], self._watching(work)), patient)

    def _watching(self, work: Work[_Result]) -> Work[_Result]:
        def checked(session: Session) -> _Result:
            self.dialect.wait_for_who_empties(session.connection(), table_of(Publication))
            self.check_compatible(session)
            return work(session)

        return checked if self._watched else work

    def look(self, work: Work[_Result]) -> _Result:
        """Run `work`, each of whose statements sees the database as it is then.

        Otherwise as `read`, but that the statements themselves have to ask whether they may.
        """
        return self._run(partial(_once, self._looking, work))

    def write(self, work: Work[_Result], *, patient: bool = False) -> _Result:
        """Run `work` and commit. Deadlocks, lost connections and busy files are tried again.

        patient: it may take `maintenance_seconds`, not only `timeout_seconds`.

        Raises StoreUnavailableError, DatabaseRefusedError, CountOverflowError, SchemaMissingError.
        """
        return self._run(partial(_once, self._writing[patient], self._watching(work)), patient)

    def write_at_once(self, work: Callable[[Connection], _Result]) -> _Result:
        """Run `work` on a connection. Where one statement is all that it writes, that one commits.

        Otherwise as `write`, but that the statement itself has to ask whether it may.
        """
        return self._run(partial(_at_once, self._writing_at_once, work))

    def read_beside(self, work: Work[_Result]) -> Future[_Result] | None:
        """Begin `work` in a thread of its own, on a connection of its own.

        It sees what is committed when it begins, and is run once. None on a database in memory,
        and where the pool has no other one to spare.
        """
        engine = self._beside()
        return None if engine is None else self._in_a_thread(partial(_once, engine, work))

    def begin(self, call: Callable[[], _Result]) -> Future[_Result]:
        """Run a call that writes in a thread of its own, while the caller goes on.

        Before this returns where the pool has one connection, which the caller may want meanwhile,
        and in a file, whose driver would wait for the interpreter at every row.
        """
        pool: Any = self.engine.pool
        if not self.dialect.has_one_writer and pool.size() > 1:
            begun = self._in_a_thread(call)
            if begun is not None:
                return begun
        ended: Future[_Result] = Future()
        try:
            ended.set_result(call())
        except Exception as error:  # noqa: BLE001 - it is raised where the result is wanted
            ended.set_exception(error)
        return ended

    def _in_a_thread(self, call: Callable[[], _Result]) -> Future[_Result] | None:
        thread = ThreadPoolExecutor(1, "swarmstore-beside")
        try:
            begun = thread.submit(call)
        except RuntimeError:  # the interpreter ends, or has no thread to spare
            return None
        thread.shutdown(wait=False)
        of_this_process = self._begun.setdefault(os.getpid(), set())  # a child has no parent's threads
        of_this_process.add(begun)
        begun.add_done_callback(of_this_process.discard)
        return begun

    def _beside(self) -> Engine | None:
        if self.dialect.has_one_writer:
            return self._of_file()
        pool: Any = self.engine.pool
        return self._reading[True] if pool.checkedout() < pool.size() else None

    def _of_file(self) -> Engine | None:
        # a file is opened sooner than a connection of the pool may come free
        if self._file is None or self._file.takes_turns:
            return None
        if self._unpooled is None:  # a second one does no harm
            self._unpooled = make_engine(
                self.url, self.settings, file=self._file, as_found=True, pooled=False
            )
        return self._unpooled

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """A transaction that reads one consistent snapshot of the database until the block ends.

        Its beginning is tried again, what is done in it is not. All answers of a server together
        may take `maintenance_seconds`. Errors as `write`.
        """
        self.check_open()
        try:
            with _tried(partial(_begun, self._reading[True]), self._limits[True]) as session:
                self.check_compatible(session)
                yield session
        except SQLAlchemyError as error:
            raise translated(error) from error

    def close(self) -> None:
        """Close all connections that are not in use, once what goes on beside other calls has ended.

        From then on no call begins.
        """
        self._is_closed = True
        wait(self._begun.get(os.getpid(), set()).copy())
        self.engine.dispose()

    def check_open(self) -> None:
        """Refuse to go on where it was closed. Raises StoreClosedError."""
        if self._is_closed:
            raise StoreClosedError(shown_url(self.url))

    def _run(self, attempt: Callable[[], _Result], patient: bool = False) -> _Result:
        self.check_open()
        try:
            return _tried(attempt, self._limits[patient])
        except SQLAlchemyError as error:
            raise translated(error) from error


def _tried(attempt: Callable[[], _Result], seconds: float) -> _Result:
    """What an attempt gives, begun again within these seconds when it may succeed."""
    began = time.monotonic()
    try:
        return attempt()  # mostly that is all, and keeping account of it would take a part of a save
    except DBAPIError as error:
        if not _may_succeed(error):
            raise
        first = error
        tries: Iterator[Callable[[], _Result]] = chain([partial(_fail, error)], repeat(attempt))

    def again() -> _Result:
        return next(tries)()

    def may_succeed(failed: BaseException) -> bool:
        # after a failover the next connection finds who writes, or there is nobody
        return _may_succeed(failed) and (failed is first or not only_reads(failed))

    attempts = Retrying(
        retry=retry_if_exception(may_succeed),
        stop=stop_after_attempt(_ATTEMPTS) | stop_after_delay(seconds - (time.monotonic() - began)),
        wait=wait_random_exponential(multiplier=0.02, max=1.0),
        after=_log_retry,
        reraise=True,
    )
    result: _Result = attempts(again)
    return result


def _fail(error: Exception) -> NoReturn:
    raise error


def _once(engine: Engine, work: Work[_Result]) -> _Result:
    with Session(engine, autoflush=False, expire_on_commit=False) as session, session.begin():
        return work(session)


def _at_once(engine: Engine, work: Callable[[Connection], _Result]) -> _Result:
    with engine.begin() as connection:
        return work(connection)


def _begun(engine: Engine) -> Session:
    session = Session(engine, autoflush=False, expire_on_commit=False)
    try:
        dialect_of(session).wait_for_who_empties(session.connection(), table_of(Publication))
        session.execute(publication())  # what is seen is settled by the first row that is read
    except BaseException:
        session.close()
        raise
    return session


def _may_succeed(error: BaseException) -> bool:
    return isinstance(error, DBAPIError) and is_transient(error)


def _log_retry(state: RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    logger.info("attempt %d of a transaction failed, trying again: %s", state.attempt_number, error)
