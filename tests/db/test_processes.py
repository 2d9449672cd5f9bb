"""Several processes save into one store, folding as they go: every session counts once."""

from __future__ import annotations

import subprocess
import sys

import pytest

from swarmstore import LearningStore
from swarmstore.db.migrations.runner import upgrade

pytestmark = pytest.mark.long

PROCESSES, SAVES = 4, 40
SAVE_AND_READ = """
import sys
from swarmstore import LearningStore
from tests.snapshots import simple
url, process, saves = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
with LearningStore.open(url, fold_at=3) as store:
    seen = 0
    for number in range(saves):
        snapshot = simple(1)
        snapshot.episode_transitions.success_transitions["P", str(process)] = 1
        store.save_session("s", snapshot)
        total = store.load_scenario("s")
        counts = total.episode_transitions.success_transitions
        assert counts["P", str(process)] == number + 1, "a save that returned is in the next answer"
        assert counts["A", "B"] == total.metadata.session_count, "all parts of an answer agree"
        assert counts["A", "B"] > seen, "no answer goes back"
        seen = counts["A", "B"]
"""


def test_every_session_counts_once_and_is_seen_at_once(empty_database_url: str) -> None:
    upgrade(empty_database_url)
    started = [
        subprocess.Popen(
            [sys.executable, "-c", SAVE_AND_READ, empty_database_url, str(process), str(SAVES)],
            stderr=subprocess.PIPE,
            text=True,
        )
        for process in range(PROCESSES)
    ]
    assert [process.communicate(timeout=120)[1] for process in started] == [""] * PROCESSES
    with LearningStore.open(empty_database_url) as store:
        for total in (store.load_scenario("s"), store.load_global()):
            assert total.metadata.session_count == PROCESSES * SAVES
            assert total.episode_transitions.success_transitions == {
                ("A", "B"): PROCESSES * SAVES,
                **{("P", str(process)): SAVES for process in range(PROCESSES)},
            }
        before = store.load_global()
        store.fold()
        assert store.load_global() == before
        assert len(store.list_sessions("s")) == PROCESSES * SAVES
