"""Sums of snapshots for totals that no file has, and totals without what was saved again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import TypeVar

from swarmstore.model.merge import Additive, merge_snapshots
from swarmstore.model.selection import StrategyStats
from swarmstore.model.snapshot import LearningSnapshot
from swarmstore.model.stats import ActionStats

_Key = TypeVar("_Key")
_Stats = TypeVar("_Stats", bound=ActionStats | StrategyStats)


def add_up(snapshots: Sequence[LearningSnapshot]) -> LearningSnapshot:
    """Their sum, as old as the newest of them: the same whenever it is made.

    Raises CountOverflowError, NonFiniteNumberError.
    """
    merged = merge_snapshots(snapshots, Additive())
    merged.metadata.created_at = max((each.metadata.created_at for each in snapshots), default=0)
    return merged


def without_repeat(total: LearningSnapshot, repeat: LearningSnapshot, times: int) -> LearningSnapshot | None:
    """A total without a session that repeats others; None where it has its counts fewer than `times`.

    What the engine does not add up, as durations, is taken away as far as it is there.
    """
    learned = _learned(total)
    if any(learned.get(key, 0) < times * count for key, count in _learned(repeat).items()):
        return None
    rest = total.copy()
    metadata, less = rest.metadata, repeat.metadata
    metadata.session_count = max(0, metadata.session_count - less.session_count)
    metadata.total_episodes = max(0, metadata.total_episodes - less.total_episodes)
    metadata.total_actions = max(0, metadata.total_actions - less.total_actions)
    transitions, again = rest.episode_transitions, repeat.episode_transitions
    transitions.success_episodes -= again.success_episodes
    transitions.failure_episodes -= again.failure_episodes
    _less_counts(transitions.success_transitions, again.success_transitions)
    _less_counts(transitions.failure_transitions, again.failure_transitions)
    for runs, less_runs in zip(rest.ngram_stats.by_length(), repeat.ngram_stats.by_length(), strict=True):
        _less_pairs(runs, less_runs)
    _less(rest.action_stats, repeat.action_stats)
    _less(rest.contextual_stats, repeat.contextual_stats)
    _less(rest.selection_performance.strategy_stats, repeat.selection_performance.strategy_stats)
    return rest


def _learned(snapshot: LearningSnapshot) -> dict[object, int]:
    """What was learned, count by count; of actions where there are no transitions."""
    transitions = snapshot.episode_transitions
    counts: dict[object, int] = {
        ("episodes", True): transitions.success_episodes,
        ("episodes", False): transitions.failure_episodes,
    }
    counts.update({(True, key): count for key, count in transitions.success_transitions.items()})
    counts.update({(False, key): count for key, count in transitions.failure_transitions.items()})
    for grams in snapshot.ngram_stats.by_length():
        for key, pair in grams.items():
            counts.update({(won, key): count for won, count in zip((True, False), pair, strict=True)})
    if not any(counts.values()):
        return {action: stats.visits for action, stats in snapshot.action_stats.items()}
    return counts


def _less_counts(there: dict[_Key, int], less: Mapping[_Key, int]) -> None:
    for key, count in less.items():
        rest = there.pop(key, 0) - count
        if rest:
            there[key] = rest


def _less_pairs(grams: dict[_Key, tuple[int, int]], less: Mapping[_Key, tuple[int, int]]) -> None:
    for key, (successes, failures) in less.items():
        before = grams.pop(key, (0, 0))
        rest = before[0] - successes, before[1] - failures
        if any(rest):
            grams[key] = rest


def _less(there: dict[_Key, _Stats], less: Mapping[_Key, _Stats]) -> None:
    """Take statistics away, none below nothing."""
    for key, gone in less.items():
        if key in there:
            for field in fields(gone):
                rest = getattr(there[key], field.name) - getattr(gone, field.name)
                setattr(there[key], field.name, max(0, rest) if isinstance(rest, int) else rest)
            if not any(getattr(there[key], field.name) for field in fields(gone)):
                del there[key]
