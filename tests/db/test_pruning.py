"""Pruning that is killed in the middle: nothing is lost, and the next call does the rest."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from swarmstore import Additive, GlobalKey, LearningStore, ScenarioKey, SuccessWeighted, TimeDecay
from tests.db.counted_statements import counted
from tests.helpers.internals import database_of
from tests.snapshots import simple

pytestmark = pytest.mark.long

SESSIONS, KEPT = 1000, 100
PRUNE_AND_DIE = """
import os, signal, sys
from swarmstore import LearningStore
def die(done, most):
    if done >= 400:
        os.kill(os.getpid(), signal.SIGKILL)
with LearningStore.open(sys.argv[1]) as store:
    store.prune("s", keep_latest=100, progress=die)
"""


def test_a_thousand_sessions_pruned_with_a_kill_in_the_middle(database_url: str) -> None:
    with LearningStore.open(database_url) as store:
        for number in range(SESSIONS):
            store.save_session("s", simple(number % 7, f"task {number}"), f"{number:04}")
        store.fold()  # which would run beside what is counted
        _merging_takes_no_more_statements_than_for_ten(store)
        before = [store.storage.load(key) for key in (ScenarioKey("s"), GlobalKey())]

    killed = subprocess.run([sys.executable, "-c", PRUNE_AND_DIE, database_url], check=False)
    assert killed.returncode == -signal.SIGKILL

    with LearningStore.open(database_url) as store:
        assert len(store.list_sessions("s")) == SESSIONS - 400
        assert [store.storage.load(key) for key in (ScenarioKey("s"), GlobalKey())] == before
        assert store.verify_totals() == []
        assert store.prune("s", keep_latest=KEPT) == SESSIONS - 400 - KEPT
        assert store.list_sessions("s") == [f"{number:04}" for number in range(SESSIONS - KEPT, SESSIONS)]
        assert [store.storage.load(key) for key in (ScenarioKey("s"), GlobalKey())] == before
        assert store.verify_totals(deep=True) == []


def _merging_takes_no_more_statements_than_for_ten(store: LearningStore) -> None:
    engine = database_of(store.storage).engine
    for strategy in (Additive(), TimeDecay(7), SuccessWeighted()):
        taken = []
        for latest in (10, SESSIONS):
            with counted(engine) as statements:
                merged = store.merge_sessions("s", strategy, latest=latest)
            assert merged.metadata.session_count == latest
            taken.append(len(statements))
        assert taken[1] <= taken[0] + 3  # a second reader begins, looks whether all are there, and ends
