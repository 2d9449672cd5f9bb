"""Work that nobody waits for: one call at a time, in a thread that starts with the first."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress

logger = logging.getLogger("swarmstore")


class Behind:
    """Runs calls; one that comes while another runs is left out, and one that raises is logged."""

    def __init__(self) -> None:
        self._process = os.getpid()
        self._thread: ThreadPoolExecutor | None = None
        self._running: Future[None] | None = None

    def run(self, call: Callable[[], None]) -> None:
        """Begin a call, unless one is under way or the interpreter is ending."""
        if self._process != os.getpid():  # a child has none of its parent's threads
            self._forget()
        if self._running is not None and not self._running.done():
            return
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, "swarmstore-behind")
        with suppress(RuntimeError):  # no thread starts any more
            self._running = self._thread.submit(call)
            self._running.add_done_callback(_tell)

    def finish(self) -> None:
        """Wait for what is under way."""
        if self._thread is not None and self._process == os.getpid():
            self._thread.shutdown()
        self._forget()

    def _forget(self) -> None:
        self._process = os.getpid()
        self._thread = self._running = None


def _tell(ended: Future[None]) -> None:
    error = ended.exception()
    if error is not None:
        logger.error("work behind a save failed", exc_info=error)
