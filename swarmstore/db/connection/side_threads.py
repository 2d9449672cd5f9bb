"""Calls in threads of their own, while their caller goes on with something else."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, TypeVar

_Result = TypeVar("_Result")


class SideThreads:
    """Threads of one call each."""

    def __init__(self) -> None:
        self._running: dict[int, set[Future[Any]]] = {}  # by process: a child has no parent's threads

    def start(self, call: Callable[[], _Result]) -> Future[_Result] | None:
        """Begin a call; None where the interpreter ends, or has no thread to spare."""
        thread = ThreadPoolExecutor(1, "swarmstore-beside")
        try:
            begun = thread.submit(call)
        except RuntimeError:
            return None
        thread.shutdown(wait=False)
        running = self._running.setdefault(os.getpid(), set())
        running.add(begun)
        begun.add_done_callback(running.discard)
        return begun

    def wait(self) -> None:
        """Wait for all calls that go on."""
        wait(self._running.get(os.getpid(), set()).copy())
