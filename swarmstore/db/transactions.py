"""Transactions: one per call, run again as a whole when they may succeed, errors translated."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, stop_after_delay
from tenacity.wait import wait_random_exponential

from swarmstore.db.engine import Settings, looking, make_engine, parse_url, reading, shown_url, writing
from swarmstore.db.failures import is_transient, translated
from swarmstore.db.queries.following import publication

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
        self.engine: Engine = make_engine(self.url, settings, as_found=as_found)
        limits = {False: settings.timeout_seconds, True: settings.maintenance_seconds}
        self._reading = {patient: reading(self.engine, limit) for patient, limit in limits.items()}
        self._looking = looking(self.engine, settings.timeout_seconds)
        self._writing = {patient: writing(self.engine, limit) for patient, limit in limits.items()}
        self._attempts = {patient: _attempts(limit) for patient, limit in limits.items()}

    def __repr__(self) -> str:
        return f"Database({shown_url(self.url)!r})"

    def read(self, work: Work[_Result], *, patient: bool = False) -> _Result:
        """Run `work` on one consistent snapshot of the database. Parameters and errors as `write`."""
        return self._run(self._reading[patient], work, patient)

    def look(self, work: Work[_Result]) -> _Result:
        """Run `work`, each of whose statements sees the database as it is then. Otherwise as `read`."""
        return self._run(self._looking, work, False)

    def write(self, work: Work[_Result], *, patient: bool = False) -> _Result:
        """Run `work` and commit. Deadlocks, lost connections and busy files are tried again.

        patient: it may take `maintenance_seconds`, not only `timeout_seconds`.

        Raises StoreUnavailableError, DatabaseRefusedError, CountOverflowError, SchemaMissingError.
        """
        return self._run(self._writing[patient], work, patient)

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """A transaction that reads one consistent snapshot of the database until the block ends.

        Its beginning is tried again, what is done in it is not. All answers of PostgreSQL together
        may take `maintenance_seconds`. Errors as `write`.
        """
        try:
            with self._attempts[True](_begun, self._reading[True]) as session:
                yield session
        except SQLAlchemyError as error:
            raise translated(error) from error

    def close(self) -> None:
        """Close all connections that are not in use."""
        self.engine.dispose()

    def _run(self, engine: Engine, work: Work[_Result], patient: bool) -> _Result:
        try:
            result: _Result = self._attempts[patient](_once, engine, work)
        except SQLAlchemyError as error:
            raise translated(error) from error
        return result


def _attempts(seconds: float) -> Retrying:
    return Retrying(
        retry=retry_if_exception(_may_succeed),
        stop=stop_after_attempt(_ATTEMPTS) | stop_after_delay(seconds),
        wait=wait_random_exponential(multiplier=0.02, max=1.0),
        after=_log_retry,
        reraise=True,
    )


def _once(engine: Engine, work: Work[_Result]) -> _Result:
    with Session(engine, autoflush=False, expire_on_commit=False) as session, session.begin():
        return work(session)


def _begun(engine: Engine) -> Session:
    session = Session(engine, autoflush=False, expire_on_commit=False)
    try:
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
