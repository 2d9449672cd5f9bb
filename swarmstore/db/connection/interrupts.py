"""What a call that is interrupted had taken from the pool, as by Ctrl-C, which may come at any moment.

SQLAlchemy gives a connection back when an error passes it, but one that comes between two of its own
steps can cost a place in the pool, or leave a transaction open until garbage is collected.
"""

from __future__ import annotations

import contextlib
import sys
import threading
import traceback
import weakref
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias

from sqlalchemy import Engine, event
from sqlalchemy.pool import Pool

from swarmstore.db.dialects.base import dialect_of

_Entry: TypeAlias = Any
"""A pool's entry, of which more is used than SQLAlchemy gives a type."""
_TAKER = "taker"  # the thread that has taken a connection, in what is known of the connection


@contextlib.contextmanager
def interrupts_first() -> Iterator[None]:
    """Raise an interrupt itself where another error came of it on its way.

    Close to where it came: an error that is caught and raised again within somebody's `except` block
    refers to that block's error alone.
    """
    outer = sys.exception()
    try:
        yield
    except Exception as error:
        interrupt = _interrupt_in(_behind(error, outer))
        if interrupt is None:
            raise
        raise interrupt from None


class TakenConnections:
    """The connections of an engine, and which of them a thread has taken and not given back."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._dialect = dialect_of(engine)
        self._all: weakref.WeakSet[_Entry] = weakref.WeakSet()
        self._mine = threading.local()
        event.listen(engine, "connect", lambda _connection, entry: self._all.add(entry))
        event.listen(engine, "checkout", self._taken)
        event.listen(engine, "checkin", lambda _connection, entry: entry.record_info.pop(_TAKER, None))

    @contextlib.contextmanager
    def given_up_on_interrupts(self) -> Iterator[None]:
        """Within it an interrupt costs the connections that nobody else has taken, and nothing else.

        What is raised then is the interrupt, whatever became of it on its way.
        """
        outer, before = sys.exception(), self._of_this_thread()
        try:
            yield
        except BaseException as error:
            errors = list(_behind(error, outer))
            interrupt = _interrupt_in(errors)
            if interrupt is None:
                raise
            # cursors are in their frames, and one of SQLite that goes on has locks, also when closed
            for each in errors:
                traceback.clear_frames(each.__traceback__)
            self._give_up(before)
            try:
                raise interrupt from None
            finally:
                del errors, each, interrupt  # which refer to this frame

    def _taken(self, _connection: object, entry: _Entry, _proxy: object) -> None:
        # before it counts as taken: it would be found again for each time that it was taken earlier
        others = self._of_this_thread()
        entry.record_info[_TAKER] = threading.get_ident()
        self._mine.entries = [*others, entry]

    def _of_this_thread(self) -> list[_Entry]:
        this = threading.get_ident()
        entries = getattr(self._mine, "entries", ())
        return [entry for entry in entries if entry.record_info.get(_TAKER) == this]

    def _now(self) -> set[_Entry]:
        """All of them; other threads add some meanwhile."""
        while True:
            with contextlib.suppress(RuntimeError):
                return set(self._all)

    def _give_up(self, before: Sequence[_Entry]) -> None:
        """Close what was taken since and what lies in the pool, and count places from the start.

        Where the interrupt came is not known: a connection that nobody has taken may have been on its way.
        """
        free = {None, threading.get_ident()}
        for entry in self._now().difference(before):
            if entry.record_info.get(_TAKER) in free and entry.dbapi_connection is not None:
                proxy = entry.fairy_ref and entry.fairy_ref()
                with contextlib.suppress(Exception):  # it is dropped, whatever it says of that
                    self._dialect.end_transaction(entry.dbapi_connection)
                with contextlib.suppress(Exception):
                    (proxy or entry).invalidate()
        self._dialect.interrupted(self._engine)
        pool = self._engine.pool
        _unlock(pool)
        self._engine.pool = pool.recreate()
        # what other threads give back to the old one
        event.listen(pool, "checkin", lambda _connection, entry: entry.invalidate())
        pool.dispose()


def _unlock(pool: Pool) -> None:
    """Free the queue of a pool: an interrupt as a `Condition` of it is entered leaves it to this thread."""
    mutex = getattr(getattr(pool, "_pool", None), "mutex", None)
    while mutex is not None and mutex._is_owned():
        mutex.release()


def _interrupt_in(errors: Iterable[BaseException]) -> BaseException | None:
    return next((each for each in errors if not isinstance(each, Exception)), None)


def _behind(error: BaseException | None, outer: BaseException | None) -> Iterator[BaseException]:
    """An error and those that led to it, but for those from before the call."""
    while error is not None and error is not outer:
        yield error
        error = error.__cause__ or error.__context__
