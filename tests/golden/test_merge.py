"""merge_snapshots gives upstream's numbers, and true ones where upstream's are not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

from swarmstore import (
    Additive,
    CountOutOfRangeError,
    InvalidTextError,
    LearningSnapshot,
    LearningStore,
    MemoryStorage,
    MergeStrategy,
    NonFiniteNumberError,
    SessionId,
    SessionKey,
    TextTooLongError,
    merge_snapshots,
)
from tests.golden.cases import DROPPED, as_data, close, folders, read, snapshots, strategy_of, without

U32 = 2**32
CASES = folders("merge")


cases = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])


@cases
def test_merge_is_upstreams(case: Path) -> None:
    check(case, merge_snapshots)


NOT_HELD = {  # values that no backend may hold (swarmstore/model/validation.py)
    "59-name-long": (TextTooLongError, "selection_performance.strategy_stats"),
    "68-float-one-ulp": (NonFiniteNumberError, "action_stats['A7'].kpi_total"),
}


@pytest.fixture(scope="module")
def store(lasting_database_url: str) -> Iterator[LearningStore]:
    """With a scenario for each case."""
    with LearningStore.open(lasting_database_url) as opened:
        yield opened


@cases
def test_merge_in_sql_is_upstreams(case: Path, store: LearningStore) -> None:
    def merge(given: list[LearningSnapshot], strategy: MergeStrategy) -> LearningSnapshot:
        return merge_in(store, case.name, given, strategy)

    if case.name in NOT_HELD:
        error, field = NOT_HELD[case.name]
        with pytest.raises(error) as refused:
            merge(snapshots(case), Additive())
        assert refused.value.field == field
    else:
        check(case, merge)


def merge_in(
    store: LearningStore, scenario: str, given: list[LearningSnapshot], strategy: MergeStrategy
) -> LearningSnapshot:
    for number, snapshot in enumerate(given):
        store.save_session(scenario, snapshot, f"{number:03}")
    return store.merge_sessions(scenario, strategy)


def test_long_names_of_actions_are_merged_in_sql(store: LearningStore) -> None:
    """The case that is refused for its strategy's name, without that."""
    (case,) = [case for case in CASES if case.name == "59-name-long"]
    given = snapshots(case)
    for snapshot in given:
        snapshot.selection_performance.strategy_stats.clear()
    merged = merge_in(store, "long names", given, Additive())
    expected = read(case / "expected.json")
    expected["selection_performance"]["strategy_stats"] = {}
    assert without(as_data(merged), "created_at", *DROPPED) == without(expected, *DROPPED)


def check(case: Path, merge: Callable[[list[LearningSnapshot], MergeStrategy], LearningSnapshot]) -> None:
    flags = read(case / "strategy.json")
    if flags.get("half_life_zero"):
        with pytest.raises(CountOutOfRangeError, match="half_life_sessions"):
            strategy_of(flags["strategy"], flags["half_life_sessions"])
        return
    given = snapshots(case)
    if flags["contains_nul"]:
        with pytest.raises(InvalidTextError):
            MemoryStorage().save(SessionKey("s", SessionId("1")), given[0])
        return
    strategy = strategy_of(flags["strategy"], flags.get("half_life_sessions"))
    merged = merge(given, strategy)
    expected = read(case / "expected.json")
    if isinstance(flags["created_at"], dict):
        assert merged.metadata.created_at == flags["created_at"]["kept"]
    ours = without(as_data(merged), "created_at")
    if len(given) < 2:
        assert close(ours, expected) if flags["float_ulp"] else ours == expected
        return
    comparable = without(ours, *DROPPED)
    if flags["overflow_wraps"]:
        comparable = each_count(comparable, lambda count: count % U32)
    if flags.get("saturates"):
        comparable = each_count(comparable, lambda count: min(count, U32 - 1))
    assert comparable == without(expected, *DROPPED)
    assert all(value == 0 for value in values_of(expected, *DROPPED))
    check_dropped(merged, given, weights_by_hand(given, flags))


def each_count(data: Any, change: Any) -> Any:
    if isinstance(data, dict):
        return {key: each_count(value, change) for key, value in data.items()}
    if isinstance(data, list):
        return [each_count(value, change) for value in data]
    return change(data) if isinstance(data, int) and not isinstance(data, bool) else data


def values_of(data: Any, *names: str) -> list[Any]:
    if isinstance(data, list):
        return [found for value in data for found in values_of(value, *names)]
    if not isinstance(data, dict):
        return []
    return [data[name] for name in names if name in data] + [
        found for key, value in data.items() if key not in names for found in values_of(value, *names)
    ]


def weights_by_hand(given: list[LearningSnapshot], flags: dict[str, Any]) -> list[float]:
    """Upstream's weights, written once more from its source."""
    if flags["strategy"] == "additive":
        return [1.0] * len(given)
    if flags["strategy"] == "time-decay":
        return [0.5 ** ((len(given) - 1 - i) / flags["half_life_sessions"]) for i in range(len(given))]
    totals = [(s.episode_transitions.success_episodes, s.metadata.total_episodes) for s in given]
    return [1.0 if total == 0 else 1.0 + success / total for success, total in totals]


def check_dropped(merged: LearningSnapshot, given: list[LearningSnapshot], weights: list[float]) -> None:
    """What upstream drops is summed here: each weighted and rounded on its own, KPIs not rounded."""

    def rounded(count: int, weight: float) -> int:
        return int(Decimal(count * weight).quantize(Decimal(1), ROUND_HALF_UP))

    for attribute in ("action_stats", "contextual_stats"):
        for key, stats in getattr(merged, attribute).items():
            parts = [
                (getattr(s, attribute)[key], weight)
                for s, weight in zip(given, weights, strict=True)
                if key in getattr(s, attribute)
            ]
            for name in ("discoveries", "total_duration_ms", "kpi_count"):
                assert getattr(stats, name) == sum(rounded(getattr(part, name), w) for part, w in parts)
            assert stats.kpi_total == pytest.approx(sum(p.kpi_total * w for p, w in parts), rel=1e-12)
    for name, strategy in merged.selection_performance.strategy_stats.items():
        assert strategy.usage_count == sum(
            rounded(s.selection_performance.strategy_stats[name].usage_count, weight)
            for s, weight in zip(given, weights, strict=True)
            if name in s.selection_performance.strategy_stats
        )


def test_what_upstream_drops_is_in_the_cases() -> None:
    """Else the comparison above would compare nothing."""
    given = [s for case in CASES for s in snapshots(case) if len(snapshots(case)) > 1]
    assert any(stats.discoveries and stats.kpi_total for s in given for stats in s.action_stats.values())
    assert any(stats.usage_count for s in given for stats in s.selection_performance.strategy_stats.values())
