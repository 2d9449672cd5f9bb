"""One SQLite file in many hands: writers take turns, readers are never in their way."""

from __future__ import annotations

import subprocess
import sys

import pytest

from swarmstore import LearningStore, StoreUnavailableError
from swarmstore.db.dialects.base import Access
from tests.faults.checks import assert_sound, checked_out, counted, sql, within
from tests.helpers.internals import database_of
from tests.snapshots import simple

pytestmark = pytest.mark.long

WRITERS, READERS, SAVES = 3, 2, 25
WRITE = """
import sys
from swarmstore import LearningStore
from tests.snapshots import simple
with LearningStore.open(sys.argv[1], fold_at=4) as store:
    for number in range(int(sys.argv[3])):
        store.save_session("s", simple(), f"{sys.argv[2]}.{number}")
"""
READ_UNTIL_ALL_IS_THERE = """
import sys
from swarmstore import LearningStore
from tests.faults.checks import counted
with LearningStore.open(sys.argv[1]) as store:
    seen = counted(store, "s")
    while seen < int(sys.argv[2]):
        count = counted(store, "s")
        assert count >= seen, "no answer goes back"
        assert len(store.query_latest("s", count)) >= count
        assert all(found.to_json() for found in store.query_latest("s", 3))
        seen = count
"""


def test_writers_and_readers_in_processes_share_a_file(sqlite_url: str) -> None:
    with LearningStore.open(sqlite_url) as store:
        store.save_session("s", simple())
        total = 1 + WRITERS * SAVES
        programs = [
            *((WRITE, str(number), str(SAVES)) for number in range(WRITERS)),
            *[(READ_UNTIL_ALL_IS_THERE, str(total))] * READERS,
        ]
        started = [
            subprocess.Popen(
                [sys.executable, "-c", program, sqlite_url, *rest], stderr=subprocess.PIPE, text=True
            )
            for program, *rest in programs
        ]
        ended = [(process.communicate(timeout=120)[1], process.returncode) for process in started]
        assert ended == [("", 0)] * len(programs)
        assert counted(store, "s") == total
        assert_sound(store)


TIMEOUT = 0.5


def test_a_file_that_another_writes_to_is_busy_in_time_and_readable_meanwhile(sqlite_url: str) -> None:
    with LearningStore.open(sqlite_url, timeout_seconds=TIMEOUT) as store:
        store.save_session("s", simple())
        database = database_of(sql(store))
        with database.dialect.engine_for(Access.WRITING, database.engine).begin() as somebody:
            somebody.exec_driver_sql("UPDATE sessions SET phase = phase")
            with within(10 * TIMEOUT), pytest.raises(StoreUnavailableError, match="locked; try again"):
                store.save_session("s", simple(), "1")
            assert checked_out(store) == 1, "but for somebody's"
            assert counted(store, "s") == 1
        store.save_session("s", simple(), "1")
        assert counted(store, "s") == 2
        assert_sound(store)
