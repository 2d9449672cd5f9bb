"""Merging snapshots: the strategies, their weights, the one rounding rule.

`merge_snapshots` is the reference: every merge and total in SQL gives the same integers. The formulas are
upstream's (`merge_snapshots` in snapshot.rs), with three differences: what upstream drops from a merge of
several (usage counts, discoveries, durations, KPIs) is kept, no sum wraps around, and a half-life of 0 is
refused.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import TypeVar, assert_never

from swarmstore.errors import CountOutOfRangeError, CountOverflowError, UnknownStrategyError
from swarmstore.model.limits import MAX_TOTAL, check_kind
from swarmstore.model.metadata import SnapshotMetadata, now_seconds
from swarmstore.model.selection import StrategyStats
from swarmstore.model.snapshot import LearningSnapshot
from swarmstore.model.stats import ActionStats, EpisodeTransitions

_Key = TypeVar("_Key")


@dataclass(frozen=True, slots=True)
class Additive:
    """Counts are added as they are."""


@dataclass(frozen=True, slots=True)
class TimeDecay:
    """A session's weight halves with every `half_life_sessions` newer ones: 0.5 ^ (age / half-life).

    Raises CountOutOfRangeError for a half-life that is not an integer of at least 1.
    """

    half_life_sessions: int

    def __post_init__(self) -> None:
        if type(self.half_life_sessions) is not int or self.half_life_sessions < 1:
            raise CountOutOfRangeError(
                "half_life_sessions",
                f"{self.half_life_sessions!r} would reduce every count to 0; use 1 or more sessions",
            )


@dataclass(frozen=True, slots=True)
class SuccessWeighted:
    """A session's weight is 1 + its share of successful episodes, or 1 without episodes."""


MergeStrategy = Additive | TimeDecay | SuccessWeighted

_ACCEPTED = (
    "use Additive(), TimeDecay(half_life_sessions=N) or SuccessWeighted(), "
    "or their texts 'additive', 'time-decay:N' and 'success-weighted'"
)
_TIME_DECAY = re.compile("time-decay:([0-9]{1,18})")


def check_strategy(strategy: object) -> MergeStrategy:
    """Return a strategy that is given as such, or as the text that the command line takes.

    Raises UnknownStrategyError, and CountOutOfRangeError for a half-life of 0.
    """
    if isinstance(strategy, MergeStrategy):
        return strategy
    if strategy == "additive":
        return Additive()
    if strategy == "success-weighted":
        return SuccessWeighted()
    if isinstance(strategy, str) and (found := _TIME_DECAY.fullmatch(strategy)):
        return TimeDecay(half_life_sessions=int(found[1]))
    raise UnknownStrategyError("strategy", f"{strategy!r} is not a strategy; {_ACCEPTED}")


def round_half_up(value: float) -> int:
    """Round values of at least 0 as Rust's `f64::round` does: halves are rounded up.

    `floor(value + 0.5)` would turn 0.49999999999999994 into 1.
    """
    whole = math.floor(value)
    return whole + (value - whole >= 0.5)


Episodes = tuple[int, int]
"""Of a session: the successful ones, and all of them."""


def merge_weights(sessions: Sequence[Episodes], strategy: MergeStrategy) -> list[float] | None:
    """Return one weight for each session, oldest first, or None if counts are added unweighted."""
    match strategy:
        case Additive():
            return None
        case TimeDecay(half_life):  # the newest has age 0
            return [0.5 ** (age / half_life) for age in range(len(sessions) - 1, -1, -1)]
        case SuccessWeighted():  # not clamped, as upstream
            return [1.0 + float(won) / float(all_) if all_ else 1.0 for won, all_ in sessions]
        case _:
            assert_never(strategy)


def merge_snapshots(snapshots: Sequence[LearningSnapshot], strategy: MergeStrategy | str) -> LearningSnapshot:
    """Merge snapshots given oldest first.

    strategy: one of the classes, or its text as the command line takes it, as `time-decay:7`.

    Without snapshots the result is `LearningSnapshot.empty()`; with one, its unchanged copy. With several:

    - each count is weighted and rounded, then added; `kpi_total` is weighted but not rounded;
    - counts in the metadata are added without weights;
    - scenario and task are those of the last snapshot, even if it has none;
    - phase, group, switch history and current strategy belong to single sessions and stay empty.

    Raises CountOverflowError if a sum exceeds 2^63 - 1, UnknownStrategyError.
    """
    chosen = check_strategy(strategy)
    check_kind("snapshots", snapshots, Sequence)
    for snapshot in snapshots:
        check_kind("snapshots", snapshot, LearningSnapshot)
    if not snapshots:
        return LearningSnapshot.empty()
    if len(snapshots) == 1:
        return snapshots[0].copy()
    episodes = [(s.episode_transitions.success_episodes, s.metadata.total_episodes) for s in snapshots]
    weights: Sequence[float | None] = merge_weights(episodes, chosen) or [None] * len(snapshots)
    merged = LearningSnapshot(metadata=_merge_metadata([s.metadata for s in snapshots]))
    for snapshot, weight in zip(snapshots, weights, strict=True):
        _add(merged, snapshot, weight)
    _check_sums(merged)
    check_kpis(merged)
    return merged


def add_to_total(total: LearningSnapshot | None, session: LearningSnapshot) -> LearningSnapshot:
    """Return the total after one more session: a copy of the first one, else the additive merge.

    Raises CountOverflowError.
    """
    return merge_snapshots([session] if total is None else [total, session], Additive())


def _merge_metadata(all_metadata: Sequence[SnapshotMetadata]) -> SnapshotMetadata:
    return SnapshotMetadata(
        scenario_name=all_metadata[-1].scenario_name,
        task_description=all_metadata[-1].task_description,
        created_at=now_seconds(),
        session_count=sum(m.session_count for m in all_metadata),
        total_episodes=sum(m.total_episodes for m in all_metadata),
        total_actions=sum(m.total_actions for m in all_metadata),
    )


Weighing = Callable[[int], int]


def _weighing(weight: float | None) -> Weighing:
    if weight is None:  # multiplying by 1.0 would already change 2^53 + 1
        return lambda count: count
    return lambda count: round_half_up(float(count) * weight)


def _add(merged: LearningSnapshot, snapshot: LearningSnapshot, weight: float | None) -> None:
    count, kpi_weight = _weighing(weight), 1.0 if weight is None else weight
    into, transitions = merged.episode_transitions, snapshot.episode_transitions
    _add_counts(into.success_transitions, transitions.success_transitions, count)
    _add_counts(into.failure_transitions, transitions.failure_transitions, count)
    into.success_episodes += count(transitions.success_episodes)
    into.failure_episodes += count(transitions.failure_episodes)
    for runs, of_snapshot in zip(
        merged.ngram_stats.by_length(), snapshot.ngram_stats.by_length(), strict=True
    ):
        _add_pairs(runs, of_snapshot, count)
    _add_actions(merged.contextual_stats, snapshot.contextual_stats, count, kpi_weight)
    _add_actions(merged.action_stats, snapshot.action_stats, count, kpi_weight)
    for name, strategy in snapshot.selection_performance.strategy_stats.items():
        total = merged.selection_performance.strategy_stats.setdefault(name, StrategyStats())
        for column in fields(StrategyStats):
            added = getattr(total, column.name) + count(getattr(strategy, column.name))
            setattr(total, column.name, added)


def _add_counts(into: dict[_Key, int], counts: dict[_Key, int], count: Weighing) -> None:
    for key, value in counts.items():
        into[key] = into.get(key, 0) + count(value)


def _add_pairs(
    into: dict[_Key, tuple[int, int]], counts: dict[_Key, tuple[int, int]], count: Weighing
) -> None:
    for key, (success, failure) in counts.items():
        total = into.get(key, (0, 0))
        into[key] = (total[0] + count(success), total[1] + count(failure))


def _add_actions(
    into: dict[_Key, ActionStats], stats: dict[_Key, ActionStats], count: Weighing, kpi_weight: float
) -> None:
    for key, added in stats.items():
        total = into.setdefault(key, ActionStats())
        total.visits += count(added.visits)
        total.successes += count(added.successes)
        total.failures += count(added.failures)
        total.discoveries += count(added.discoveries)
        total.total_duration_ms += count(added.total_duration_ms)
        total.kpi_total += added.kpi_total * kpi_weight
        total.kpi_count += count(added.kpi_count)


def check_kpis(merged: LearningSnapshot) -> None:
    """Refuse a merge with a sum of KPIs that no double can hold. Raises CountOverflowError."""
    for owner in ("action_stats", "contextual_stats"):
        for key, added in getattr(merged, owner).items():
            if not math.isfinite(added.kpi_total):
                raise CountOverflowError(
                    f"{owner}[{key!r}].kpi_total adds up to more than 1.8e308, the greatest double; "
                    "merge fewer sessions at once"
                )


def _check_sums(merged: LearningSnapshot) -> None:
    for name, value in _sums(merged):
        if value > MAX_TOTAL:
            raise CountOverflowError(
                f"{name} adds up to {value}, more than 2^63 - 1 can hold; merge fewer sessions at once"
            )


def _sums(merged: LearningSnapshot) -> Iterator[tuple[str, int]]:
    transitions = merged.episode_transitions
    yield from _fields("metadata", merged.metadata)
    yield from _fields("episode_transitions", transitions)
    for name in ("success_transitions", "failure_transitions"):
        yield from ((f"{name}{pair}", value) for pair, value in getattr(transitions, name).items())
    for name, ngrams in merged.ngram_stats.by_name().items():
        yield from ((f"{name}{names}", max(counts)) for names, counts in ngrams.items())
    for pair, stats in merged.contextual_stats.items():
        yield from _fields(f"contextual_stats{pair}", stats)
    for action, stats in merged.action_stats.items():
        yield from _fields(f"action_stats[{action!r}]", stats)
    for name, strategy in merged.selection_performance.strategy_stats.items():
        yield from _fields(f"strategy_stats[{name!r}]", strategy)


def _fields(
    owner: str, counted: SnapshotMetadata | EpisodeTransitions | ActionStats | StrategyStats
) -> Iterator[tuple[str, int]]:
    for column in fields(counted):
        value = getattr(counted, column.name)
        if isinstance(value, int):
            yield f"{owner}.{column.name}", value
