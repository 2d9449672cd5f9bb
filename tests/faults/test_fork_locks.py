"""Children forked while threads hold locks: none of those holds up what the child does."""

from __future__ import annotations

import ast
import asyncio
import os
import subprocess
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.dialects.postgresql import _psycopg_common
from sqlalchemy.orm import loading as orm_loading
from sqlalchemy.orm import session as orm_session

from swarmstore import (
    Additive,
    AsyncLearningStore,
    FileSystemStorage,
    LearningStore,
    MemoryStorage,
    SessionKey,
    forking,
)
from swarmstore.db.connection.paused_gc import put_off
from tests.snapshots import model, simple

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork"),
    pytest.mark.long,
]

PACKAGE = Path(__file__).parents[2] / "swarmstore"
SECONDS = 20


def forked(work: Callable[[], object]) -> int:
    """How a child of this process ends that does this: 0 when it is done in time."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # that there are threads is what it is about
        child = os.fork()
    if child == 0:
        try:
            watchdog = threading.Timer(SECONDS, os._exit, (99,))
            watchdog.daemon = True
            watchdog.start()
            work()
            os._exit(0)
        except BaseException:  # noqa: BLE001 - nothing may go on into the tests of the parent
            traceback.print_exc()
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@contextmanager
def held(*locks: Any) -> Iterator[None]:
    """Have a thread hold these locks."""
    holds, done = threading.Event(), threading.Event()

    def hold() -> None:
        with ExitStack() as all_of_them:
            for lock in locks:
                all_of_them.enter_context(lock)
            holds.set()
            done.wait(3 * SECONDS)

    thread = threading.Thread(target=hold)
    thread.start()
    assert holds.wait(SECONDS)
    try:
        yield
    finally:
        done.set()
        thread.join(SECONDS)


def locks_of_ours() -> list[threading.Lock]:
    return [each.current for each in list(forking._renewed) if each._make is threading.Lock]


def tour(store: LearningStore) -> None:
    """A bit of everything that takes a lock."""
    made = store.save_session("s", simple(), None)
    store.save_session("new to the child", simple(task="another"), "1")
    with store.record("s") as run:
        run.action("new to the child, too", True)
    assert run.is_saved
    assert store.load_session("s", made) == simple()
    assert store.load_scenario("s").metadata.session_count == 3
    assert len(store.query_latest("s", 60)) == 3
    assert store.merge_sessions("s", Additive()).metadata.session_count == 3
    store.save_offline_model("s", model())
    assert store.load_offline_model("s") == model()
    assert store.storage.delete(SessionKey("s", made))
    assert len(list(store.changes())) == 3
    store.close()


@pytest.mark.parametrize("kind", ["memory", "postgresql"])
def test_no_lock_of_ours_holds_up_a_child(kind: str, request: pytest.FixtureRequest) -> None:
    store = (
        LearningStore(MemoryStorage())
        if kind == "memory"
        else LearningStore.open(request.getfixturevalue("migrated_postgres_url"), fold_at=2)
    )
    with store:
        store.save_session("s", simple(), "1")
        with store.record("s") as inherited:
            inherited.action("A", True)
            with held(*locks_of_ours()):
                assert forked(lambda: tour(store)) == 0
                assert forked(inherited.save) == 0


def test_a_thread_that_reads_holds_up_no_child_that_reads() -> None:
    with held(put_off()):
        assert forked(lambda: put_off().__enter__()) == 0


COUNTERS = {
    "sessions": (orm_session, "_new_sessionid"),
    "results": (orm_loading, "_new_runid"),
    "cursors": (_psycopg_common, "_server_side_id"),
}
"""SQLAlchemy's, which each give numbers out under a lock."""


@pytest.mark.parametrize("what", COUNTERS)
def test_it_is_numbered_in_children_without_the_parents_lock(migrated_postgres_url: str, what: str) -> None:
    module, name = COUNTERS[what]
    counter = getattr(module, name)
    (lock,) = [
        cell.cell_contents for cell in counter.__closure__ or () if hasattr(cell.cell_contents, "acquire")
    ]

    def must_differ(parents: int) -> None:
        ours = getattr(module, name)()
        assert ours > parents + 1_000_000
        assert getattr(module, name)() == ours + 1

    with LearningStore.open(migrated_postgres_url) as store:
        store.save_session("s", simple(), "1")
        with held(lock):
            assert forked(lambda: tour(store)) == 0
        parents = counter()
        assert forked(lambda: must_differ(parents)) == 0


def test_a_folder_that_a_thread_writes_into_is_waited_for_and_no_longer(tmp_path: Path) -> None:
    """Its lock is the file's: a child waits for the parent's thread as any process does."""
    store = LearningStore(FileSystemStorage(tmp_path))
    store.save_session("s", simple(), "1")
    holds = threading.Event()

    def hold() -> None:
        with store.storage._lock.current:  # type: ignore[attr-defined]
            holds.set()
            time.sleep(0.3)

    thread = threading.Thread(target=hold)
    thread.start()
    assert holds.wait(SECONDS)
    with held(*locks_of_ours()):
        assert forked(lambda: store.save_session("s", simple(), "2")) == 0
    thread.join()
    store.save_session("s", simple(), "3")
    assert store.list_sessions("s") == ["1", "2", "3"]


def test_an_asynchronous_store_has_threads_of_its_own_in_a_child(migrated_postgres_url: str) -> None:
    """Those of the parent are not there, whether they wait for work or are in the midst of it."""

    async def some(store: AsyncLearningStore) -> None:
        await asyncio.gather(*[store.save_session("s", simple()) for _ in range(8)])

    async def in_the_child(store: AsyncLearningStore) -> None:
        async with store:
            await some(store)
            async with store.record("t") as run:
                run.action("A", True)
            assert run.is_saved
            assert [change.scenario async for change in store.changes()] == 16 * ["s"] + ["t"]

    store = AsyncLearningStore(LearningStore.open(migrated_postgres_url), threads=2)
    asyncio.run(some(store))
    begun, go = threading.Event(), threading.Event()

    def wait() -> None:
        begun.set()
        go.wait(3 * SECONDS)

    busy = store._workers._pool.current.submit(wait)
    assert begun.wait(SECONDS)
    try:
        assert forked(lambda: asyncio.run(in_the_child(store))) == 0
    finally:
        go.set()
    busy.result(SECONDS)
    asyncio.run(some(store))
    asyncio.run(store.close())


MAPPERS_IN_A_CHILD = """
import os, sys, threading
from sqlalchemy import select
from swarmstore.db.schema.sessions import SessionRow
holds = threading.Event()
def hold():
    with sys.modules['sqlalchemy.orm.mapper']._CONFIGURE_MUTEX:
        holds.set()
        threading.Event().wait(60)
threading.Thread(target=hold, daemon=True).start()
assert holds.wait(20)
child = os.fork()
if child == 0:
    threading.Timer(20, os._exit, (99,)).start()
    str(select(SessionRow).order_by(SessionRow.id))
    os._exit(0)
ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
os._exit(ended)
"""

STRESS = """
import os, sys, threading, time, warnings
from itertools import count
from swarmstore import ActionStats, LearningStore
from tests.snapshots import simple
sys.setswitchinterval(1e-5)
warnings.simplefilter("ignore")
store = LearningStore.open(sys.argv[1], pool_size=8, fold_at=3)
sequences = store.storage._repositories.sequences
for cache in (sequences._ids, sequences._names):
    cache._limit = 2_000
def named(of, many):
    snapshot = simple()
    snapshot.action_stats |= {f"{of}-{n}": ActionStats(visits=1) for n in range(many)}
    return snapshot
store.save_session("s", named("first", 2_500))  # the caches are full
stop = threading.Event()
def save(thread):
    for n in count():
        if stop.is_set():
            return
        store.save_session(f"t{thread}", named(f"{thread}.{n}", 3))
threads = [threading.Thread(target=save, args=(n,)) for n in range(4)]
for thread in threads:
    thread.start()
hung = 0
for number in range(int(sys.argv[2])):
    child = os.fork()
    if child == 0:
        for n in range(3):
            store.save_session("child", named(f"{os.getpid()}.{n}", 3))
        os._exit(0)
    until = time.monotonic() + 15
    while not (ended := os.waitpid(child, os.WNOHANG))[0] and time.monotonic() < until:
        time.sleep(0.01)
    if not ended[0]:
        hung += 1
        os.kill(child, 9)
        os.waitpid(child, 0)
    elif ended[1]:
        hung += 1000
stop.set()
for thread in threads:
    thread.join()
store.close()
sys.exit(f"{hung} children hung" if hung else 0)
"""


def run(program: str, *arguments: str) -> None:
    command = [sys.executable, "-c", program, *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    assert ended.returncode == 0, ended.stderr


def test_mappers_are_configured_before_a_thread_can_hold_their_lock() -> None:
    run(MAPPERS_IN_A_CHILD)


def test_children_forked_at_any_moment_save(migrated_postgres_url: str) -> None:
    children = 25
    run(STRESS, migrated_postgres_url, str(children))
    with LearningStore.open(migrated_postgres_url) as store:
        assert len(store.list_sessions("child")) == 3 * children
        assert store.verify_totals() == []


# what is not shared by calls: made, waited for and left within one
WITHIN_A_CALL = {
    ("store/worker_threads.py", "ThreadPoolExecutor"),
    ("store/worker_threads.py", "Lock"),  # of one call
    ("db/connection/side_threads.py", "ThreadPoolExecutor"),  # knows its process by itself
    ("db/dialects/sqlite/turns.py", "Lock"),  # children make new ones
    ("transfer/importing/reader_process.py", "ThreadPoolExecutor"),
}
KINDS = {"Lock", "RLock", "Condition", "Semaphore", "Event", "cached_property", "ThreadPoolExecutor"}


def test_no_other_lock_is_held_by_calls() -> None:
    """A new one is `swarmstore.forking.Lock`, or has its reason here."""
    found = set()
    for path in PACKAGE.rglob("*.py"):
        if "conformance" in path.parts:  # tests, of which none forks
            continue
        where = str(path.relative_to(PACKAGE))
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                if node.value.id in {"threading", "functools"} and node.attr in KINDS:
                    found.add((where, node.attr))
            elif isinstance(node, ast.ImportFrom) and node.module != "swarmstore.forking":
                found |= {(where, each.name) for each in node.names if each.name in KINDS}
    assert {each for each in found if each[0] != "forking.py"} == WITHIN_A_CALL
