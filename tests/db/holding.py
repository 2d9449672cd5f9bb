"""Holding a call before one of its statements, or a save before its commit, while another one runs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, event

from swarmstore import LearningSnapshot, SessionId, SqlStorage
from tests.helpers.internals import database_of, repositories_of, saver_of


class Hold:
    """Holds the thread that made it before its n-th statement (BEGIN is none, COMMIT is one)."""

    def __init__(self, engine: Engine, number: int) -> None:
        self.reached, self.go = threading.Event(), threading.Event()
        self.seen = 0
        self._engine, self._number = engine, number
        self._thread: int | None = None

    @contextmanager
    def watching(self) -> Iterator[None]:
        self._thread = threading.get_ident()
        event.listen(self._engine, "before_cursor_execute", self._statement)
        event.listen(self._engine, "commit", self._commit)
        try:
            yield
        finally:
            event.remove(self._engine, "before_cursor_execute", self._statement)
            event.remove(self._engine, "commit", self._commit)

    def _statement(self, *_arguments: object) -> None:
        self._step()

    def _commit(self, connection: Connection) -> None:
        if in_transaction(connection):
            self._step()

    def _step(self) -> None:
        if threading.get_ident() != self._thread:
            return
        self.seen += 1
        if self.seen == self._number:
            self.reached.set()
            assert self.go.wait(20)


def in_transaction(connection: Connection) -> bool:
    """Whether BEGIN and COMMIT reach the database, and are no mere events of SQLAlchemy's."""
    options = connection.get_execution_options()
    return options.get("isolation_level") != "AUTOCOMMIT" and options.get("sqlite_begin", "") is not None


def save_in_transaction(storage: SqlStorage, snapshot: LearningSnapshot, session_id: SessionId) -> None:
    """Save into scenario `s` as `save_session` does, but with a commit that can be held."""
    new = saver_of(storage).new_session("s", snapshot)
    sessions = repositories_of(storage).sessions
    database_of(storage).write(lambda session: sessions.save(session.connection(), new, session_id, 1))


def steps_of(storage: SqlStorage, call: Callable[[], object]) -> int:
    """How many statements a call takes."""
    hold = Hold(database_of(storage).engine, -1)
    with hold.watching():
        call()
    return hold.seen
