"""Calls while the interpreter ends: from threads that outlive the main thread, and from atexit."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.shipped import SHIPPED

pytestmark = pytest.mark.long

CALLS = """
from swarmstore import Additive, LearningSnapshot, LearningStore, ScenarioKey

def calls(store):
    answers = [
        store.merge_sessions("S", Additive()).metadata.session_count,
        len(store.query_latest("S", 100)),
        len(store.query_range("S", 0, 2_000_000_000)),
        len(store.query_since("S", 0)),
        len(list(store.iter_range("S", 0, 2_000_000_000))),
        store.run_offline_learning("S", 100).analyzed_sessions,
        store.load_scenario("S").metadata.session_count,
        len(list(store.changes())),
        len(store.summaries()),
        len(store.verify_totals(deep=True)),
    ]
    store.fold()
    store.rebuild_totals()
    store.import_store(FOLDER, reader_process=False)
    store.export_store(TARGET)
    with store.record("S") as run:
        run.action("Look", True)
    answers.append(len(store.list_sessions("S")))
    store.prune("S", keep_latest=10)
    store.close()
    print(answers)
"""
IN_A_THREAD = """
import threading, time

def agent():
    threading.main_thread().join()
    time.sleep(0.2)
    calls(store)

threading.Thread(target=agent).start()
"""
AT_EXIT = """
import atexit
atexit.register(calls, store)
"""

IN_ASYNCIO = """
import asyncio
from swarmstore import AsyncLearningStore

async def called(store):
    answers = [
        (await store.merge_sessions("S", Additive())).metadata.session_count,
        len([one async for one in store.iter_range("S", 0, 2_000_000_000)]),
        len([one async for one in store.changes()]),
        await store.storage.exists(ScenarioKey("S")),
    ]
    async with store.record("S") as run:
        run.action("Look", True)
    async with AsyncLearningStore.open(URL) as another:
        answers.append(len(await another.list_sessions("S")))
    await store.close()
    try:
        await store.list_sessions("S")
    except StoreClosedError:
        print(answers)

def calls(store):
    asyncio.run(called(store))
"""


@pytest.mark.parametrize("ending", [IN_A_THREAD, AT_EXIT], ids=["in a thread", "at exit"])
def test_all_calls_of_an_asynchronous_store_are_answered(database_url: str, ending: str) -> None:
    begin = f"""
from swarmstore import StoreClosedError
URL = {database_url!r}
async def filled():
    store = await AsyncLearningStore.open(URL, fold_at=4)
    ids = [f"{{1_700_000_000 + second}}" for second in range(60)]
    await asyncio.gather(*(store.save_session("S", LearningSnapshot(), one) for one in ids))
    return store
store = asyncio.run(filled())
"""
    ended = subprocess.run(
        [sys.executable, "-c", CALLS + IN_ASYNCIO + begin + ending],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == "[60, 60, 60, True, 61]\n"


@pytest.mark.parametrize("ending", [IN_A_THREAD, AT_EXIT], ids=["in a thread", "at exit"])
def test_all_calls_are_answered(database_url: str, tmp_path: Path, ending: str) -> None:
    begin = f"""
FOLDER, TARGET = {str(SHIPPED)!r}, {str(tmp_path / "export")!r}
store = LearningStore.open({database_url!r}, fold_at=4)
for second in range(60):
    store.save_session("S", LearningSnapshot(), f"{{1_700_000_000 + second}}")
"""
    ended = subprocess.run(
        [sys.executable, "-c", CALLS + begin + ending], capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == "[60, 60, 60, 60, 60, 60, 60, 60, 1, 0, 61]\n"


FROM_DEL = """
from swarmstore import LearningStore, SwarmstoreError

class Agent:
    def __init__(self):
        self.store = LearningStore.open(URL)
        self.run = self.store.record("S")

    def __del__(self):
        try:
            self.run.action("Look", True)
            self.run.save()
        except SwarmstoreError as error:
            print(error)
        self.store.close()

agent = Agent()
"""


def test_a_first_save_from_a_destructor_is_refused_with_what_to_do(database_url: str) -> None:
    """Modules that were never loaded cannot be loaded then."""
    program = f"URL = {database_url!r}\n{FROM_DEL}"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ended.stderr == ""
    assert ended.stdout in {"", f"{ENDS}\n"}


ENDS = (
    "the interpreter is ending and cannot load the modules that this call needs; call it earlier, or from a "
    "function registered with atexit"
)
