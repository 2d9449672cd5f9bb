"""Calls that are interrupted at any moment, as by Ctrl-C: all is changed or nothing, and the store works."""

from __future__ import annotations

import logging
import random
import signal
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any, TypeAlias

import pytest
from sqlalchemy.orm import Session

from swarmstore import (
    REVISION,
    InvalidValueError,
    LearningStore,
    MemoryStorage,
    SessionId,
    SessionKey,
    SnapshotNotFoundError,
    SqlStorage,
    upgrade,
)
from swarmstore.disk import NewFile
from swarmstore.model.limits import check_text
from tests.helpers.internals import database_of
from tests.snapshots import simple

pytestmark = [
    pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no timers"),
    # an interrupt may come in a destructor, or in a callback of the garbage collector
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
TIMES = 100

TraceFunction: TypeAlias = Any
"""As `sys.settrace` takes it."""


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
    _give_back_locks_of_logging()


def _give_back_locks_of_logging() -> None:
    """`logging` keeps a lock when it is interrupted right after taking it, and other threads would hang."""
    internals: Any = logging
    for lock in (internals._lock, *(handler().lock for handler in internals._handlerList if handler())):
        while lock is not None and lock._is_owned():
            lock.release()


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


@pytest.fixture(params=["sqlite file", "sqlite in memory", "sqlite in shared memory", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """A database of each kind, and of each form in memory."""
    match request.param:
        case "sqlite in memory":
            return "sqlite://"
        case "sqlite in shared memory":
            return "sqlite:///file:interrupted?mode=memory&cache=shared"
        case name:
            of_kind = {"sqlite file": "sqlite_url", "postgresql": "migrated_postgres_url"}[name]
            found: str = request.getfixturevalue(of_kind)
            return found


def test_the_next_call_works_and_no_place_in_the_pool_is_lost(url: str, interrupts: Interrupts) -> None:
    with LearningStore.open(url, pool_size=1, timeout_seconds=5) as store:
        for number in range(TIMES):
            interrupts.run(partial(store.save_session, "s", simple(), f"{number}"), 3e-3)
            interrupts.run(partial(store.list_sessions, "s"), 1e-3)
            assert store.save_session("s", simple(), f"{number}") == f"{number}"
        assert _counted(store) == len(store.list_sessions("s")) == TIMES
        assert store.verify_totals(deep=True) == []


@pytest.mark.parametrize("kind", ["sqlite file", "sqlite in memory", "postgresql"])
def test_tables_are_made_or_not_and_what_is_raised_is_the_interrupt(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path, interrupts: Interrupts
) -> None:
    """Cleaning up meets connections that the interrupt has closed."""
    server = request.getfixturevalue("postgres_url") if kind == "postgresql" else ""
    for number in range(8):
        match kind:
            case "sqlite in memory":
                interrupts.run(lambda: LearningStore.open("sqlite://").close(), 0.1)
                continue
            case "sqlite file":
                call = partial(upgrade, f"sqlite:///{tmp_path}/{number}.db")
            case _:
                call = partial(upgrade, server, schema=f"s{number}")
        interrupts.run(call, 0.1)
        assert call().after == REVISION


def test_what_is_raised_is_the_interrupt(sqlite_url: str) -> None:
    """Whatever a step of the driver's or of SQLAlchemy's makes of it; not one from before the call."""
    with SqlStorage(sqlite_url) as storage:
        database = database_of(storage)

        def fail(_session: Session) -> None:
            try:
                raise KeyboardInterrupt
            finally:
                raise AssertionError

        with pytest.raises(KeyboardInterrupt):
            database.write(fail)
        try:
            raise KeyboardInterrupt
        except KeyboardInterrupt:
            with pytest.raises(InvalidValueError):
                database.write(lambda _session: check_text("scenario", 1))


def test_a_file_that_cannot_be_removed_does_not_hide_the_interrupt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_path: Path, missing_ok: bool = False) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(KeyboardInterrupt), NewFile(tmp_path / "new"):
        raise KeyboardInterrupt


def within_except_block(call: Callable[[], None]) -> None:
    try:
        raise ValueError
    except ValueError:
        call()


@pytest.mark.parametrize("within", ["nothing", "an except block"])
@pytest.mark.parametrize("call", ["load", "save"])
def test_what_is_raised_is_the_interrupt_wherever_it_came(database_url: str, call: str, within: str) -> None:
    """At the commit, where SQLAlchemy raises an AssertionError of its own on the way."""

    def interrupt(frame: FrameType, event: str, _argument: object) -> TraceFunction:
        if event == "line" and frame.f_code.co_name == "_do_commit":
            sys.settrace(None)
            raise KeyboardInterrupt
        return interrupt

    with LearningStore.open(database_url) as store:
        store.save_session("s", simple())
        new = simple()
        new.action_stats["an action that is new"] = new.action_stats["A"]
        before = sys.gettrace()

        def interrupted() -> None:
            sys.settrace(interrupt)
            try:
                store.load_scenario("s") if call == "load" else store.save_session("s", new)
            finally:
                sys.settrace(before)

        with pytest.raises(KeyboardInterrupt):
            interrupted() if within == "nothing" else within_except_block(interrupted)
        assert store.load_scenario("s").metadata.session_count in {1, 2}
        store.save_session("s", simple())
