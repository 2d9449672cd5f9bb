"""The threads of an asynchronous store; without one to be had, a call runs in the event loop's own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from threading import Lock
from typing import TypeVar

from swarmstore.errors import StoreClosedError
from swarmstore.forking import Renewed

_Result = TypeVar("_Result")


class Workers:
    """Threads in which calls take turns, until they are closed. A forked child has threads of its own."""

    def __init__(self, threads: int) -> None:
        self._pool = Renewed(partial(ThreadPoolExecutor, threads, "swarmstore"))
        self._is_closed = False

    async def run(self, call: Callable[[], _Result]) -> _Result:
        """What a call gives. Raises StoreClosedError after `close`."""
        if self._is_closed:
            raise StoreClosedError
        return await asyncio.wrap_future(_begun(self._pool.current, call))

    def close(self) -> None:
        """Let calls that have begun end, and begin no other."""
        self._is_closed = True
        self._pool.current.shutdown()


def begin(call: Callable[[], _Result]) -> Future[_Result]:
    """Begin a call in a thread of its own."""
    thread = ThreadPoolExecutor(1, "swarmstore")
    running = _begun(thread, call)
    thread.shutdown(wait=False)
    return running


def _begun(executor: Executor, call: Callable[[], _Result]) -> Future[_Result]:
    """A call that has begun: here, and to its end, where no thread takes it.

    None does once the main thread has ended or the interpreter ends. Where the system has none to spare,
    a thread that is there may take the call in spite of the refusal: one of the two runs it.
    """
    given: Future[_Result] = Future()
    run = partial(_run_once, given, partial(copy_context().run, call), Lock())
    try:
        executor.submit(run)
    except RuntimeError:
        run()
    return given


def _run_once(given: Future[_Result], call: Callable[[], _Result], begun: Lock) -> None:
    if not begun.acquire(blocking=False) or not given.set_running_or_notify_cancel():
        return
    try:
        result = call()
    except BaseException as error:  # noqa: BLE001 - it is raised where the result is awaited
        given.set_exception(error)
    else:
        given.set_result(result)
