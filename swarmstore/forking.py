"""What a forked child gets anew: it has only the thread that forked it, whatever the others were doing."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable
from typing import Any, Generic, TypeVar

_Made = TypeVar("_Made")


def in_children(call: Callable[[], None]) -> None:
    """Have every forked child call this before it goes on, behind what was given earlier."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=call)


class Renewed(Generic[_Made]):
    """Something that threads share, `current`, and that a forked child makes anew.

    A lock that a thread of the parent holds, or a pool of its threads, would never serve the child.
    """

    def __init__(self, make: Callable[[], _Made]) -> None:
        self._make = make
        self.renew()
        _renewed.add(self)

    def renew(self) -> None:
        """Make another one in its place."""
        self.current = self._make()


def new_lock() -> Renewed[threading.Lock]:
    """A lock for `with lock.current:`, which is free in a forked child."""
    return Renewed(threading.Lock)


_renewed: weakref.WeakSet[Renewed[Any]] = weakref.WeakSet()


def _renew_all() -> None:
    for each in list(_renewed):
        each.renew()


in_children(_renew_all)
