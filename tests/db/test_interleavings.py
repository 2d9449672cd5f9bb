"""Two connections step by step: one call is held before a statement while another one runs.

Whatever the order, each session counts once, and the totals are those of one call after the other.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from sqlalchemy import Connection, Engine, event

from swarmstore import (
    BaselineError,
    Change,
    FileSystemStorage,
    GlobalKey,
    LearningBackend,
    LearningStore,
    MemoryStorage,
    ScenarioKey,
    SessionConflictError,
    SessionForgottenError,
    SessionId,
    SessionKey,
    Settings,
    SqlStorage,
    StoreUnavailableError,
)
from tests.copies.comparing import assert_equal
from tests.db.folds import fold_after_batch
from tests.db.holding import Hold, in_transaction, save_in_transaction, steps_of
from tests.helpers.fast_settings import NO_FSYNC
from tests.helpers.internals import database_of
from tests.helpers.profiles import EXHAUSTIVE, FULL
from tests.snapshots import model, simple

HELD_FOR = 0.06  # seconds for the other call: it either ends or waits for a lock by then
NO_AUTOMATIC_FOLD = Settings(fold_at=10_000, fold_in_background=False)


@dataclass(frozen=True)
class Beside:
    """What some calls need besides a store: a folder to import from, a database to copy into."""

    folder: Path
    target: SqlStorage


Call = Callable[[LearningBackend, str, Beside], object]


def fold_both(backend: LearningBackend, scenario: str, _: Beside) -> None:
    """Both totals by one transaction, where there are folds."""
    if isinstance(backend, SqlStorage):
        fold_after_batch(backend, scenario)


def copy(backend: LearningBackend, _scenario: str, beside: Beside) -> None:
    if isinstance(backend, SqlStorage):
        LearningStore(backend).copy_to(LearningStore(beside.target))


def import_session(backend: LearningBackend, scenario: str, beside: Beside) -> None:
    """A file that was never imported, of a session that counts."""
    if isinstance(backend, MemoryStorage):
        backend.save_session(scenario, simple(3_000, "imported"), SessionId("4"))
        return
    with TemporaryDirectory(dir=beside.folder) as folder:
        files = FileSystemStorage(folder)
        files.save(SessionKey(scenario, SessionId("4")), simple(3_000, "imported"))
        LearningStore(backend).import_store(folder, origin=f"of {scenario}", totals="sessions")


def forget(backend: LearningBackend, scenario: str, _: Beside) -> None:
    """Two sessions, unless one of them is in a baseline by then."""
    with suppress(BaselineError):
        LearningStore(backend).forget(scenario, ["1", "2"])


CALLS: dict[str, Call] = {
    "fold": lambda b, *_: b.fold(),
    "fold both": fold_both,
    "rebuild": lambda b, *_: LearningStore(b).rebuild_totals(),
    "save": lambda b, s, _: b.save_session(s, simple(10_000, "saved"), SessionId("9")),
    "save again": lambda b, s, _: save_again(b, s),
    "save other": lambda b, s, _: save_or_conflict(b, s),
    "delete": lambda b, s, _: b.delete(SessionKey(s, SessionId("1"))),
    "replace": lambda b, s, _: b.save(SessionKey(s, SessionId("2")), simple(777)),
    "forget": forget,
    "prune": lambda b, s, _: LearningStore(b).prune(s, keep_latest=1),
    "save total": lambda b, s, _: b.save(ScenarioKey(s), simple(50_000)),
    "delete total": lambda b, s, _: b.delete(ScenarioKey(s)),
    "changes": lambda b, *_: list(LearningStore(b).changes()),
    "import": import_session,
    "learn": lambda b, s, _: LearningStore(b).run_offline_learning(s, 5),
    "save order": lambda b, s, _: b.save_offline_model(s, model()),
    "copy": copy,
}


IN_SEVERAL = ("changes", "import", "copy", "rebuild", "prune")
"""Calls of several transactions, whose first ones may stay done."""


def save_again(backend: LearningBackend, scenario: str) -> None:
    with suppress(SessionForgottenError):
        backend.save_session(scenario, simple(1), SessionId("1"))


def save_or_conflict(backend: LearningBackend, scenario: str) -> None:
    with suppress(SessionConflictError):
        backend.save_session(scenario, simple(2_000, "other"), SessionId("1"))


def prepare(backend: LearningBackend, scenario: str) -> None:
    """Three sessions, the first one folded and published where there is a fold."""
    backend.save_session(scenario, simple(1), SessionId("1"))
    backend.fold()
    list(LearningStore(backend).changes())
    backend.save_session(scenario, simple(10), SessionId("2"))
    backend.save_session(scenario, simple(100), SessionId("3"))


def answers(backend: LearningBackend, scenario: str) -> tuple[object, ...]:
    """What can differ with the order of calls: the total, the sessions, the model."""
    total = backend.load(ScenarioKey(scenario))
    sessions = {
        str(name): loaded.action_stats["A"].visits
        for name in backend.list_sessions(scenario)
        if (loaded := backend.load(SessionKey(scenario, name))) is not None
    }
    kept = backend.load_offline_model(scenario)
    return (
        None if total is None else total.action_stats["A"].visits,
        sorted(sessions.items()),
        None if kept is None else kept.action_order,
    )


def one_after_the_other(first: Call, second: Call, beside: Beside) -> tuple[object, ...]:
    memory = MemoryStorage()
    prepare(memory, "s")
    first(memory, "s", beside)
    second(memory, "s", beside)
    return answers(memory, "s")


@pytest.fixture
def storage(migrated_postgres_url: str) -> Iterator[SqlStorage]:
    with SqlStorage(migrated_postgres_url, NO_AUTOMATIC_FOLD) as opened:
        yield opened


@pytest.mark.long
@pytest.mark.property
@pytest.mark.parametrize("first", CALLS)
def test_two_calls_at_once_are_one_after_the_other(storage: SqlStorage, first: str, tmp_path: Path) -> None:
    """The first one is held, every other one beside it."""
    hold(storage, first, beside_them(first), tmp_path)


@pytest.mark.property
@pytest.mark.parametrize(
    ("first", "second"), [("fold", "fold"), ("learn", "save order"), ("save order", "learn")]
)
def test_two_calls_that_mistakes_were_made_in(
    storage: SqlStorage, first: str, second: str, tmp_path: Path
) -> None:
    """In a database of their own, held everywhere in the full profile, mostly so in the quick one."""
    hold(storage, first, [second], tmp_path)


def hold(storage: SqlStorage, first: str, others: Sequence[str], tmp_path: Path) -> None:
    """Hold a call before its statements while another one runs, and compare with one after the other."""
    with SqlStorage(f"sqlite:///{tmp_path / 'copy.db'}", NO_FSYNC) as target:
        beside = Beside(tmp_path, target)
        prepare(storage, "measured")
        steps = steps_of(storage, lambda: CALLS[first](storage, "measured", beside))
        followed: list[tuple[str, list[Change]]] = []
        for second in others:
            allowed = [
                one_after_the_other(CALLS[one], CALLS[other], beside)
                for one, other in ((first, second), (second, first))
            ]
            pair = list(CALLS).index(first) + list(CALLS).index(second)
            for number in held_before(steps, None if len(others) == 1 else pair):
                scenario = f"{second}, held before {number}"
                prepare(storage, scenario)
                cursor = next(change.cursor for change in storage.changes())
                held = Hold(database_of(storage).engine, number)
                run_held(
                    held,
                    lambda s=scenario: CALLS[first](storage, s, beside),  # type: ignore[misc]
                    lambda s=scenario, call=second: CALLS[call](storage, s, beside),  # type: ignore[misc]
                )
                for _ in range(2):
                    assert answers(storage, scenario) in allowed, scenario
                    storage.fold()
                followed.append((scenario, list(storage.changes(cursor))))
        assert_followed(storage, followed)
        assert storage.verify_totals(deep=True) == []
        copy(storage, "s", beside)
        assert_equal(LearningStore(storage), LearningStore(target))


def beside_them(first: str) -> list[str]:
    """The calls that are tried beside a held one: every fifth, in the full profile every second."""
    calls = list(CALLS)
    step = 5 if settings().max_examples < FULL else 2 if settings().max_examples < EXHAUSTIVE else 1
    return calls[calls.index(first) % step :: step]


def held_before(steps: int, pair: int | None) -> list[int]:
    """Before which statements a call is held: one that mostly tells pairs apart, or many for no pair."""
    if settings().max_examples >= EXHAUSTIVE:
        return list(range(1, steps + 1))
    if pair is None:
        return list(range(1, steps + 1, 1 if settings().max_examples >= FULL else 3))
    numbers = sorted({1, 2, 3, 4, steps // 2, steps - 1, steps})
    return [numbers[pair % len(numbers)]]


def assert_followed(storage: SqlStorage, followed: list[tuple[str, list[Change]]]) -> None:
    """Who followed meanwhile was given what was published, in its order and without a gap, as all are now.

    followed: what each was given from its cursor on, and the scenario after whose calls that was.
    """
    everything = [(change.scenario, change.session_id) for change in storage.changes()]
    saved = {(name, session_id) for name in storage.scenarios() for session_id in storage.list_sessions(name)}
    assert len(everything) == len(saved)
    assert set(everything) == saved
    for scenario, changes in followed:
        given = [(change.scenario, change.session_id) for change in changes]
        last = max(at for at, change in enumerate(everything) if change in given or change[0] == scenario)
        assert [one for one in given if one in saved] == everything[last + 1 - len(given) : last + 1], (
            scenario
        )


def run_held(hold: Hold, first: Callable[[], object], second: Callable[[], object]) -> None:
    errors: list[BaseException] = []

    def guarded(call: Callable[[], object]) -> None:
        try:
            call()
        except BaseException as error:  # noqa: BLE001 - told to the test below
            errors.append(error)

    def held() -> None:
        with hold.watching():
            first()
        hold.reached.set()

    one = threading.Thread(target=guarded, args=(held,))
    other = threading.Thread(target=guarded, args=(second,))
    one.start()
    assert hold.reached.wait(20)
    other.start()
    other.join(HELD_FOR)
    hold.go.set()
    one.join(20)
    other.join(20)
    assert errors == []


@pytest.mark.long
@pytest.mark.parametrize("name", [name for name in CALLS if name not in IN_SEVERAL])
def test_a_call_that_fails_anywhere_has_changed_nothing(
    storage: SqlStorage, name: str, tmp_path: Path
) -> None:
    """Before each of its statements in turn, its commit included."""
    beside = Beside(tmp_path, storage)
    prepare(storage, "s")
    before = state(storage)
    for number in count(1):
        with failing(database_of(storage).engine, number) as failed, suppress(StoreUnavailableError):
            CALLS[name](storage, "s", beside)
        assert database_of(storage).engine.pool.checkedout() == 0  # type: ignore[attr-defined]
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
    hold = Hold(database_of(storage).engine, to_commit)
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


def _held(hold: Hold, call: Callable[[], object]) -> None:
    with hold.watching():
        call()
