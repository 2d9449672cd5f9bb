"""A total is the sum of the sessions that count in it, and keeps what removed ones have added."""

from __future__ import annotations

import time

import pytest

from swarmstore.conformance.capability import Capability
from swarmstore.conformance.promise import Promise, needs
from swarmstore.conformance.samples import simple, varied
from swarmstore.conformance.shorthand import G, S, save, session, timeless, total, visits
from swarmstore.contracts.storage import LearningBackend
from swarmstore.model.keys import TotalKey
from swarmstore.model.merge import Additive, merge_snapshots
from swarmstore.model.selection import SelectionPerformance
from swarmstore.model.stats import ActionStats

totals = pytest.mark.parametrize("key", [S, G], ids=str)


@needs(Capability.TOTALS, Capability.EXACTLY_ONCE)
class Totals(Promise):
    """The total of a scenario, and the one of all scenarios."""

    @totals
    def test_one_session_is_its_own_total(self, backend: LearningBackend, key: TotalKey) -> None:
        """With one contributor a total is its exact copy: phase, group, switches and version too."""
        save(backend, "1", varied())
        assert backend.load(key) == varied()

    @totals
    def test_a_total_is_the_additive_merge_of_its_sessions(
        self, backend: LearningBackend, key: TotalKey
    ) -> None:
        """Counts are summed, what belongs to one session is left out, and the time is the last save's."""
        sessions = [varied(), simple(2, "first"), simple(3, "second")]
        before = int(time.time())
        for number, each in enumerate(sessions, start=1):
            save(backend, f"{number}", each)
            expected = merge_snapshots(sessions[:number], Additive())
            assert timeless(total(backend, key)) == timeless(expected)
        merged = total(backend, key)
        assert before <= merged.metadata.created_at <= time.time() + 1
        assert merged.selection_performance == SelectionPerformance(
            strategy_stats=varied().selection_performance.strategy_stats
        )
        assert merged.metadata.phase is None
        assert merged.metadata.group_id is None
        assert merged.version == 1

    @totals
    def test_scenario_and_task_are_the_newest_sessions(self, backend: LearningBackend, key: TotalKey) -> None:
        """A total has the task of the session that was saved last, even when that one has none."""
        save(backend, "2", simple(1, "a task"))
        save(backend, "1", simple(1, "another"))
        assert total(backend, key).metadata.task_description == "another"
        nameless = simple(1)
        nameless.metadata.scenario_name = None
        save(backend, "0", nameless)
        assert total(backend, key).metadata.task_description is None
        assert total(backend, key).metadata.scenario_name is None

    def test_the_global_total_is_over_all_scenarios(self, backend: LearningBackend) -> None:
        """The total of a scenario has its own sessions, the global one all."""
        save(backend, "1", simple(1))
        save(backend, "1", simple(10), "t")
        assert visits(backend, G) == 11
        assert total(backend) == simple(1)

    @totals
    def test_a_session_saved_under_its_key_does_not_count(
        self, backend: LearningBackend, key: TotalKey
    ) -> None:
        """`save` stores a session, `save_session` stores it and counts it."""
        backend.save(session("1"), simple())
        assert backend.load(key) is None
        assert backend.list_sessions("s") == ["1"]

    @totals
    @pytest.mark.parametrize("others", [0, 1, 2])
    def test_deleting_a_session_leaves_its_totals(
        self, backend: LearningBackend, key: TotalKey, others: int
    ) -> None:
        """What was learned stays learned when the session is deleted, in every field of the totals."""
        for number in range(others):
            save(backend, f"{number}", simple(number + 2, f"task {number}"))
        save(backend, "9", varied())
        before = total(backend, key)
        assert backend.delete(session("9")) is True
        assert total(backend, key) == before
        assert len(backend.list_sessions("s")) == others
        backend.fold()
        assert total(backend, key) == before

    @totals
    def test_replacing_a_session_leaves_its_totals(self, backend: LearningBackend, key: TotalKey) -> None:
        """Totals keep what a replaced session had added, and have nothing of the new one."""
        save(backend, "1", simple(1))
        save(backend, "2", simple(10))
        before = total(backend, key)
        backend.save(session("1"), varied())
        backend.save(session("1"), simple(100))
        assert total(backend, key) == before
        assert backend.load(session("1")) == simple(100)

    def test_sessions_deleted_one_by_one_still_count(self, backend: LearningBackend) -> None:
        """A total keeps what its sessions have added until all are gone, and counts on from there."""
        for number in (1, 10, 100):
            save(backend, f"{number}", simple(number))
        for each in backend.list_sessions("s"):
            backend.delete(session(each))
            backend.fold()
            assert visits(backend) == 111
        assert total(backend).metadata.session_count == 3
        save(backend, "after", simple(1000, "after"))
        assert total(backend).action_stats["A"] == ActionStats(visits=1111, kpi_total=2.0)
        assert total(backend).metadata.task_description == "after"

    def test_sessions_deleted_at_once_still_count(self, backend: LearningBackend) -> None:
        """`delete_sessions` says how many there were, and totals keep what they have added."""
        for number in (1, 10, 100):
            save(backend, f"{number}", simple(number))
        ids = [session(text).session_id for text in ("1", "10", "unknown")]
        assert backend.delete_sessions("s", ids) == 2
        assert backend.list_sessions("s") == ["100"]
        assert visits(backend) == visits(backend, G) == 111

    @totals
    def test_a_total_saved_by_hand_replaces_what_counted(
        self, backend: LearningBackend, key: TotalKey
    ) -> None:
        """Sessions saved before it count in it no longer, later ones are added to it."""
        save(backend, "1", simple(1))
        backend.save(key, varied())
        assert backend.load(key) == varied()
        backend.fold()
        assert backend.load(key) == varied()
        save(backend, "2", simple(5))
        expected = merge_snapshots([varied(), simple(5)], Additive())
        assert timeless(total(backend, key)) == timeless(expected)
        assert visits(backend, G if key == S else S) == 6

    @totals
    def test_a_deleted_total_begins_anew(self, backend: LearningBackend, key: TotalKey) -> None:
        """Sessions stay when their total is deleted, and the next one is the first to count."""
        save(backend, "1", simple(1))
        save(backend, "2", simple(2))
        assert backend.delete(key) is True
        assert backend.load(key) is None
        assert len(backend.list_sessions("s")) == 2
        save(backend, "3", varied())
        assert backend.load(key) == varied()

    def test_deleting_a_session_that_no_longer_counts_changes_no_total(
        self, backend: LearningBackend
    ) -> None:
        """A total saved by hand owes nothing to sessions from before."""
        save(backend, "1", simple(1))
        backend.save(S, simple(50))
        backend.delete(session("1"))
        assert backend.load(S) == simple(50)
        assert visits(backend, G) == 1

    def test_folding_changes_no_answer(self, backend: LearningBackend) -> None:
        """Totals are the same before and after a fold, and folding again finds nothing to do."""
        for number in range(5):
            save(backend, f"{number}", simple(number))
        before = backend.load(S), backend.load(G)
        backend.fold()
        assert (backend.load(S), backend.load(G)) == before
        assert backend.fold() == 0

    def test_a_total_is_exact_above_the_precision_of_doubles(self, backend: LearningBackend) -> None:
        """Sums of counts never pass through a double."""
        for number, count in enumerate((2**53 - 1, 2**53 - 1, 3)):
            save(backend, f"{number}", simple(count))
        assert total(backend).episode_transitions.success_transitions["A", "B"] == 2**54 + 1
