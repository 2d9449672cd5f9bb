"""Totals: what counts in them, and what they are made of."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from swarmstore import (
    ActionStats,
    Additive,
    GlobalKey,
    LearningBackend,
    LearningSnapshot,
    ScenarioKey,
    SelectionPerformance,
    SessionId,
    SessionKey,
    SnapshotKey,
    merge_snapshots,
)
from tests.snapshots import full, simple

S, G = ScenarioKey("s"), GlobalKey()
totals = pytest.mark.parametrize("key", [S, G], ids=str)


def total(backend: LearningBackend, key: SnapshotKey) -> LearningSnapshot:
    found = backend.load(key)
    assert found is not None
    return found


def timeless(snapshot: LearningSnapshot) -> LearningSnapshot:
    """Without the time of the merge."""
    return replace(snapshot, metadata=replace(snapshot.metadata, created_at=0))


@totals
def test_one_session_is_its_own_total(backend: LearningBackend, key: SnapshotKey) -> None:
    """With one contributor a total is its exact copy: phase, group, switches and version too."""
    backend.save_session("s", full())
    assert backend.load(key) == full()


@totals
def test_a_total_is_the_additive_merge_of_its_sessions(backend: LearningBackend, key: SnapshotKey) -> None:
    """Counts are summed, missing and 0 stay apart, what belongs to one session is empty."""
    sessions = [full(), simple(2, "first"), simple(3, "second")]
    before = int(time.time())
    for number, session in enumerate(sessions, start=1):
        backend.save_session("s", session)
        expected = merge_snapshots(sessions[:number], Additive())
        assert timeless(total(backend, key)) == timeless(expected)
    merged = total(backend, key)
    assert before <= merged.metadata.created_at <= time.time() + 1
    assert merged.selection_performance == SelectionPerformance(
        strategy_stats=full().selection_performance.strategy_stats
    )
    assert merged.metadata.phase is None
    assert merged.metadata.group_id is None
    assert merged.version == 1
    assert ("A", "B") in merged.episode_transitions.success_transitions
    assert ("A", "B") not in merged.episode_transitions.failure_transitions


@totals
def test_scenario_and_task_are_the_newest_sessions(backend: LearningBackend, key: SnapshotKey) -> None:
    """Even when the newest session has none."""
    backend.save_session("s", simple(1, "a task"))
    backend.save_session("s", simple(1, "another"))
    assert total(backend, key).metadata.task_description == "another"
    nameless = simple(1)
    nameless.metadata.scenario_name = None
    backend.save_session("s", nameless)
    assert total(backend, key).metadata.task_description is None
    assert total(backend, key).metadata.scenario_name is None


def test_the_global_total_is_over_all_scenarios(backend: LearningBackend) -> None:
    """A scenario's total has its own sessions, the global one all."""
    backend.save_session("s", simple(1))
    backend.save_session("t", simple(10))
    assert total(backend, G).action_stats["A"].visits == 11
    assert total(backend, S) == simple(1)


@totals
def test_a_session_saved_under_its_key_does_not_count(backend: LearningBackend, key: SnapshotKey) -> None:
    """`save` stores, `save_session` stores and counts, as upstream."""
    backend.save(SessionKey("s", SessionId("1")), simple())
    assert backend.load(key) is None
    assert backend.list_sessions("s") == [SessionId("1")]


@totals
@pytest.mark.parametrize("others", [0, 1, 2])
def test_deleting_a_session_leaves_its_totals(
    backend: LearningBackend, key: SnapshotKey, others: int
) -> None:
    """What was learned stays learned, in the totals' every field."""
    for number in range(others):
        backend.save_session("s", simple(number + 2, f"task {number}"))
    session_id = backend.save_session("s", full())
    before = total(backend, key)
    assert backend.delete(SessionKey("s", session_id)) is True
    assert total(backend, key) == before
    assert session_id not in backend.list_sessions("s")
    assert backend.load(SessionKey("s", session_id)) is None
    backend.fold()
    assert total(backend, key) == before


@totals
def test_replacing_a_session_leaves_its_totals(backend: LearningBackend, key: SnapshotKey) -> None:
    """The totals keep what the replaced session had added, and nothing of the new one."""
    first = backend.save_session("s", simple(1))
    backend.save_session("s", simple(10))
    before = total(backend, key)
    backend.save(SessionKey("s", first), full())
    backend.save(SessionKey("s", first), simple(100))
    assert total(backend, key) == before
    assert backend.load(SessionKey("s", first)) == simple(100)


def test_sessions_deleted_one_by_one_still_count(backend: LearningBackend) -> None:
    """Until all are gone, and with sessions saved in between."""
    for number in (1, 10, 100):
        backend.save_session("s", simple(number))
    for session_id in backend.list_sessions("s"):
        backend.delete(SessionKey("s", session_id))
        backend.fold()
        assert total(backend, S).action_stats["A"].visits == 111
    assert total(backend, S).metadata.session_count == 3
    backend.save_session("s", simple(1000, "after"))
    assert total(backend, S).action_stats["A"] == ActionStats(visits=1111, kpi_total=2.0)
    assert total(backend, S).metadata.task_description == "after"


@totals
def test_a_total_saved_by_hand_replaces_what_counted(backend: LearningBackend, key: SnapshotKey) -> None:
    """Earlier sessions count no longer; later ones are added to it."""
    backend.save_session("s", simple(1))
    backend.save(key, full())
    assert backend.load(key) == full()
    backend.fold()
    assert backend.load(key) == full()
    backend.save_session("s", simple(5))
    assert timeless(total(backend, key)) == timeless(merge_snapshots([full(), simple(5)], Additive()))
    other = G if key == S else S
    assert total(backend, other).action_stats["A"].visits == 6


@totals
def test_a_deleted_total_begins_anew(backend: LearningBackend, key: SnapshotKey) -> None:
    """Its sessions stay, but the next one is the first to count."""
    backend.save_session("s", simple(1))
    backend.save_session("s", simple(2))
    assert backend.delete(key) is True
    assert backend.load(key) is None
    assert len(backend.list_sessions("s")) == 2
    backend.save_session("s", full())
    assert backend.load(key) == full()


def test_deleting_a_session_that_no_longer_counts_changes_no_total(backend: LearningBackend) -> None:
    """A total saved by hand owes nothing to sessions from before."""
    session_id = backend.save_session("s", simple(1))
    backend.save(S, simple(50))
    backend.delete(SessionKey("s", session_id))
    assert backend.load(S) == simple(50)
    assert total(backend, G).action_stats["A"].visits == 1


def test_folding_changes_no_answer(backend: LearningBackend) -> None:
    """Totals are the same before and after, and folding again finds nothing to do."""
    for number in range(5):
        backend.save_session("s", simple(number))
    before = backend.load(S), backend.load(G)
    backend.fold()
    assert (backend.load(S), backend.load(G)) == before
    assert backend.fold() == 0


def test_a_total_larger_than_a_session_may_be_is_held(backend: LearningBackend) -> None:
    """Counts of totals go up to 2^63 - 1, and no further."""
    largest = simple(2**63 - 1)
    backend.save(S, largest)
    assert backend.load(S) == largest


def test_a_total_is_exact_above_the_precision_of_doubles(backend: LearningBackend) -> None:
    """Additive merges never pass through a double."""
    backend.save_session("s", simple(2**53 - 1))
    backend.save_session("s", simple(2**53 - 1))
    backend.save_session("s", simple(3))
    assert total(backend, S).episode_transitions.success_transitions["A", "B"] == 2**54 + 1


def test_summaries_are_the_headers_of_totals(backend: LearningBackend) -> None:
    """A listing says what loading each total would say."""
    backend.save_session("b", simple(1))
    backend.save_session("b", full())
    last = backend.save_session("b", simple(2))
    backend.save(SessionKey("a", SessionId("1")), simple())
    empty, counted = backend.summaries()
    assert (empty.scenario, empty.sessions, empty.last_session, empty.session_count) == ("a", 1, "1", 0)
    merged = total(backend, ScenarioKey("b"))
    assert (counted.scenario, counted.sessions, counted.last_session) == ("b", 3, last)
    assert counted.session_count == merged.metadata.session_count
    assert counted.total_actions == merged.metadata.total_actions
    assert counted.success_episodes == merged.episode_transitions.success_episodes
