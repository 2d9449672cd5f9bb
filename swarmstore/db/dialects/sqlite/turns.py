"""Connections that take turns, of all stores of a process: SQLite would not have them wait for each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from threading import Lock, get_ident
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, event
from sqlalchemy.pool import ConnectionPoolEntry

from swarmstore.errors import StoreUnavailableError
from swarmstore.forking import in_children


class _Turn:
    """Whose turn it is: of a thread, until it is given up by what was given for it."""

    def __init__(self) -> None:
        self._free = Lock()  # no Semaphore: an interrupt within one of Python's own code leaves it locked
        self._holder: int | None = None
        self._pledge: object = None

    def take(self, seconds: float) -> object | None:
        """What to give it up by, None where that takes longer."""
        if not self._free.acquire(timeout=seconds):
            return None
        self._holder, self._pledge = get_ident(), object()
        return self._pledge

    def give_up(self, pledge: object) -> None:
        """Let another one have it, unless that was done before."""
        if self._pledge is pledge:
            self._holder = self._pledge = None
            self._free.release()

    def take_from_this_thread(self) -> None:
        """Free it where this thread has it or was interrupted as it took it."""
        if self._holder in {None, get_ident()}:
            self._holder = self._pledge = None
            self._free.acquire(blocking=False)
            self._free.release()


_turns: dict[str, _Turn] = {}
_of_engines: WeakKeyDictionary[Engine, str] = WeakKeyDictionary()
in_children(_turns.clear)  # no thread of the parent gives its turn up there


def take_from_this_thread(engine: Engine) -> None:
    """Free the turn that an interrupted call of this thread may have."""
    if turn := _turns.get(_of_engines.get(engine, "")):
        turn.take_from_this_thread()


class Turns:
    """The turns that an engine's connections take in one database, which has a name."""

    def __init__(self, engine: Engine, name: str, seconds: float) -> None:
        self._name, self._seconds = name, seconds
        self._taken: WeakKeyDictionary[ConnectionPoolEntry, Callable[[], None]] = WeakKeyDictionary()
        _of_engines[engine] = name

        @event.listens_for(engine, "checkout")
        def _taken(_connection: object, entry: ConnectionPoolEntry, _proxy: object) -> None:
            self._taken[entry] = self._take()

        @event.listens_for(engine, "checkin")
        def _given_back(_connection: object, entry: ConnectionPoolEntry) -> None:
            if give_up := self._taken.pop(entry, None):
                give_up()

    @contextmanager
    def one(self) -> Iterator[None]:
        """Within it nobody else uses the database. Raises StoreUnavailableError where that takes too long."""
        give_up = self._take()
        try:
            yield
        finally:
            give_up()

    def _take(self) -> Callable[[], None]:
        """Take the turn; what gives it up."""
        turn = _turns.setdefault(self._name, _Turn())
        pledge = turn.take(self._seconds)
        if pledge is None:
            raise StoreUnavailableError(
                f"another connection of this process has used {self._name} for {self._seconds:g} s, and the "
                "URL's options let only one at a time; end that, and try again"
            )
        return partial(turn.give_up, pledge)
