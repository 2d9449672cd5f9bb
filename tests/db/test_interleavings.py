"""Two connections step by step: one call is held before a statement while another one runs.

Whatever the order, each session counts once, and the totals are those of one call after the other.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from itertools import count

import pytest
from sqlalchemy import Connection, Engine, event

from swarmstore import (
    GlobalKey,
    LearningBackend,
    MemoryStorage,
    ScenarioKey,
    SessionId,
    SessionKey,
    Settings,
    SqlStorage,
    StoreUnavailableError,
)
from tests.db.folds import fold_after_lot
from tests.db.holding import Hold, in_transaction, save_in_transaction, steps_of
from tests.snapshots import simple

HELD_FOR = 0.15  # seconds for the other call: it either ends or waits for a lock by then
NO_AUTOMATIC_FOLD = Settings(fold_at=10_000, fold_behind=False)

Call = Callable[[LearningBackend, str], object]


def fold_both(backend: LearningBackend, scenario: str) -> None:
    """Both totals by one transaction, where there are folds."""
    if isinstance(backend, SqlStorage):
        fold_after_lot(backend, scenario)


CALLS: dict[str, Call] = {
    "fold": lambda b, _: b.fold(),
    "fold both": fold_both,
    "save": lambda b, s: b.save_session(s, simple(10_000, "saved"), SessionId("9")),
    "delete": lambda b, s: b.delete(SessionKey(s, SessionId("1"))),
    "replace": lambda b, s: b.save(SessionKey(s, SessionId("2")), simple(777)),
    "prune": lambda b, s: b.delete_sessions(s, [SessionId("1"), SessionId("2")]),
    "save total": lambda b, s: b.save(ScenarioKey(s), simple(50_000)),
    "delete total": lambda b, s: b.delete(ScenarioKey(s)),
}


def prepare(backend: LearningBackend, scenario: str) -> None:
    """Three sessions, the first one folded where there is a fold."""
    backend.save_session(scenario, simple(1), SessionId("1"))
    backend.fold()
    backend.save_session(scenario, simple(10), SessionId("2"))
    backend.save_session(scenario, simple(100), SessionId("3"))


def visits(backend: LearningBackend, scenario: str) -> int | None:
    total = backend.load(ScenarioKey(scenario))
    return None if total is None else total.action_stats["A"].visits


def one_after_the_other(first: Call, second: Call) -> int | None:
    memory = MemoryStorage()
    prepare(memory, "s")
    first(memory, "s")
    second(memory, "s")
    return visits(memory, "s")


@pytest.fixture
def storage(migrated_postgres_url: str) -> Iterator[SqlStorage]:
    with SqlStorage(migrated_postgres_url, NO_AUTOMATIC_FOLD) as opened:
        yield opened


@pytest.mark.parametrize("second", CALLS)
@pytest.mark.parametrize("first", CALLS)
def test_two_calls_at_once_are_one_after_the_other(storage: SqlStorage, first: str, second: str) -> None:
    allowed = {
        one_after_the_other(CALLS[first], CALLS[second]),
        one_after_the_other(CALLS[second], CALLS[first]),
    }
    prepare(storage, "measured")
    steps = steps_of(storage, lambda: CALLS[first](storage, "measured"))
    for number in sorted({1, 2, 3, 4, steps // 2, steps - 1, steps}):
        scenario = f"held before {number}"
        prepare(storage, scenario)
        hold = Hold(storage.database.engine, number)
        run_held(storage, hold, CALLS[first], CALLS[second], scenario)
        assert visits(storage, scenario) in allowed, scenario
        storage.fold()
        assert visits(storage, scenario) in allowed, scenario
    assert storage.verify_totals(deep=True) == []


def run_held(storage: SqlStorage, hold: Hold, first: Call, second: Call, scenario: str) -> None:
    errors: list[BaseException] = []

    def guarded(call: Callable[[], object]) -> None:
        try:
            call()
        except BaseException as error:  # noqa: BLE001 - told to the test below
            errors.append(error)

    def held() -> None:
        with hold.watching():
            first(storage, scenario)
        hold.reached.set()

    one = threading.Thread(target=guarded, args=(held,))
    other = threading.Thread(target=guarded, args=(lambda: second(storage, scenario),))
    one.start()
    assert hold.reached.wait(20)
    other.start()
    other.join(HELD_FOR)
    hold.go.set()
    one.join(20)
    other.join(20)
    assert errors == []


@pytest.mark.parametrize("name", CALLS)
def test_a_call_that_fails_anywhere_has_changed_nothing(storage: SqlStorage, name: str) -> None:
    """Before each of its statements in turn, its commit included."""
    prepare(storage, "s")
    before = state(storage)
    for number in count(1):
        with failing(storage.database.engine, number) as failed, suppress(StoreUnavailableError):
            CALLS[name](storage, "s")
        assert storage.database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
        if not failed:  # the call has fewer statements than this, and is done
            break
        assert state(storage) == before, f"failed before statement {number}"
    assert number > 1
    assert storage.verify_totals(deep=True) == []


def state(storage: SqlStorage) -> list[object]:
    """Every answer that a call might have changed."""
    totals = [storage.load(key) for key in (ScenarioKey("s"), GlobalKey())]
    return [*totals, storage.query_latest("s", 10)]


@contextmanager
def failing(engine: Engine, number: int) -> Iterator[list[int]]:
    """Pull the plug before the n-th statement; what is yielded says that it came to that."""
    seen, failed = count(1), list[int]()

    def fail(connection: Connection, *_arguments: object) -> None:
        if not _arguments and not in_transaction(connection):
            return
        if next(seen) == number:
            failed.append(number)
            raise StoreUnavailableError("the plug is pulled")

    moments = ("before_cursor_execute", "commit")
    for moment in moments:
        event.listen(engine, moment, fail)
    yield failed
    for moment in moments:
        event.remove(engine, moment, fail)


def test_a_session_that_commits_late_is_not_the_newest(storage: SqlStorage) -> None:
    """Its row is older, whenever it becomes visible."""
    storage.save_session("s", simple(1, "first"), SessionId("1"))
    to_commit = steps_of(storage, lambda: save_in_transaction(storage, simple(), SessionId("0")))
    hold = Hold(storage.database.engine, to_commit)
    held = partial(save_in_transaction, storage, simple(100, "late"), SessionId("3"))
    late = threading.Thread(target=lambda: _held(hold, held))
    late.start()
    assert hold.reached.wait(20)
    storage.save_session("s", simple(10, "newest"), SessionId("2"))
    storage.fold()
    hold.go.set()
    late.join(20)
    for _ in range(2):
        total = storage.load(ScenarioKey("s"))
        assert total is not None
        assert total.metadata.session_count == 4
        assert total.metadata.task_description == "newest"
        storage.fold()
    assert storage.verify_totals(deep=True) == []


def _save(task: str) -> Call:
    return lambda b, s: b.save_session(s, simple(100, task))


def _held(hold: Hold, call: Callable[[], object]) -> None:
    with hold.watching():
        call()
