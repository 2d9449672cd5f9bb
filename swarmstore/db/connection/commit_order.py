"""Transactions that go on at the same time and commit one after the other.

Each begins when the one before holds all the row ids it will have and waits for nobody any more: so
row ids come in the order of turns, no two can wait for each other, and none holds a connection
before the one before has one. Where the one before has to be tried again, so has what came after it.
"""

from __future__ import annotations

import threading
from types import TracebackType


class OutOfTurnError(Exception):
    """An attempt may not commit: the turn before has to be waited for first."""


class Turn:
    """One of these transactions, however many attempts it takes."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._attempt = 0
        self._placed = False
        self._committed: bool | None = None

    def begin(self) -> None:
        """Another attempt begins: one before it has failed."""
        with self._changed:
            self._attempt += 1
            self._placed = False
            self._changed.notify_all()

    def place(self) -> None:
        """The attempt has its row ids, and only writes what nobody else can be writing."""
        with self._changed:
            self._placed = True
            self._changed.notify_all()

    def __enter__(self) -> None:
        """All attempts are within the block, which ends well when one of them has committed."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._changed:
            self._committed = error is None
            self._changed.notify_all()

    def wait_until_placed(self) -> int:
        """Wait until the next turn may begin; the attempt that it relies on. Raises OutOfTurnError."""
        with self._changed:
            self._changed.wait_for(lambda: self._placed or self._committed is not None)
            if not self._placed or self._committed is False:
                raise OutOfTurnError
            return self._attempt

    def wait_until_committed(self, attempt: int) -> None:
        """Wait until the next turn may commit. Raises OutOfTurnError when this attempt has failed."""
        with self._changed:
            self._changed.wait_for(lambda: self._attempt != attempt or self._committed is not None)
            if self._attempt != attempt or not self._committed:
                raise OutOfTurnError
