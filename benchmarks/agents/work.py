"""What every agent does between loading and saving."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import TypeVar

from swarmstore import (
    ActionStats,
    EpisodeTransitions,
    LearningSnapshot,
    NgramStats,
    SelectionPerformance,
    SnapshotMetadata,
    StrategyStats,
)

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


def work(prior: LearningSnapshot) -> LearningSnapshot:
    """Learn some 700 rows: the first of all that the prior knows, each once."""
    episodes, ngrams = prior.episode_transitions, prior.ngram_stats
    done = ActionStats(visits=1, successes=1, total_duration_ms=100)
    return LearningSnapshot(
        metadata=SnapshotMetadata("scenario", "a run", 1_700_000_000, 1, 2, 700),
        episode_transitions=EpisodeTransitions(
            _first(154, episodes.success_transitions, 1), _first(51, episodes.failure_transitions, 1), 1, 1
        ),
        ngram_stats=NgramStats(_first(231, ngrams.trigrams, (1, 0)), _first(154, ngrams.quadgrams, (1, 0))),
        selection_performance=SelectionPerformance(
            dict.fromkeys(prior.selection_performance.strategy_stats, StrategyStats(visits=1, successes=1))
        ),
        contextual_stats=_first(119, prior.contextual_stats, done),
        action_stats=_first(40, prior.action_stats, done),
    )


def _first(count: int, keys: Iterable[_Key], value: _Value) -> dict[_Key, _Value]:
    return dict.fromkeys(islice(keys, count), value)
