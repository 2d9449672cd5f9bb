"""What every agent does between loading and saving."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import TypeVar

from swarmstore import (
    EpisodeTransitions,
    LearningSnapshot,
    NgramStats,
    SelectionPerformance,
    SnapshotMetadata,
)

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


def work(prior: LearningSnapshot) -> LearningSnapshot:
    """Learn some 700 rows: the first of all that the prior knows."""
    episodes, ngrams = prior.episode_transitions, prior.ngram_stats
    return LearningSnapshot(
        metadata=SnapshotMetadata("scenario", "a run", 1_700_000_000, 1, 2, 700),
        episode_transitions=EpisodeTransitions(
            _some(episodes.success_transitions, 154), _some(episodes.failure_transitions, 51), 1, 1
        ),
        ngram_stats=NgramStats(_some(ngrams.trigrams, 231), _some(ngrams.quadgrams, 154)),
        selection_performance=SelectionPerformance(prior.selection_performance.strategy_stats),
        contextual_stats=_some(prior.contextual_stats, 119),
        action_stats=_some(prior.action_stats, 40),
    )


def _some(of: Mapping[_Key, _Value], count: int) -> dict[_Key, _Value]:
    return dict(islice(of.items(), count))
