"""AsyncLearningStore: the calls of `LearningStore` for asyncio programs, each in a worker thread.

There is no second implementation: a method here is the store's own, run in a thread. The threads are
as many as the store keeps connections, so that any number of tasks take turns, and none is refused
a connection for having waited too long.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Generator, Iterator
from concurrent.futures import Future
from copy import deepcopy
from functools import partial, wraps
from itertools import islice
from types import TracebackType
from typing import Concatenate, ParamSpec, Self, TypeVar, Unpack, overload

from swarmstore.contracts.storage import SnapshotStorage
from swarmstore.errors import ConfigurationError, StoreClosedError
from swarmstore.model.session_ids import SessionId
from swarmstore.model.snapshot import LearningSnapshot
from swarmstore.recording.recorder import SessionRecorder
from swarmstore.settings import SettingsArguments
from swarmstore.store.learning_store import RAISE, LearningStore
from swarmstore.store.worker_threads import Workers, begin

_P = ParamSpec("_P")
_Result = TypeVar("_Result")
_Of = TypeVar("_Of")
_Own = TypeVar("_Own", bound="_Threaded")
_Default = TypeVar("_Default")

_THREADS = 5  # as `Settings.pool_size`
_AT_ONCE = 50  # values of an iterator that one turn in a thread fetches


class _Threaded:
    """Something whose calls run in a pool of threads."""

    def __init__(self, of: object, workers: Workers) -> None:
        self._of = of
        self._workers = workers

    def __repr__(self) -> str:
        return f"{type(self).__name__}({getattr(self, '_of', None)!r})"

    def __reduce__(self) -> tuple[Callable[..., _Threaded], tuple[object, ...]]:
        """Refuse to go to another process without its store."""
        raise ConfigurationError(
            f"{self!r} cannot be sent to another process; send its AsyncLearningStore there"
        )

    def _own(self, call: Callable[Concatenate[_Of, _P], _Result]) -> Callable[_P, _Result]:
        """The method of what is here, whose class may have another one of this name."""
        own: Callable[_P, _Result] = getattr(self._of, call.__name__)
        return own


def _threaded(
    call: Callable[Concatenate[_Of, _P], _Result],
) -> Callable[Concatenate[_Own, _P], Coroutine[object, None, _Result]]:

    @wraps(call)
    async def method(self: _Own, /, *args: _P.args, **kwargs: _P.kwargs) -> _Result:
        return await self._workers.run(partial(self._own(call), *args, **kwargs))

    return method


def _iterated(
    call: Callable[Concatenate[_Of, _P], Iterator[_Result]],
) -> Callable[Concatenate[_Own, _P], AsyncIterator[_Result]]:
    """The same iterator, many of whose values are fetched at a turn."""

    @wraps(call)
    async def method(self: _Own, /, *args: _P.args, **kwargs: _P.kwargs) -> AsyncIterator[_Result]:
        values = await self._workers.run(partial(self._own(call), *args, **kwargs))
        while some := await self._workers.run(lambda: list(islice(values, _AT_ONCE))):
            for value in some:
                yield value

    return method


def _at_once(
    call: Callable[Concatenate[_Of, _P], _Result],
) -> Callable[Concatenate[_Own, _P], _Result]:
    """The same method: it waits for nothing."""

    @wraps(call)
    def method(self: _Own, /, *args: _P.args, **kwargs: _P.kwargs) -> _Result:
        return self._own(call)(*args, **kwargs)

    return method


class AsyncSnapshotStorage(_Threaded):
    """Snapshots by key (see `SnapshotStorage`)."""

    save = _threaded(SnapshotStorage.save)
    load = _threaded(SnapshotStorage.load)
    delete = _threaded(SnapshotStorage.delete)
    exists = _threaded(SnapshotStorage.exists)


class AsyncSessionRecorder(_Threaded):
    """A `SessionRecorder` whose block is `async with`. Only saving waits.

    The end of the block saves, also when the task is cancelled within it. Cancelled while it saves,
    the session is in the store or not, and `await run.save()` may be called again: it counts once.
    """

    _of: SessionRecorder

    action = _at_once(SessionRecorder.action)
    end_episode = _at_once(SessionRecorder.end_episode)
    switch_strategy = _at_once(SessionRecorder.switch_strategy)
    finish = _at_once(SessionRecorder.finish)
    save = _threaded(SessionRecorder.save)

    async def __aenter__(self) -> Self:
        self._of.__enter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        end = partial(self._of.__exit__, kind, error, trace)
        try:
            await self._workers.run(end)
        except StoreClosedError:  # in place of an error of the block, which it takes note of itself
            end()

    @property
    def session_id(self) -> SessionId:
        """The session's id. An id that the recorder made may change until the session is saved."""
        return self._of.session_id

    @property
    def is_saved(self) -> bool:
        """Whether the session is in the store."""
        return self._of.is_saved


def _recorded(
    call: Callable[Concatenate[LearningStore, _P], SessionRecorder],
) -> Callable[Concatenate[_Own, _P], AsyncSessionRecorder]:
    @wraps(call)
    def method(self: _Own, /, *args: _P.args, **kwargs: _P.kwargs) -> AsyncSessionRecorder:
        return AsyncSessionRecorder(self._own(call)(*args, **kwargs), self._workers)

    return method


class AsyncLearningStore(_Threaded):
    """`LearningStore` for asyncio: `async with AsyncLearningStore.open(url) as store:`.

    It has the methods of `LearningStore`, to be awaited. `changes`, `iter_range` and
    `session_summaries` are asynchronous iterators, and `record` is used with `async with`. Progress
    callbacks run in a worker thread. A call first waits for a free thread; its time limits apply from then
    on. When the main thread or the interpreter ends, no new threads can be started, and calls run in the
    event loop's own thread.

    When a task is cancelled, it stops waiting. Its call either never begins or runs to its end in its
    thread and returns its connection, so a save happens as a whole or not at all. To find out which,
    save again under the same `session_id`.

    Only one event loop at a time may use a store. A forked child may use it in its own loop, with its own
    threads.
    """

    _of: LearningStore

    def __init__(self, store: LearningStore, *, threads: int = _THREADS) -> None:
        """Run the calls of a store in this many threads, at most as many as it may have connections."""
        if not isinstance(store, LearningStore):
            raise ConfigurationError(
                f"{type(store).__name__} is not a LearningStore; write AsyncLearningStore.open(url)"
            )
        super().__init__(store, Workers(threads))
        self._threads = threads

    def __reduce__(self) -> tuple[Callable[..., AsyncLearningStore], tuple[object, ...]]:
        """Another process opens the store again, with threads of its own."""
        return partial(type(self), threads=self._threads), (self._of,)

    def __copy__(self) -> AsyncLearningStore:
        """Another store on the same database: each of them is closed by itself."""
        return deepcopy(self)

    @classmethod
    def open(cls, url: str | None = None, **settings: Unpack[SettingsArguments]) -> Opening:
        """Open a database as `LearningStore.open` does: in an `async with` block, or by `await`."""
        return Opening(cls, url, settings)

    async def __aenter__(self) -> Self:
        self._of.__enter__()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Wait for calls that have begun, and close the store, even if cancelled meanwhile."""
        await asyncio.shield(asyncio.wrap_future(begin(self._close)))

    def _close(self) -> None:
        self._workers.close()
        self._of.close()

    @property
    def store(self) -> LearningStore:
        """The underlying store, whose calls block: for `copy_to`, `frame_batches` and your own threads."""
        return self._of

    @property
    def storage(self) -> AsyncSnapshotStorage:
        """`save`, `load` (None if nothing is saved), `delete` and `exists` by key."""
        return AsyncSnapshotStorage(self._of.storage, self._workers)

    load_global = _threaded(LearningStore.load_global)
    save_global = _threaded(LearningStore.save_global)

    @overload
    async def load_scenario(self, scenario: str) -> LearningSnapshot: ...
    @overload
    async def load_scenario(self, scenario: str, *, default: _Default) -> LearningSnapshot | _Default: ...
    async def load_scenario(self, scenario: str, *, default: object = RAISE) -> object:
        """Load a scenario's total; see `LearningStore.load_scenario`."""
        return await self._workers.run(partial(self._of.load_scenario, scenario, default=default))

    save_scenario = _threaded(LearningStore.save_scenario)
    save_session = _threaded(LearningStore.save_session)
    record = _recorded(LearningStore.record)
    list_sessions = _threaded(LearningStore.list_sessions)
    load_session = _threaded(LearningStore.load_session)
    query_range = _threaded(LearningStore.query_range)
    iter_range = _iterated(LearningStore.iter_range)
    session_summaries = _iterated(LearningStore.session_summaries)
    query_since = _threaded(LearningStore.query_since)
    query_latest = _threaded(LearningStore.query_latest)
    merge = _threaded(LearningStore.merge)
    merge_sessions = _threaded(LearningStore.merge_sessions)
    scenarios = _threaded(LearningStore.scenarios)
    summaries = _threaded(LearningStore.summaries)
    changes = _iterated(LearningStore.changes)
    fold = _threaded(LearningStore.fold)
    verify_totals = _threaded(LearningStore.verify_totals)
    rebuild_totals = _threaded(LearningStore.rebuild_totals)
    prune = _threaded(LearningStore.prune)
    forget = _threaded(LearningStore.forget)
    sources = _threaded(LearningStore.sources)
    load_offline_model = _threaded(LearningStore.load_offline_model)
    renew_cursors = _threaded(LearningStore.renew_cursors)
    save_offline_model = _threaded(LearningStore.save_offline_model)
    run_offline_learning = _threaded(LearningStore.run_offline_learning)
    import_store = _threaded(LearningStore.import_store)
    ingest = _threaded(LearningStore.ingest)
    export_store = _threaded(LearningStore.export_store)
    copy_to = _threaded(LearningStore.copy_to)
    frame = _threaded(LearningStore.frame)
    export_frames = _threaded(LearningStore.export_frames)
    report = _threaded(LearningStore.report)


class Opening:
    """A store about to be opened: by `async with`, which closes it, or by `await`."""

    def __init__(self, kind: type[AsyncLearningStore], url: str | None, settings: SettingsArguments) -> None:
        self._kind = kind
        self._settings = settings
        self._open = partial(LearningStore.open, url, **settings)
        self._opened: AsyncLearningStore | None = None

    def __await__(self) -> Generator[object, None, AsyncLearningStore]:
        return self._store().__await__()

    async def __aenter__(self) -> AsyncLearningStore:
        self._opened = await self
        return self._opened

    async def __aexit__(self, *_error: object) -> None:
        if self._opened is not None:
            await self._opened.close()

    async def _store(self) -> AsyncLearningStore:
        opening = begin(self._open)
        try:
            store = await asyncio.wrap_future(opening)
        except asyncio.CancelledError:
            opening.add_done_callback(_close)  # nobody else will
            raise
        return self._kind(store, threads=self._settings.get("pool_size", _THREADS))


def _close(opening: Future[LearningStore]) -> None:
    if not opening.cancelled() and opening.exception() is None:
        opening.result().close()
