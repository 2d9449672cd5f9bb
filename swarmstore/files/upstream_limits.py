"""What upstream can read of a snapshot or a model: the rest is left out or brought down.

Counts stop at 2^32 - 1, a LoRA's scale at the greatest 32-bit float. Statistics by context it can
neither write nor read, and names with a ':' before the last place would come back as other names:
both are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, replace
from enum import StrEnum
from typing import TypeVar

from swarmstore.model.json.joined_keys import joinable
from swarmstore.model.offline_model import LearnedActionOrder, OfflineModel
from swarmstore.model.selection import SelectionPerformance, StrategyStats
from swarmstore.model.snapshot import LearningSnapshot
from swarmstore.model.stats import ActionStats, EpisodeTransitions, NgramStats
from swarmstore.model.versions import MODEL_VERSION, SNAPSHOT_VERSION

_Key = TypeVar("_Key", bound=tuple[str, ...])
_Value = TypeVar("_Value")

MOST = 2**32 - 1
GREATEST_SCALE = float.fromhex("0x1.fffffep+127")


class Limit(StrEnum):
    """Why a file holds less than the store."""

    CONTEXTS = "statistics by context"
    NAMES = "names with ':'"
    COUNTS = "counts above 4294967295"
    SCALE = "a LoRA's scale above 3.4e38"
    VERSION = "versions above 1"


class Readable:
    """Makes readable copies; `limits` says what stood in the way."""

    def __init__(self) -> None:
        self.limits: set[Limit] = set()

    def snapshot(self, whole: LearningSnapshot) -> LearningSnapshot:
        """What upstream can read of a snapshot."""
        metadata, episodes, ngrams = whole.metadata, whole.episode_transitions, whole.ngram_stats
        if whole.contextual_stats:
            self.limits.add(Limit.CONTEXTS)
        return LearningSnapshot(
            version=self._version(whole.version, SNAPSHOT_VERSION),
            metadata=replace(
                metadata,
                session_count=self._count(metadata.session_count),
                total_episodes=self._count(metadata.total_episodes),
                total_actions=self._count(metadata.total_actions),
            ),
            episode_transitions=EpisodeTransitions(
                self._counts(episodes.success_transitions),
                self._counts(episodes.failure_transitions),
                self._count(episodes.success_episodes),
                self._count(episodes.failure_episodes),
            ),
            ngram_stats=NgramStats(self._pairs(ngrams.trigrams), self._pairs(ngrams.quadgrams)),
            selection_performance=self._performance(whole.selection_performance),
            action_stats={name: self._action(stats) for name, stats in whole.action_stats.items()},
        )

    def model(self, whole: OfflineModel) -> OfflineModel:
        """What upstream can read of an offline model."""
        return replace(
            whole,
            version=self._version(whole.version, MODEL_VERSION),
            recommended_paths=[
                replace(path, observations=self._count(path.observations)) for path in whole.recommended_paths
            ],
            strategy_config=replace(
                whole.strategy_config,
                maturity_threshold=self._count(whole.strategy_config.maturity_threshold),
            ),
            action_order=None if whole.action_order is None else self._order(whole.action_order),
        )

    def _version(self, version: int, newest: int) -> int:
        # what is written is all of that version; a newer one is refused where a store's files are read
        if version > newest:
            self.limits.add(Limit.VERSION)
        return min(version, newest)

    def _order(self, order: LearnedActionOrder) -> LearnedActionOrder:
        if order.lora is None:
            return order
        lora = replace(order.lora, id=self._count(order.lora.id), scale=self._scale(order.lora.scale))
        return replace(order, lora=lora)

    def _performance(self, performance: SelectionPerformance) -> SelectionPerformance:
        return replace(
            performance,
            strategy_stats={
                name: StrategyStats(*map(self._count, astuple(stats)))
                for name, stats in performance.strategy_stats.items()
            },
            switch_history=[
                replace(switch, visits_at_switch=self._count(switch.visits_at_switch))
                for switch in performance.switch_history
            ],
            strategy_start_visits=self._count(performance.strategy_start_visits),
        )

    def _action(self, stats: ActionStats) -> ActionStats:
        return replace(
            stats,
            visits=self._count(stats.visits),
            successes=self._count(stats.successes),
            failures=self._count(stats.failures),
            discoveries=self._count(stats.discoveries),
            kpi_count=self._count(stats.kpi_count),
        )

    def _counts(self, counted: Mapping[_Key, int]) -> dict[_Key, int]:
        return {key: self._count(value) for key, value in self._joinable(counted).items()}

    def _pairs(self, counted: Mapping[_Key, tuple[int, int]]) -> dict[_Key, tuple[int, int]]:
        kept = self._joinable(counted)
        return {key: (self._count(good), self._count(bad)) for key, (good, bad) in kept.items()}

    def _joinable(self, counted: Mapping[_Key, _Value]) -> Mapping[_Key, _Value]:
        kept = {key: value for key, value in counted.items() if joinable(key)}
        if len(kept) < len(counted):
            self.limits.add(Limit.NAMES)
        return kept

    def _count(self, value: int) -> int:
        if value > MOST:
            self.limits.add(Limit.COUNTS)
        return min(value, MOST)

    def _scale(self, value: float) -> float:
        if abs(value) > GREATEST_SCALE:
            self.limits.add(Limit.SCALE)
        return max(-GREATEST_SCALE, min(value, GREATEST_SCALE))


def with_unreadable(read: LearningSnapshot, whole: LearningSnapshot) -> LearningSnapshot:
    """What upstream made of a file since, with what it could not read and so did not touch."""
    runs, all_runs = read.episode_transitions, whole.episode_transitions
    return replace(
        read,
        episode_transitions=replace(
            runs,
            success_transitions=_joined(runs.success_transitions, all_runs.success_transitions),
            failure_transitions=_joined(runs.failure_transitions, all_runs.failure_transitions),
        ),
        ngram_stats=NgramStats(
            _joined(read.ngram_stats.trigrams, whole.ngram_stats.trigrams),
            _joined(read.ngram_stats.quadgrams, whole.ngram_stats.quadgrams),
        ),
        contextual_stats=whole.contextual_stats | read.contextual_stats,
    )


def _joined(read: dict[_Key, _Value], whole: Mapping[_Key, _Value]) -> dict[_Key, _Value]:
    return read | {key: value for key, value in whole.items() if not joinable(key)}
