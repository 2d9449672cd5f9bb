"""Connections that take turns, of all stores of a process: SQLite would not have them wait for each other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Semaphore
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, event
from sqlalchemy.pool import ConnectionPoolEntry

from swarmstore.errors import StoreUnavailableError
from swarmstore.forking import in_children

_turns: dict[str, Semaphore] = {}
in_children(_turns.clear)  # no thread of the parent gives its turn up there


class Turns:
    """The turns of one database, by its name."""

    def __init__(self, name: str, seconds: float) -> None:
        self._name, self._seconds = name, seconds
        self._taken: WeakKeyDictionary[ConnectionPoolEntry, Semaphore] = WeakKeyDictionary()

    @contextmanager
    def one(self) -> Iterator[None]:
        """Within it nobody else uses the database. Raises StoreUnavailableError where that takes too long."""
        turn = self._take()
        try:
            yield
        finally:
            turn.release()

    def _take(self) -> Semaphore:
        turn = _turns.setdefault(self._name, Semaphore())
        if not turn.acquire(timeout=self._seconds):
            raise StoreUnavailableError(
                f"another connection of this process has used {self._name} for {self._seconds:g} s, and the "
                "URL's options let only one at a time; end that, and try again"
            )
        return turn

    def have_taken(self, engine: Engine) -> None:
        """Have the engine's connections in use take turns."""

        @event.listens_for(engine, "checkout")
        def _taken(_connection: Any, entry: ConnectionPoolEntry, _proxy: Any) -> None:
            self._taken[entry] = self._take()

        @event.listens_for(engine, "checkin")
        def _given_back(_connection: Any, entry: ConnectionPoolEntry) -> None:
            if turn := self._taken.pop(entry, None):
                turn.release()
