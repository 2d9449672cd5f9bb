"""Calls that are interrupted at any moment, as by Ctrl-C: all is changed or nothing, and the store works."""

from __future__ import annotations

import random
import signal
from collections.abc import Callable, Iterator
from functools import partial
from types import FrameType

import pytest

from swarmstore import LearningStore, MemoryStorage, SessionId, SessionKey, SnapshotNotFoundError
from tests.snapshots import simple

pytestmark = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no timers")
TIMES = 300


class Interrupts:
    """Raises KeyboardInterrupt in this thread some time from now, once."""

    def __init__(self) -> None:
        self._random = random.Random(7)
        self._armed = False

    def raised(self, _number: int, _frame: FrameType | None) -> None:
        if self._armed:
            raise KeyboardInterrupt

    def run(self, call: Callable[[], object], seconds: float) -> bool:
        """Whether a call was interrupted within these seconds; it may end before."""
        try:
            self._armed = True
            signal.setitimer(signal.ITIMER_REAL, self._random.uniform(1e-6, seconds))
            call()
            self._armed = False
        except KeyboardInterrupt:
            return True
        finally:
            self._armed = False
            signal.setitimer(signal.ITIMER_REAL, 0)
        return False


@pytest.fixture
def interrupts() -> Iterator[Interrupts]:
    made = Interrupts()
    before = signal.signal(signal.SIGALRM, made.raised)
    yield made
    signal.signal(signal.SIGALRM, before)


def test_a_save_in_memory_is_whole_or_absent(interrupts: Interrupts) -> None:
    store = LearningStore(MemoryStorage())
    for number in range(TIMES):
        interrupts.run(partial(store.save_session, "s", simple(), f"{number}"), 2e-4)
        interrupts.run(partial(store.storage.delete, SessionKey("s", SessionId(f"{number - 5}"))), 1e-4)
        sessions = store.list_sessions("s")
        assert _counted(store) in {number, number + 1}
        assert len(list(store.changes())) == len(sessions)
        store.save_session("s", simple(), f"{number}")
        assert _counted(store) == number + 1


def _counted(store: LearningStore) -> int:
    try:
        return store.load_scenario("s").metadata.session_count
    except SnapshotNotFoundError:
        return 0
