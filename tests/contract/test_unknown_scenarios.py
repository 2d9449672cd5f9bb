"""A scenario that was never saved: one rule for every call, and asking does not make it one.

What would give something of the scenario raises SnapshotNotFoundError, or gives the default; what
gives a list, a count or a merge gives the empty one.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from swarmstore import LearningBackend, LearningSnapshot, LearningStore, OfflineModel, SnapshotNotFoundError
from swarmstore.model.offline_analyzer import AnalysisInput
from tests.snapshots import simple

RAISES: dict[str, Callable[[LearningStore], object]] = {
    "load_scenario": lambda store: store.load_scenario("nowhere"),
    "load_session": lambda store: store.load_session("nowhere", "1"),
    "load_offline_model": lambda store: store.load_offline_model("nowhere"),
    "run_offline_learning": lambda store: store.run_offline_learning("nowhere", 10),
}
GIVES_NOTHING: dict[str, Callable[[LearningStore], object]] = {
    "list_sessions": lambda store: store.list_sessions("nowhere"),
    "query_range": lambda store: store.query_range("nowhere", 0, 2**62),
    "query_since": lambda store: store.query_since("nowhere", 0),
    "query_latest": lambda store: store.query_latest("nowhere", 10),
    "iter_range": lambda store: list(store.iter_range("nowhere", 0, 2**62)),
    "session_summaries": lambda store: list(store.session_summaries("nowhere")),
    "prune": lambda store: store.prune("nowhere", keep_latest=0),
    "delete_sessions": lambda store: store.storage.delete_sessions("nowhere", []),
    "merge_sessions": lambda store: store.merge_sessions("nowhere", "additive").action_stats,
}


def test_what_would_give_something_of_it_raises(store: LearningStore) -> None:
    store.save_session("somewhere", simple())
    for call in RAISES.values():
        with pytest.raises(SnapshotNotFoundError, match="nowhere"):
            call(store)
    assert store.scenarios() == ["somewhere"]


def test_what_gives_many_gives_none(store: LearningStore, backend: LearningBackend) -> None:
    store.save_session("somewhere", simple())
    assert {name: call(store) for name, call in GIVES_NOTHING.items() if call(store)} == {}
    assert backend.latest_analysis_input("nowhere", 10) == AnalysisInput()
    assert store.scenarios() == ["somewhere"]


def test_a_first_run_needs_no_try(store: LearningStore) -> None:
    nothing = LearningSnapshot.empty()
    assert store.load_scenario("s", default=nothing) is nothing
    assert store.load_scenario("s", default=None) is None
    store.save_session("s", simple())
    assert store.load_scenario("s", default=nothing) == simple()
    store.save_offline_model("t", OfflineModel())
    assert store.load_scenario("t", default=None) is None  # it has a model and no total
