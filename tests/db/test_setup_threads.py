"""Setting up and upgrading in threads and tasks of one process, many at the same moment."""

from __future__ import annotations

import asyncio
import multiprocessing
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from swarmstore import AsyncLearningStore, LearningSnapshot, LearningStore, Settings
from swarmstore.db.migrations.runner import migrating, upgrade
from tests.doctor.sick import findings

pytestmark = pytest.mark.long

THREADS = 6


def in_threads(call: Callable[[str], object], given: Sequence[str]) -> None:
    """Run the call once for each, all at the same moment."""
    errors: list[BaseException] = []
    ready = threading.Barrier(len(given))

    def one(each: str) -> None:
        ready.wait()
        try:
            call(each)
        except BaseException as error:  # noqa: BLE001 - told to the test below
            errors.append(error)

    threads = [threading.Thread(target=one, args=(each,)) for each in given]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def open_and_save(url: str) -> None:
    with LearningStore.open(url) as store:
        store.save_session("s", LearningSnapshot.empty())


def files_in(folder: Path) -> list[str]:
    return [f"sqlite:///{folder}/{number}.db" for number in range(THREADS)]


def test_threads_set_up_files_of_their_own(tmp_path: Path) -> None:
    in_threads(open_and_save, files_in(tmp_path))
    for url in files_in(tmp_path):
        assert findings(url, deep=True) == []


def test_threads_set_up_databases_in_memory() -> None:
    in_threads(open_and_save, ["sqlite://"] * THREADS)


def test_tasks_set_up_files_of_their_own(tmp_path: Path) -> None:
    async def open_all() -> None:
        for store in await asyncio.gather(*map(AsyncLearningStore.open, files_in(tmp_path))):
            await store.save_session("s", LearningSnapshot.empty())
            await store.close()

    asyncio.run(open_all())
    for url in files_in(tmp_path):
        assert findings(url, deep=True) == []


def test_threads_upgrade_schemas_of_one_database(postgres_url: str) -> None:
    schemas = [f"team{number}" for number in range(THREADS)]
    in_threads(lambda schema: upgrade(postgres_url, Settings(schema=schema)), schemas)
    for schema in schemas:
        assert findings(postgres_url, settings=Settings(schema=schema)) == []


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="needs fork")
def test_a_child_sets_up_its_own_while_its_parent_was_at_it(tmp_path: Path) -> None:
    """It has no thread that would ever end what the parent was doing."""
    context = multiprocessing.get_context("fork")
    url = f"sqlite:///{tmp_path}/of-the-child.db"
    with migrating(f"sqlite:///{tmp_path}/of-the-parent.db"):
        child = context.Process(target=open_and_save, args=(url,))
        child.start()
        child.join(30)
        assert child.exitcode == 0
    assert findings(url, deep=True) == []
