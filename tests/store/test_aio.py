"""AsyncLearningStore: the store's calls for asyncio, with as many tasks as one likes."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Awaitable, Callable
from contextlib import closing
from typing import Any

import pytest

from swarmstore import (
    Additive,
    AsyncLearningStore,
    AsyncSessionRecorder,
    ConfigurationError,
    InvalidCursorError,
    InvalidUrlError,
    LearningSnapshot,
    LearningStore,
    ScenarioKey,
    SessionId,
    SessionRecorder,
    SqlStorage,
    StoreClosedError,
)
from swarmstore.recording.recorder import OnError
from swarmstore.store.worker_threads import Workers
from tests.helpers.internals import database_of
from tests.snapshots import full, simple

ASYNC_ONLY = {"store"}
SYNC_ONLY = {"frame_batches"}  # whose reader blocks in the thread that reads
ITERATORS = {"changes", "iter_range", "session_summaries"}
AT_ONCE = {"open", "record", "storage", "store", "action", "end_episode", "switch_strategy", "finish"}


@pytest.mark.parametrize(
    ("kind", "of"), [(AsyncLearningStore, LearningStore), (AsyncSessionRecorder, SessionRecorder)]
)
def test_every_call_is_there_with_the_same_parameters(kind: type, of: type) -> None:
    ours = {name: value for name, value in inspect.getmembers(kind) if not name.startswith("_")}
    theirs = {name: value for name, value in inspect.getmembers(of) if not name.startswith("_")}
    assert ours.keys() - ASYNC_ONLY == theirs.keys() - SYNC_ONLY
    for name in ours.keys() - ASYNC_ONLY:
        if isinstance(theirs[name], property):
            continue
        parameters = inspect.signature(ours[name], eval_str=False).parameters
        assert list(parameters.values()) == list(inspect.signature(theirs[name]).parameters.values()), name
        assert inspect.iscoroutinefunction(ours[name]) == (name not in AT_ONCE | ITERATORS), name
        assert inspect.isasyncgenfunction(ours[name]) == (name in ITERATORS), name


def connections(store: AsyncLearningStore) -> int:
    """How many connections are in use."""
    storage = store.store.storage
    assert isinstance(storage, SqlStorage)
    pool: Any = database_of(storage).engine.pool
    in_use: int = pool.checkedout()
    return in_use


def test_a_store_at_work(database_url: str) -> None:
    """Opened by `async with`; every kind of call."""

    async def work() -> None:
        async with AsyncLearningStore.open(database_url) as store:
            assert await store.save_session("s", full(), "1") == "1"
            assert await store.load_session("s", "1") == full()
            assert await store.storage.load(ScenarioKey("none")) is None
            assert (await store.merge_sessions("s", Additive())) == full()
            for number in range(120):
                await store.save_session("s", simple(number), str(1000 + number))
            seen = [change async for change in store.changes()]
            assert [change.session_id for change in seen] == ["1", *map(str, range(1000, 1120))]
            assert [change async for change in store.changes(after=seen[-2].cursor)] == seen[-1:]
            in_range = [s.action_stats["A"].visits async for s in store.iter_range("s", 1000, 2000)]
            assert in_range == [*range(120)]
            with pytest.raises(InvalidCursorError):
                [change async for change in store.changes("no cursor")]
            assert await store.prune("s", keep_latest=1) == 120
            assert await store.verify_totals(deep=True) == []
            assert connections(store) == 0

    asyncio.run(work())


def test_two_hundred_tasks_on_a_pool_of_five_all_finish(database_url: str) -> None:
    """In threads as many as connections, and none of them waits for one."""
    threads: set[str] = set()

    async def task(store: AsyncLearningStore, number: int) -> None:
        run: AsyncSessionRecorder
        async with store.record(f"s{number % 3}", session_id=str(number)) as run:
            run.action("A", True)
            run.end_episode(True)
        threads.update(thread.name for thread in threading.enumerate() if "swarmstore" in thread.name)
        await store.load_scenario(f"s{number % 3}")

    async def work() -> None:
        async with AsyncLearningStore.open(
            database_url, pool_size=5, timeout_seconds=20, fold_in_background=False
        ) as store:
            await asyncio.gather(*[task(store, number) for number in range(200)])
            assert (await store.load_global()).metadata.session_count == 200
            assert (await store.load_global()).action_stats["A"].visits == 200
            assert connections(store) == 0
            storage = store.store.storage
            assert isinstance(storage, SqlStorage)
            assert database_of(storage).engine.pool.overflow() <= 0  # type: ignore[attr-defined]

    asyncio.run(work())
    assert 0 < len(threads) <= 5


@pytest.mark.parametrize("turns", [0, 1, 2, 5, 20])
def test_a_cancelled_save_has_happened_whole_or_not(database_url: str, turns: int) -> None:
    """Its connection is given back, and saving again under its id counts once."""

    async def work() -> None:
        async with AsyncLearningStore.open(database_url, pool_size=2) as store:
            tasks = [
                asyncio.create_task(store.save_session("s", full(), str(number))) for number in range(10)
            ]
            for _ in range(turns):
                await asyncio.sleep(0.001)
            for task in tasks:
                task.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
            assert {type(each) for each in ended} <= {SessionId, asyncio.CancelledError}
            await store.fold()  # takes a thread, and so waits for one
            for session_id in await store.list_sessions("s"):
                assert await store.load_session("s", session_id) == full()
            for number in range(10):
                await store.save_session("s", full(), str(number))
            assert (await store.load_scenario("s")).metadata.session_count == 10 * 3
            assert await store.verify_totals(deep=True) == []
        with LearningStore.open(database_url) as again:
            assert len(again.list_sessions("s")) == 10

    asyncio.run(work())


def test_a_task_cancelled_within_a_block_saves_what_it_learned(database_url: str) -> None:
    async def agent(
        store: AsyncLearningStore, running: asyncio.Event, session_id: str, on_error: OnError
    ) -> None:
        async with store.record("s", session_id=session_id, on_error=on_error) as run:
            run.action("A", True)
            running.set()
            await asyncio.sleep(60)

    async def work() -> None:
        async with AsyncLearningStore.open(database_url) as store:
            on_errors: tuple[OnError, ...] = ("save", "discard")
            for on_error in on_errors:
                running = asyncio.Event()
                task = asyncio.create_task(agent(store, running, on_error, on_error))
                await running.wait()
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
            assert await store.list_sessions("s") == ["save"]
            assert (await store.load_session("s", "save")).action_stats["A"].visits == 1
            assert connections(store) == 0

    asyncio.run(work())


def test_an_error_within_a_block_is_raised_also_when_the_store_is_closed_there(database_url: str) -> None:
    async def closes(error: Exception | None) -> None:
        store = await AsyncLearningStore.open(database_url)
        async with store.record("s"):
            await store.close()
            if error is not None:
                raise error

    with pytest.raises(KeyError) as raised:
        asyncio.run(closes(KeyError()))
    assert "not saved" in raised.value.__notes__[0]
    with pytest.raises(StoreClosedError):
        asyncio.run(closes(None))


class Slow:
    """A backend that saves when it is told to."""

    def __init__(self, backend: Any) -> None:
        self._backend = backend
        self.begun, self.go_on = threading.Event(), threading.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._backend, name)

    def save_session(self, *given: Any) -> SessionId:
        self.begun.set()
        assert self.go_on.wait(20)
        saved: SessionId = self._backend.save_session(*given)
        return saved


def test_a_save_that_began_goes_on_and_closing_waits_for_it(sqlite_url: str) -> None:
    """One that had to wait for a thread never begins."""

    async def work(slow: Any) -> None:
        store = AsyncLearningStore(LearningStore(slow), threads=1)
        begun = asyncio.create_task(store.save_session("s", simple(), "begun"))
        await asyncio.to_thread(slow.begun.wait, 20)
        waiting = asyncio.create_task(store.save_session("s", simple(), "waiting"))
        await asyncio.sleep(0)
        for task in (begun, waiting):
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        closing = asyncio.create_task(store.close())
        await asyncio.sleep(0)
        closing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await closing
        slow.go_on.set()
        await store.close()
        calls: list[Callable[[], Awaitable[object]]] = [store.load_global, store.scenarios]
        for call in calls:
            with pytest.raises(ConfigurationError, match="closed; open it again"):
                await call()

    asyncio.run(work(Slow(SqlStorage(sqlite_url))))
    with LearningStore.open(sqlite_url) as store:
        assert store.list_sessions("s") == ["begun"]


def test_opening_by_await_and_what_cannot_be_opened(sqlite_url: str) -> None:
    async def work() -> LearningSnapshot:
        for url, settings, error in (
            ("nonsense", {}, InvalidUrlError),
            (sqlite_url, {"unknown": 1}, ConfigurationError),
        ):
            with pytest.raises(error):
                await AsyncLearningStore.open(url, **settings)  # type: ignore[arg-type]
            with pytest.raises(error):
                async with AsyncLearningStore.open(url, **settings):  # type: ignore[arg-type]
                    pytest.fail("it was opened")
        store = await AsyncLearningStore.open(sqlite_url)
        async with store:
            await store.save_session("s", simple())
            return await store.load_global()

    assert asyncio.run(work()) == simple()


def test_a_store_whose_opening_was_cancelled_is_closed(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on, closed = threading.Event(), threading.Event(), threading.Event()
    real = LearningStore.open

    def slowly(*given: Any, **settings: Any) -> LearningStore:
        begun.set()
        assert go_on.wait(20)
        return real(*given, **settings)

    def close(store: LearningStore) -> None:
        store.storage.close()
        closed.set()

    async def work() -> None:
        task = asyncio.create_task(_opened(sqlite_url))
        await asyncio.to_thread(begun.wait, 20)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    monkeypatch.setattr(LearningStore, "open", slowly)
    monkeypatch.setattr(LearningStore, "close", close)
    asyncio.run(work())
    go_on.set()
    assert closed.wait(20)


async def _opened(url: str) -> AsyncLearningStore:
    return await AsyncLearningStore.open(url)


def test_copies_between_asynchronous_stores(sqlite_url: str, migrated_postgres_url: str) -> None:
    async def work() -> None:
        async with (
            AsyncLearningStore.open(sqlite_url) as store,
            AsyncLearningStore.open(migrated_postgres_url) as target,
        ):
            await store.save_session("s", full())
            assert (await store.copy_to(target.store)).added == 1
            assert await target.load_scenario("s") == full()

    asyncio.run(work())
    with closing(SqlStorage(migrated_postgres_url)) as storage:
        assert storage.scenarios() == ["s"]


def test_a_call_that_a_thread_takes_after_the_refusal_runs_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """As ThreadPoolExecutor does where the system has no thread to spare: its others find the call."""
    queued: list[Callable[[], None]] = []

    def refused(_executor: object, call: Callable[[], None]) -> None:
        queued.append(call)
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr("swarmstore.store.worker_threads.ThreadPoolExecutor.submit", refused)
    ran: list[int] = []
    asyncio.run(Workers(1).run(lambda: ran.append(1)))
    for call in queued:
        call()
    assert ran == [1]
