"""A process that lives for months: its calls take as many steps, and keep as many objects, as at first."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Callable
from itertools import count
from statistics import median

import pytest

from swarmstore import LearningBackend, LearningStore, MemoryStorage
from tests.snapshots import simple

WARM, MANY, COUNTED = 20, 150, 5


def steps(call: Callable[[], object]) -> int:
    """How many functions a call enters, of Python's and of C's; the median of some calls."""
    counts = []
    for _ in range(COUNTED):
        entered = 0

        def enter(_frame: object, event: str, _argument: object) -> None:
            nonlocal entered
            entered += event in {"call", "c_call"}

        sys.setprofile(enter)
        try:
            call()
        finally:
            sys.setprofile(None)
        counts.append(entered)
    return int(median(counts))


def objects() -> int:
    """How many the garbage collector knows."""
    gc.collect()
    return len(gc.get_objects())


def check(call: Callable[[], object], *, growth: int = 0, warm: int = WARM) -> None:
    """Compare a call that many went before with one that few did, `warm` of them.

    growth: how many objects each call may rightly leave.
    """
    for _ in range(warm):
        call()
    before = steps(call), objects()
    for _ in range(MANY):
        call()
    after = steps(call), objects()
    assert after[0] <= before[0] * 1.02 + 2
    assert after[1] - before[1] < MANY * (growth + 0.5)


@pytest.mark.parametrize(
    "name", ["load_scenario", "load_global", "load_session", "query_latest", "list_sessions", "scenarios"]
)
def test_reading(backend: LearningBackend, name: str) -> None:
    store = LearningStore(backend)
    store.save_session("s", simple(), "1")
    arguments: dict[str, list[str | int]] = {
        "load_scenario": ["s"],
        "load_session": ["s", "1"],
        "query_latest": ["s", 1],
        "list_sessions": ["s"],
    }
    check(lambda: getattr(store, name)(*arguments.get(name, [])))


def test_what_is_refused(backend: LearningBackend) -> None:
    store = LearningStore(backend)
    check(lambda: store.load_scenario("unknown", default=None))


def test_saving(backend: LearningBackend, backend_name: str) -> None:
    """In as many scenarios, for each of which something may be kept."""
    if backend_name == "files":
        pytest.skip("a save to files reads an index of all that was saved")
    store = LearningStore(backend)
    numbers = count()
    # of a session in memory: its snapshot of a few dozen objects, and its place in the order
    check(lambda: store.save_session(f"s{next(numbers)}", simple(), "1"), growth=100)


def test_threads_that_end(backend: LearningBackend) -> None:
    store = LearningStore(backend)
    store.save_session("s", simple(), "1")

    def call() -> None:
        thread = threading.Thread(target=store.load_session, args=("s", "1"))
        thread.start()
        thread.join()

    check(call)


@pytest.mark.long
def test_stores_that_are_closed(sqlite_url: str) -> None:
    """Of a file: for PostgreSQL SQLAlchemy keeps what belongs to the last 128 stores of a process."""

    def call() -> None:
        with LearningStore.open(sqlite_url) as store:
            store.list_sessions("s")

    check(call)


def test_stores_in_memory_that_are_closed() -> None:
    def call() -> None:
        with LearningStore(MemoryStorage()) as store:
            store.save_session("s", simple(), "1")

    check(call)
