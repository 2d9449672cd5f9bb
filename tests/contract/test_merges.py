"""Merging slices of history: the sessions that pass, oldest to newest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmstore import (
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
    merge_snapshots,
)
from tests.contract.conftest import Capabilities
from tests.snapshots import any_named, full, simple
from tests.strategies import plain_names, snapshots

STRATEGIES: list[MergeStrategy] = [Additive(), TimeDecay(2), SuccessWeighted()]
strategies = pytest.mark.parametrize("strategy", STRATEGIES, ids=["additive", "time decay", "success"])
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


def same(merged: LearningSnapshot, expected: LearningSnapshot) -> None:
    """Integers and all else exactly, KPI sums but for the order of adding."""
    for ours, theirs in (
        (merged.action_stats, expected.action_stats),
        (merged.contextual_stats, expected.contextual_stats),
    ):
        assert ours.keys() == theirs.keys()  # type: ignore[comparison-overlap]
        for stats, true in zip(sorted(ours.items()), sorted(theirs.items()), strict=True):  # type: ignore[type-var]
            assert stats[1].kpi_total == pytest.approx(true[1].kpi_total, rel=1e-9, abs=1e-300)
            stats[1].kpi_total = true[1].kpi_total
    merged.metadata.created_at = expected.metadata.created_at
    assert merged == expected


@strategies
@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
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
    ],
)
def test_a_slice_is_merged_as_its_snapshots_are(
    history: LearningBackend, strategy: MergeStrategy, filters: dict[str, int], numbers: list[int]
) -> None:
    """Filters first, then the latest; the age of a session is its place in the slice."""
    merged = LearningStore(history).merge_sessions("s", strategy, **filters)  # type: ignore[arg-type]
    same(merged, merge_snapshots([session(number) for number in numbers], strategy))


@strategies
def test_all_scenarios_are_merged_by_id_and_then_by_name(
    history: LearningBackend, strategy: MergeStrategy
) -> None:
    """Of the same id the scenario that comes first in byte order is the older."""
    merged = LearningStore(history).merge_sessions(None, strategy)
    order = [session(0), simple(1), session(1), session(2), simple(3), session(3), session(4)]
    same(merged, merge_snapshots(order, strategy))
    merged = LearningStore(history).merge_sessions(None, strategy, latest=3)
    same(merged, merge_snapshots(order[-3:], strategy))


@strategies
def test_no_session_gives_an_empty_snapshot_and_one_its_copy(
    backend: LearningBackend, strategy: MergeStrategy
) -> None:
    """Also for a scenario that was never saved, which asking does not create."""
    store = LearningStore(backend)
    same(store.merge_sessions("nowhere", strategy), LearningSnapshot.empty())
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
    same(merged, merge_snapshots([simple(50), simple(70)], strategy))


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
    same(merged, merge_snapshots([any_named(), any_named()], strategy))


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


halves = st.sampled_from([0, 1, 2, 3, 5, 6, 10, 2**53 - 1, 2**52 + 1])


@pytest.mark.property
@given(
    parts=st.lists(
        st.one_of(snapshots(actions=plain_names), snapshots(most=8, actions=plain_names)),
        min_size=2,
        max_size=4,
    ),
    strategy=st.one_of(
        st.just(Additive()),
        st.builds(TimeDecay, st.one_of(st.integers(1, 4), st.integers(1, 10**6))),
        st.just(SuccessWeighted()),
    ),
)
def test_merges_equal_the_oracle(
    backend: LearningBackend, parts: list[LearningSnapshot], strategy: MergeStrategy
) -> None:
    """For any snapshots and weights, to the last count."""
    for session_id in backend.list_sessions("s"):
        backend.delete(SessionKey("s", session_id))
    for number, part in enumerate(parts):
        backend.save(SessionKey("s", SessionId(str(number))), part)
    try:
        expected = merge_snapshots(parts, strategy)
    except CountOverflowError:
        with pytest.raises(CountOverflowError):
            LearningStore(backend).merge_sessions("s", strategy)
        return
    scale = sum(abs(stats.kpi_total) for part in parts for stats in part.action_stats.values())
    scale += sum(abs(stats.kpi_total) for part in parts for stats in part.contextual_stats.values())
    exactly(LearningStore(backend).merge_sessions("s", strategy), expected, scale)


def exactly(merged: LearningSnapshot, expected: LearningSnapshot, scale: float) -> None:
    for ours, theirs in (
        (sorted(merged.action_stats.items()), sorted(expected.action_stats.items())),
        (sorted(merged.contextual_stats.items()), sorted(expected.contextual_stats.items())),
    ):
        for stats, true in zip(ours, theirs, strict=True):  # type: ignore[arg-type]
            assert abs(stats[1].kpi_total - true[1].kpi_total) <= 1e-9 * scale
            stats[1].kpi_total = true[1].kpi_total
    merged.metadata.created_at = expected.metadata.created_at
    assert merged == expected
