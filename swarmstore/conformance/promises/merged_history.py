"""A merge is that of the saved sessions of a slice, oldest to newest, to the last count."""

from __future__ import annotations

from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmstore.conformance.any_snapshots import plain_names, snapshots
from swarmstore.conformance.capability import Capability
from swarmstore.conformance.promise import Promise, needs
from swarmstore.conformance.samples import any_named, simple, varied
from swarmstore.conformance.shorthand import U64, session
from swarmstore.contracts.storage import LearningBackend
from swarmstore.errors import (
    CountOutOfRangeError,
    CountOverflowError,
    InvalidTextError,
    UnknownPhaseError,
    UnknownStrategyError,
)
from swarmstore.model.merge import (
    Additive,
    MergeStrategy,
    SuccessWeighted,
    TimeDecay,
    merge_snapshots,
    merge_weights,
)
from swarmstore.model.metadata import LearningPhase
from swarmstore.model.session_slice import SessionSlice
from swarmstore.model.snapshot import LearningSnapshot
from swarmstore.model.stats import ActionStats

STRATEGIES: dict[str, MergeStrategy] = {
    "additive": Additive(),
    "time-decay:2": TimeDecay(2),
    "success-weighted": SuccessWeighted(),
}
strategies = pytest.mark.parametrize("strategy", STRATEGIES.values(), ids=list(STRATEGIES))
HISTORY = ["0000000007", "1700000000", "1700000060", "1700000120", "abc"]
SLICES: list[tuple[dict[str, Any], list[int]]] = [
    ({}, [0, 1, 2, 3, 4]),
    ({"latest": 3}, [2, 3, 4]),
    ({"latest": 100}, [0, 1, 2, 3, 4]),
    ({"since": 1700000000}, [1, 2, 3]),
    ({"until": 1700000060}, [0, 1, 2]),
    ({"since": 8, "until": U64, "latest": 2}, [2, 3]),
    ({"phase": LearningPhase.BOOTSTRAP}, [0, 3]),
    ({"group_id": "g1"}, [0, 2, 4]),
    ({"group_id": "g1", "latest": 1}, [4]),
    ({"group_id": "g1", "phase": LearningPhase.RELEASE}, [4]),
    ({"latest": 0}, []),
    ({"since": 5, "until": 4}, []),
    ({"since": 2**63}, []),
]
BAD_FILTERS: list[tuple[dict[str, Any], type[ValueError]]] = [
    ({"latest": -1}, CountOutOfRangeError),
    ({"since": 2**64}, CountOutOfRangeError),
    ({"until": "now"}, CountOutOfRangeError),
    ({"phase": "warmup"}, UnknownPhaseError),
    ({"group_id": "\0"}, InvalidTextError),
]
NO_STRATEGIES: list[Any] = [
    *(None, 5, "", "median", "Additive", "additive:1", "time-decay", "time-decay:", "time-decay:-1"),
    *("time-decay:1.5", "time-decay:\u0661", "time-decay:" + "9" * 5000, TimeDecay, Additive, ["additive"]),
]
_Key = TypeVar("_Key", str, tuple[str, str])


def nth(number: int) -> LearningSnapshot:
    """The n-th session of the history: each differs in what slices look at."""
    snapshot = varied() if number == 1 else simple(10**number, f"task {number}")
    snapshot.metadata.phase = [LearningPhase.BOOTSTRAP, LearningPhase.RELEASE, None][number % 3]
    snapshot.metadata.group_id = ["g1", "g2"][number % 2]
    snapshot.metadata.total_episodes = 4
    snapshot.episode_transitions.success_episodes = number
    return snapshot


def same(merged: LearningSnapshot, parts: list[LearningSnapshot], strategy: MergeStrategy) -> None:
    """The merge is that of the model: all exactly, KPI sums within 1e-9 of what was added up."""
    expected = merge_snapshots(parts, strategy)
    episodes = [(part.episode_transitions.success_episodes, part.metadata.total_episodes) for part in parts]
    weights = (merge_weights(episodes, strategy) if len(parts) > 1 else None) or [1.0] * len(parts)
    added = sum(
        abs(stats.kpi_total) * weight
        for part, weight in zip(parts, weights, strict=True)
        for stats in (*part.action_stats.values(), *part.contextual_stats.values())
    )
    kpis(expected.action_stats, merged.action_stats, added)
    kpis(expected.contextual_stats, merged.contextual_stats, added)
    merged.metadata.created_at = expected.metadata.created_at
    assert merged == expected


def kpis(expected: dict[_Key, ActionStats], merged: dict[_Key, ActionStats], added: float) -> None:
    """Compare KPI sums and then take them for equal."""
    for key, stats in merged.items():
        assert abs(stats.kpi_total - expected[key].kpi_total) <= 1e-9 * added
        stats.kpi_total = expected[key].kpi_total


histories = st.lists(
    st.one_of(snapshots(actions=plain_names), snapshots(most=8, actions=plain_names)), min_size=2, max_size=4
)


@needs(Capability.MERGES)
class MergedHistory(Promise):
    """What `merge_sessions` returns."""

    @pytest.fixture
    def history(self, backend: LearningBackend) -> LearningBackend:
        """A backend with a history of five sessions, and another scenario of two."""
        for number in (3, 0, 4, 2, 1):  # not in their order
            backend.save(session(HISTORY[number]), nth(number))
        for number in (1, 3):
            backend.save(session(HISTORY[number], "other"), simple(number))
        return backend

    @strategies
    def test_a_slice_is_merged_as_its_snapshots_are(
        self, history: LearningBackend, strategy: MergeStrategy
    ) -> None:
        """Filters come first, then the latest; the age of a session is its place in the slice."""
        for filters, numbers in SLICES:
            merged = history.merge_sessions(SessionSlice("s", **filters), strategy)
            same(merged, [nth(number) for number in numbers], strategy)

    @strategies
    def test_all_scenarios_are_merged_by_id_and_then_by_name(
        self, history: LearningBackend, strategy: MergeStrategy
    ) -> None:
        """Of two sessions of the same id that of the scenario that comes first in byte order is older."""
        order = [nth(0), simple(1), nth(1), nth(2), simple(3), nth(3), nth(4)]
        same(history.merge_sessions(SessionSlice(), strategy), order, strategy)
        same(history.merge_sessions(SessionSlice(latest=3), strategy), order[-3:], strategy)

    @strategies
    def test_no_session_gives_an_empty_snapshot_and_one_its_copy(
        self, backend: LearningBackend, strategy: MergeStrategy
    ) -> None:
        """A merge of one session is that session, with phase, group and switches."""
        same(backend.merge_sessions(SessionSlice("s"), strategy), [], strategy)
        backend.save(session("1"), varied())
        for scenario in ("s", None):
            assert backend.merge_sessions(SessionSlice(scenario), strategy) == varied()

    @strategies
    def test_replaced_and_uncounted_sessions_are_merged_as_they_are(
        self, backend: LearningBackend, strategy: MergeStrategy
    ) -> None:
        """A merge is about sessions that are saved, whatever counts in totals."""
        for text, number in (("1", 1), ("2", 70), ("1", 50)):
            backend.save(session(text), simple(number))
        merged = backend.merge_sessions(SessionSlice("s"), strategy)
        same(merged, [simple(50), simple(70)], strategy)

    @strategies
    @needs(Capability.ANY_ACTION_NAMES)
    def test_any_name_is_merged(self, backend: LearningBackend, strategy: MergeStrategy) -> None:
        """Names with ':' do not run together in a merge."""
        for text in "12":
            backend.save(session(text), any_named())
        merged = backend.merge_sessions(SessionSlice("s"), strategy)
        same(merged, [any_named(), any_named()], strategy)

    def test_a_merged_sum_past_two_to_the_63_is_an_error(self, backend: LearningBackend) -> None:
        """A weighted count that no total can hold raises CountOverflowError."""
        heavy = simple(2**53 - 1)
        heavy.episode_transitions.success_episodes = 2**53 - 1
        heavy.metadata.total_episodes = 1
        backend.save(session("1"), heavy)
        backend.save(session("2"), simple(1))
        with pytest.raises(CountOverflowError):
            backend.merge_sessions(SessionSlice("s"), SuccessWeighted())
        assert backend.merge_sessions(SessionSlice("s"), Additive()).action_stats["A"].visits == 2**53

    @pytest.mark.parametrize("strategy", [Additive(), TimeDecay(2**62)], ids=["additive", "time decay"])
    def test_merged_sums_are_exact_above_the_precision_of_doubles(
        self, backend: LearningBackend, strategy: MergeStrategy
    ) -> None:
        """Each count, weighted and rounded, is an integer before it is added."""
        for text, count in (("1", 2**53 - 1), ("2", 2**53 - 1), ("3", 3)):
            backend.save(session(text), simple(count))
        merged = backend.merge_sessions(SessionSlice("s"), strategy)
        assert merged.episode_transitions.success_transitions["A", "B"] == 2**54 + 1

    @pytest.mark.parametrize(("filters", "error"), BAD_FILTERS, ids=str)
    def test_a_bad_filter_is_refused(
        self, backend: LearningBackend, filters: dict[str, Any], error: type[ValueError]
    ) -> None:
        """The error for a filter that nothing could pass names the filter."""
        with pytest.raises(error, match=next(iter(filters))):
            backend.merge_sessions(SessionSlice("s", **filters), Additive())

    @pytest.mark.parametrize("text", STRATEGIES)
    def test_a_strategy_may_be_given_as_its_text(self, history: LearningBackend, text: str) -> None:
        """The text of a strategy means what its class does."""
        for wanted in ("s", None, "nowhere"):
            given = history.merge_sessions(SessionSlice(wanted), STRATEGIES[text])
            same(history.merge_sessions(SessionSlice(wanted), text), [given], Additive())

    def test_what_is_no_strategy_is_refused(self, history: LearningBackend) -> None:
        """UnknownStrategyError is raised also where there is nothing that a strategy would change."""
        for strategy in NO_STRATEGIES:
            for scenario in ("s", "nowhere", None):
                with pytest.raises(UnknownStrategyError, match="strategy"):
                    history.merge_sessions(SessionSlice(scenario), strategy)
        with pytest.raises(CountOutOfRangeError, match="half_life"):
            history.merge_sessions(SessionSlice("s"), "time-decay:0")

    @pytest.mark.parametrize(
        "kind",
        [
            st.just(Additive()),
            st.builds(TimeDecay, st.one_of(st.integers(1, 4), st.integers(1, 10**6))),
            st.just(SuccessWeighted()),
        ],
        ids=["additive", "time decay", "success"],
    )
    def test_any_history_is_merged_as_its_snapshots_are(
        self, backend: LearningBackend, kind: st.SearchStrategy[MergeStrategy]
    ) -> None:
        """Any snapshots and weights give what the model makes of them, errors included."""

        @self.many()
        @given(histories, kind)
        def check(parts: list[LearningSnapshot], strategy: MergeStrategy) -> None:
            for session_id in backend.list_sessions("s"):
                backend.delete(session(session_id))
            for number, part in enumerate(parts):
                backend.save(session(str(number)), part)
            try:
                merge_snapshots(parts, strategy)
            except CountOverflowError:
                with pytest.raises(CountOverflowError):
                    backend.merge_sessions(SessionSlice("s"), strategy)
            else:
                same(backend.merge_sessions(SessionSlice("s"), strategy), parts, strategy)

        check()
