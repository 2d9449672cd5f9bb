"""Offline analysis: from the newest sessions to a model for the next run.

All formulas and thresholds are upstream's (`learn/offline.rs`); only the order of equal
recommended paths is ours, as upstream's changes from run to run.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from swarmstore.model.offline import OfflineModel, OptimalParameters, RecommendedPath, StrategyConfig
from swarmstore.model.snapshot import LearningSnapshot, now_seconds
from swarmstore.model.stats import Triple, rate

_LARGEST_VARIANCE = 0.25  # of a rate: half of them 0, half of them 1
_RATE_OBSERVATIONS = 3
_PATH_OBSERVATIONS = 5
_PATHS = 10


class OfflineAnalyzer:
    """Analyses snapshots, newest first as `query_latest` returns them."""

    def __init__(self, snapshots: Sequence[LearningSnapshot]) -> None:
        self._snapshots = snapshots
        episodes = [s.episode_transitions for s in snapshots]
        self._successes = sum(e.success_episodes for e in episodes)
        self._failures = sum(e.failure_episodes for e in episodes)

    def analyze(self) -> OfflineModel:
        """The model of these snapshots, updated now, without an action order."""
        return OfflineModel(
            parameters=self.analyze_parameters(),
            recommended_paths=self.extract_paths(),
            strategy_config=self.analyze_strategy(),
            analyzed_sessions=len(self._snapshots),
            updated_at=now_seconds(),
        )

    def analyze_parameters(self) -> OptimalParameters:
        """Explore less where episodes succeed, trust n-grams more where their rates differ."""
        if not self._snapshots:
            return OptimalParameters()
        success_rate = rate(self._successes, self._successes + self._failures)
        ucb1_c = 1.0 if success_rate > 0.8 else 2.0 if success_rate < 0.5 else math.sqrt(2)
        effectiveness = self._ngram_effectiveness()
        ngram_weight = 1.5 if effectiveness > 0.7 else 0.5 if effectiveness < 0.3 else 1.0
        return OptimalParameters(ucb1_c=ucb1_c, ngram_weight=ngram_weight)

    def extract_paths(self) -> list[RecommendedPath]:
        """The ten best trigrams of at least 5 observations.

        By success rate, then by observations (both descending), then by actions in byte order.
        """
        successes: Counter[Triple] = Counter()
        observations: Counter[Triple] = Counter()
        for snapshot in self._snapshots:
            for trigram, (success, failure) in snapshot.ngram_stats.trigrams.items():
                successes[trigram] += success
                observations[trigram] += success + failure
        paths = [
            RecommendedPath(list(trigram), successes[trigram] / observed, observed)
            for trigram, observed in observations.items()
            if observed >= _PATH_OBSERVATIONS
        ]
        return sorted(paths, key=lambda p: (-p.success_rate, -p.observations, p.actions))[:_PATHS]

    def analyze_strategy(self) -> StrategyConfig:
        """Thresholds and the first strategy from the error rate and the length of sessions."""
        if not self._snapshots:
            return StrategyConfig()
        error_rate = rate(self._failures, self._successes + self._failures, unseen=0.3)
        mean_actions = sum(s.metadata.total_actions for s in self._snapshots) / len(self._snapshots)
        return StrategyConfig(
            maturity_threshold=min(max(int(mean_actions * 0.1), 5), 50),
            error_rate_threshold=min(error_rate * 1.5, 0.5),
            initial_strategy="thompson" if error_rate > 0.4 else "greedy" if error_rate < 0.1 else "ucb1",
        )

    def _ngram_effectiveness(self) -> float:
        rates = [
            success / (success + failure)
            for snapshot in self._snapshots
            for success, failure in snapshot.ngram_stats.trigrams.values()
            if success + failure >= _RATE_OBSERVATIONS
        ]
        if not rates:
            return 0.5
        mean = math.fsum(rates) / len(rates)
        variance = math.fsum((r - mean) ** 2 for r in rates) / len(rates)
        return min(variance / _LARGEST_VARIANCE, 1.0)
