"""Merging slices of history: the sessions that pass, oldest to newest."""

from __future__ import annotations

from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swarmstore import (
    ActionStats,
    Additive,
    CountOutOfRangeError,
    CountOverflowError,
    InvalidTextError,
    LearningBackend,
    LearningPhase,
    LearningSnapshot,
    LearningStore,
    MergeStrategy,
    SessionId,
    SessionKey,
    SuccessWeighted,
    TimeDecay,
    UnknownPhaseError,
    UnknownStrategyError,
    merge_snapshots,
)
from swarmstore.model.merge import merge_weights
from tests.contract.capabilities import Capabilities
from tests.helpers.hypothesis_strategies import plain_names, snapshots
from tests.snapshots import any_named, full, simple

STRATEGIES: list[MergeStrategy] = [Additive(), TimeDecay(2), SuccessWeighted()]
strategies = pytest.mark.parametrize("strategy", STRATEGIES, ids=["additive", "time decay", "success"])
_Key = TypeVar("_Key", str, tuple[str, str])
HISTORY = ["+7", "1700000000", "1700000060", "1700000120", "abc"]


def session(number: int) -> LearningSnapshot:
    """The n-th session of the history: each differs in what slices look at."""
    snapshot = full() if number == 1 else simple(10**number, f"task {number}")
    snapshot.metadata.phase = [LearningPhase.BOOTSTRAP, LearningPhase.RELEASE, None][number % 3]
    snapshot.metadata.group_id = ["g1", "g2"][number % 2]
    snapshot.metadata.total_episodes = 4
    snapshot.episode_transitions.success_episodes = number
    return snapshot


@pytest.fixture
def history(backend: LearningBackend) -> LearningBackend:
    for number in (3, 0, 4, 2, 1):  # not in their order
        backend.save_session("s", session(number), SessionId(HISTORY[number]))
    for number in (1, 3):
        backend.save_session("other", simple(number), SessionId(HISTORY[number]))
    return backend


def same(merged: LearningSnapshot, parts: list[LearningSnapshot], strategy: MergeStrategy) -> None:
    """The merge is the oracle's: all exactly, KPI sums within 1e-9 of what was added up."""
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


SLICES: list[tuple[dict[str, Any], list[int]]] = [
    ({}, [0, 1, 2, 3, 4]),
    ({"latest": 3}, [2, 3, 4]),
    ({"latest": 100}, [0, 1, 2, 3, 4]),
    ({"since": 1700000000}, [1, 2, 3]),
    ({"until": 1700000060}, [0, 1, 2]),
    ({"since": 8, "until": 2**64 - 1, "latest": 2}, [2, 3]),
    ({"phase": LearningPhase.BOOTSTRAP}, [0, 3]),
    ({"group_id": "g1"}, [0, 2, 4]),
    ({"group_id": "g1", "latest": 1}, [4]),
    ({"group_id": "g1", "phase": LearningPhase.RELEASE}, [4]),
    ({"latest": 0}, []),
    ({"since": 5, "until": 4}, []),
]


def test_a_slice_is_merged_as_its_snapshots_are(history: LearningBackend) -> None:
    """Filters first, then the latest; the age of a session is its place in the slice."""
    for filters, numbers in SLICES:
        for strategy in STRATEGIES:
            merged = LearningStore(history).merge_sessions("s", strategy, **filters)
            same(merged, [session(number) for number in numbers], strategy)


@strategies
def test_all_scenarios_are_merged_by_id_and_then_by_name(
    history: LearningBackend, strategy: MergeStrategy
) -> None:
    """Of the same id the scenario that comes first in byte order is the older."""
    merged = LearningStore(history).merge_sessions(None, strategy)
    order = [session(0), simple(1), session(1), session(2), simple(3), session(3), session(4)]
    same(merged, order, strategy)
    merged = LearningStore(history).merge_sessions(None, strategy, latest=3)
    same(merged, order[-3:], strategy)


@strategies
def test_no_session_gives_an_empty_snapshot_and_one_its_copy(
    backend: LearningBackend, strategy: MergeStrategy
) -> None:
    """Also for a scenario that was never saved, which asking does not create."""
    store = LearningStore(backend)
    same(store.merge_sessions("nowhere", strategy), [], strategy)
    assert backend.scenarios() == []
    store.save_session("s", full())
    assert store.merge_sessions("s", strategy) == full()
    assert store.merge_sessions(None, strategy) == full()


@strategies
def test_replaced_and_uncounted_sessions_are_merged_as_they_are(
    backend: LearningBackend, strategy: MergeStrategy
) -> None:
    """A merge is about sessions that are saved, whatever counts in totals."""
    backend.save_session("s", simple(1), SessionId("1"))
    backend.save(SessionKey("s", SessionId("1")), simple(50))
    backend.save(SessionKey("s", SessionId("2")), simple(70))
    merged = LearningStore(backend).merge_sessions("s", strategy)
    same(merged, [simple(50), simple(70)], strategy)


@strategies
def test_any_name_is_merged(
    backend: LearningBackend, capabilities: Capabilities, strategy: MergeStrategy
) -> None:
    """Names with ':' do not run together."""
    if not capabilities.any_name:
        return
    backend.save_session("s", any_named())
    backend.save_session("s", any_named())
    merged = LearningStore(backend).merge_sessions("s", strategy)
    same(merged, [any_named(), any_named()], strategy)


def test_a_sum_past_two_to_the_63_is_an_error(backend: LearningBackend) -> None:
    """Of one weighted count, and of many."""
    heavy = simple(2**53 - 1)
    heavy.episode_transitions.success_episodes = 2**53 - 1
    heavy.metadata.total_episodes = 1
    backend.save_session("s", heavy)
    backend.save_session("s", simple(1))
    with pytest.raises(CountOverflowError):
        LearningStore(backend).merge_sessions("s", SuccessWeighted())
    assert LearningStore(backend).merge_sessions("s", Additive()).action_stats["A"].visits == 2**53


def test_weighted_sums_are_exact_above_the_precision_of_doubles(backend: LearningBackend) -> None:
    """Each rounded count is an integer before it is added."""
    for count in (2**53 - 1, 2**53 - 1, 3):
        backend.save_session("s", simple(count))
    merged = LearningStore(backend).merge_sessions("s", TimeDecay(2**62))
    assert merged.episode_transitions.success_transitions["A", "B"] == 2**54 + 1


@pytest.mark.parametrize(
    ("filters", "error"),
    [
        ({"latest": -1}, CountOutOfRangeError),
        ({"since": 2**64}, CountOutOfRangeError),
        ({"until": "now"}, CountOutOfRangeError),
        ({"phase": "warmup"}, UnknownPhaseError),
        ({"group_id": "\0"}, InvalidTextError),
    ],
)
def test_a_bad_filter_is_refused(
    backend: LearningBackend, filters: dict[str, object], error: type[ValueError]
) -> None:
    """The error names it."""
    with pytest.raises(error, match=next(iter(filters))):
        LearningStore(backend).merge_sessions("s", Additive(), **filters)  # type: ignore[arg-type]


histories = st.lists(
    st.one_of(snapshots(actions=plain_names), snapshots(most=8, actions=plain_names)), min_size=2, max_size=4
)


@pytest.mark.property
@pytest.mark.parametrize(
    "kind",
    [
        st.just(Additive()),
        st.builds(TimeDecay, st.one_of(st.integers(1, 4), st.integers(1, 10**6))),
        st.just(SuccessWeighted()),
    ],
    ids=["additive", "time decay", "success"],
)
def test_merges_equal_the_oracle(
    backend: LearningBackend, kind: st.SearchStrategy[MergeStrategy], examples: int
) -> None:
    """For any snapshots and weights, to the last count."""
    store = LearningStore(backend)

    @settings(max_examples=examples)
    @given(histories, kind)
    def check(parts: list[LearningSnapshot], strategy: MergeStrategy) -> None:
        for session_id in backend.list_sessions("s"):
            backend.delete(SessionKey("s", session_id))
        for number, part in enumerate(parts):
            backend.save(SessionKey("s", SessionId(str(number))), part)
        try:
            merge_snapshots(parts, strategy)
        except CountOverflowError:
            with pytest.raises(CountOverflowError):
                store.merge_sessions("s", strategy)
        else:
            same(store.merge_sessions("s", strategy), parts, strategy)

    check()


TEXTS: dict[str, MergeStrategy] = {
    "additive": Additive(),
    "time-decay:2": TimeDecay(2),
    "success-weighted": SuccessWeighted(),
}


@pytest.mark.parametrize("text", TEXTS)
def test_a_strategy_may_be_given_as_its_text(history: LearningBackend, text: str) -> None:
    store = LearningStore(history)
    for wanted in ("s", None, "nowhere"):
        given, named = store.merge_sessions(wanted, TEXTS[text]), store.merge_sessions(wanted, text)
        same(named, [given], Additive())
    snapshots = history.query_latest("s", 5)[::-1]
    same(store.merge(snapshots, text), [store.merge(snapshots, TEXTS[text])], Additive())


NO_STRATEGIES: list[Any] = [
    None,
    5,
    "",
    "median",
    "Additive",
    "additive:1",
    "time-decay",
    "time-decay:",
    "time-decay:-1",
    "time-decay:1.5",
    "time-decay:\u0661",
    "time-decay:" + "9" * 5000,
    TimeDecay,
    Additive,
    ["additive"],
]


def test_what_is_no_strategy_is_refused(history: LearningBackend) -> None:
    """Also where there is nothing to merge, and nothing that a strategy would change."""
    store = LearningStore(history)
    for strategy in NO_STRATEGIES:
        for scenario in ("s", "nowhere", None):
            with pytest.raises(UnknownStrategyError, match=r"'time-decay:N'"):
                store.merge_sessions(scenario, strategy)
        for few in ([], [simple()], [simple(), simple()]):
            with pytest.raises(UnknownStrategyError):
                store.merge(few, strategy)
    with pytest.raises(CountOutOfRangeError, match="half_life"):
        store.merge_sessions("s", "time-decay:0")
