"""Garbage collection is paused while rows become many objects at once.

Each new object brings the next collection nearer, and each full one looks at all that the process
holds: reading a hundred sessions would pay for several of them. Snapshots have no cycles to be found;
the application may make some at the same time, so a pause is bounded however many threads overlap.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from swarmstore.forking import in_children, new_lock

LONGEST = 0.5
"""Seconds for which collections are paused at most before there is one."""


class Collector:
    """Pauses the process's garbage collection, which other parts of it may switch off and on too.

    What was switched off before is never switched on, and what somebody switches on in a pause stays
    on until the next block. Switching it off in a pause cannot be noticed, and ends with the pause.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = new_lock()
        self._within = 0  # blocks that threads are in now
        self._since: float | None = None  # when the pause began
        self._paused = 0.0  # seconds before that, since the last collection
        self._collections = 0  # at the beginning of the pause
        self._has_aged = False  # whether modules that were loaded count as old

    @contextmanager
    def put_off(self) -> Iterator[None]:
        """Collect nothing before the end of the block, if it comes soon.

        Time is looked at where blocks of any thread begin and end.
        """
        with self._lock.current:
            self._within += 1
            self._look()
            self._pause()
        try:
            yield
        finally:
            with self._lock.current:
                self._within -= 1
                self._look()
                if self._within <= 0:
                    self._resume()

    @contextmanager
    def put_off_while_loading(self) -> Iterator[None]:
        """Collect nothing while modules are loaded; the first time, all that is there then counts as old.

        Else the next collections look at all of it three times: 90 of the 450 ms that an agent takes. To
        freeze and unfreeze moves it, without a look, to where only full collections go. Done again and
        again it would hide garbage from them; and what an application has frozen is left alone.
        """
        with self.put_off():
            yield
            if not (self._has_aged or gc.isenabled() or gc.get_freeze_count()):
                self._has_aged = True
                gc.freeze()
                gc.unfreeze()

    def forget(self) -> None:
        """Begin anew in a child, which has only the thread that forked it: the others' blocks never end."""
        self._within = 0
        self._resume()

    def _look(self) -> None:
        """End a pause that has taken long enough, or that somebody else has ended."""
        if self._since is not None and (gc.isenabled() or self._seconds() >= LONGEST):
            self._resume()

    def _pause(self) -> None:
        if self._since is not None or not gc.isenabled():
            return
        collections = sum(generation["collections"] for generation in gc.get_stats())
        if collections != self._collections:
            self._collections, self._paused = collections, 0.0
        if self._paused < LONGEST:
            self._since = self._clock()
            gc.disable()

    def _resume(self) -> None:
        if self._since is not None:
            self._paused, self._since = self._seconds(), None
            gc.enable()

    def _seconds(self) -> float:
        began = self._clock() if self._since is None else self._since
        return self._paused + self._clock() - began


_of_the_process = Collector()
put_off = _of_the_process.put_off
put_off_while_loading = _of_the_process.put_off_while_loading
in_children(_of_the_process.forget)
