"""What is loaded equals what was saved: doubles bit for bit, and a count of 0 is not a missing one."""

from __future__ import annotations

import pytest

from swarmstore.conformance.capability import Capability
from swarmstore.conformance.promise import Promise, needs
from swarmstore.conformance.samples import alike, any_named, full, simple
from swarmstore.conformance.shorthand import KEYS, S, session, total
from swarmstore.contracts.storage import LearningBackend
from swarmstore.errors import InvalidValueError
from swarmstore.model.keys import SnapshotKey
from swarmstore.model.stats import ActionStats

keys = pytest.mark.parametrize("key", KEYS, ids=str)


class ExactContents(Promise):
    """Snapshots field by field."""

    @keys
    def test_a_snapshot_loads_as_it_was_saved(self, backend: LearningBackend, key: SnapshotKey) -> None:
        """Every field comes back, entries of count 0 among them."""
        backend.save(key, full())
        assert backend.load(key) == full()

    def test_an_integer_is_as_good_as_the_double_it_is(self, backend: LearningBackend) -> None:
        """An integer in the place of a double is held, also beside real doubles of the same kind."""
        snapshot = full()
        snapshot.action_stats |= {"i": ActionStats(kpi_total=3), "j": ActionStats(kpi_total=-(2**53) + 1)}
        snapshot.selection_performance.strategy_start_success_rate = 1
        backend.save(S, snapshot)
        assert backend.load(S) == snapshot

    def test_minus_zero_stays_minus_zero(self, backend: LearningBackend) -> None:
        """Doubles keep even the sign of zero."""
        backend.save(S, full())
        loaded = total(backend)
        assert str(loaded.contextual_stats["A", "B"].kpi_total) == "-0.0"
        assert str(loaded.selection_performance.switch_history[1].from_strategy_success_rate) == "-0.0"

    def test_a_total_larger_than_a_session_may_be_is_held(self, backend: LearningBackend) -> None:
        """Counts of totals go up to 2^63 - 1."""
        largest = simple(2**63 - 1)
        backend.save(S, largest)
        assert backend.load(S) == largest

    @keys
    def test_any_name_of_any_length_is_held(self, backend: LearningBackend, key: SnapshotKey) -> None:
        """Names of actions with ':' or thousands of characters are held, or refused as a whole."""
        try:
            backend.save(key, any_named())
        except InvalidValueError:
            assert Capability.ANY_ACTION_NAMES not in self.capabilities
            assert backend.load(key) is None
        else:
            assert backend.load(key) == any_named()

    @keys
    def test_what_differs_by_little_stays_apart(self, backend: LearningBackend, key: SnapshotKey) -> None:
        """Case, spaces, accents and signs in names are kept, and so is a switch that comes twice."""
        backend.save(key, alike())
        assert backend.load(key) == alike()

    @pytest.mark.parametrize("text", ["", " ", "e\u0301", "A\r\n"], ids=ascii)
    def test_a_group_and_a_task_are_any_text(self, backend: LearningBackend, text: str) -> None:
        """What a group and a task are called is kept as it is: empty is not missing."""
        snapshot = simple(1, text)
        snapshot.metadata.group_id = text
        for key in KEYS:
            backend.save(key, snapshot)
            assert backend.load(key) == snapshot

    def test_what_a_query_returns_is_complete(self, backend: LearningBackend) -> None:
        """Sessions that are queried together equal those that are loaded one by one."""
        for number in range(3):
            backend.save(session(f"{number}"), full())
            backend.save(session(f"1{number}"), simple(number))
        alone = [backend.load(session(each)) for each in ("0", "10", "11", "12", "1", "2")]
        assert alone == [full(), simple(0), simple(1), simple(2), full(), full()]
        for queried in (backend.query_latest("s", 6), backend.query_range("s", 0, 99)):
            assert sorted(map(repr, queried)) == sorted(map(repr, alone))

    @needs(Capability.EXACTLY_ONCE, Capability.TOTALS)
    def test_a_session_is_its_own_total_to_the_last_field(self, backend: LearningBackend) -> None:
        """The total of one session equals it, with entries of count 0, phase, group and switches."""
        backend.save_session("s", full(), session("1").session_id)
        for key in (*KEYS[:2], session("1")):
            assert backend.load(key) == full()

    @needs(Capability.EXACTLY_ONCE, Capability.TOTALS)
    def test_missing_and_zero_stay_apart_in_a_sum(self, backend: LearningBackend) -> None:
        """A transition that one session has with count 0 is in the total, one that none has is not."""
        for number in range(2):
            backend.save_session("s", simple(0), session(f"{number}").session_id)
        episodes = total(backend).episode_transitions
        assert episodes.success_transitions == {("A", "B"): 0}
        assert episodes.failure_transitions == {}
