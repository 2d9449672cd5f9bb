"""Calls in threads of their own, while their caller goes on with something else."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial
from typing import Any, TypeAlias, TypeVar

from swarmstore.forking import Renewed, new_lock

_Result = TypeVar("_Result")
_Call: TypeAlias = Future[Any]

logger = logging.getLogger("swarmstore")


class SideThreads:
    """Threads of one call each; a forked child has none of its parent's."""

    def __init__(self) -> None:
        self._running: Renewed[set[_Call]] = Renewed(set)

    def start(self, call: Callable[[], _Result]) -> Future[_Result] | None:
        """Begin a call; None where the interpreter ends, or has no thread to spare."""
        thread = ThreadPoolExecutor(1, "swarmstore-beside")
        try:
            begun = thread.submit(call)
        except RuntimeError:
            return None
        thread.shutdown(wait=False)
        running = self._running.current
        running.add(begun)
        begun.add_done_callback(running.discard)
        return begun

    def going_on(self) -> set[_Call]:
        """The calls that go on."""
        return {call for call in self._running.current.copy() if not call.done()}

    def wait(self) -> None:
        """Wait for all calls that go on."""
        wait(self.going_on())


class Behind:
    """Runs calls that nobody waits for; one that comes while another runs is left out."""

    def __init__(self) -> None:
        self._threads, self._lock = SideThreads(), new_lock()

    def run(self, call: Callable[[], None]) -> None:
        """Begin a call, unless one is under way or the interpreter is ending. One that raises is logged."""
        with self._lock.current:
            if not self._threads.going_on():
                self._threads.start(partial(_logging, call))

    def finish(self) -> None:
        """Wait for what is under way."""
        self._threads.wait()


def _logging(call: Callable[[], None]) -> None:
    try:
        call()
    except BaseException:
        logger.exception("work behind a save failed")
