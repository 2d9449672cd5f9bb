"""Offline analysis: from the newest sessions to a model for the next run.

All formulas and thresholds are upstream's (`learn/offline.rs`); only the order of equal
recommended paths is ours, as upstream's changes from run to run.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from swarmstore.model.metadata import now_seconds
from swarmstore.model.offline_model import OfflineModel, OptimalParameters, RecommendedPath, StrategyConfig
from swarmstore.model.snapshot import LearningSnapshot
from swarmstore.model.stats import Triple, rate

_LARGEST_VARIANCE = 0.25  # of a rate: half of them 0, half of them 1
RATE_OBSERVATIONS = 3
PATH_OBSERVATIONS = 5
_PATHS = 10


@dataclass(frozen=True, slots=True)
class AnalysisInput:
    """What an analysis looks at: few numbers, however many sessions there are.

    rates: the `(successes, observations)` of every trigram of every session with at least 3 observations,
        and how often each such pair occurs.
    paths: the `(successes, observations)` of each trigram over all sessions, with at least 5 observations.
    """

    sessions: int = 0
    success_episodes: int = 0
    failure_episodes: int = 0
    total_actions: int = 0
    rates: Mapping[tuple[int, int], int] = field(default_factory=dict)
    paths: Mapping[Triple, tuple[int, int]] = field(default_factory=dict)


def analysis_input_of(snapshots: Sequence[LearningSnapshot]) -> AnalysisInput:
    """Reduce snapshots to what an analysis looks at."""
    rates: Counter[tuple[int, int]] = Counter()
    successes: Counter[Triple] = Counter()
    observations: Counter[Triple] = Counter()
    for snapshot in snapshots:
        for trigram, (success, failure) in snapshot.ngram_stats.trigrams.items():
            successes[trigram] += success
            observations[trigram] += success + failure
            if success + failure >= RATE_OBSERVATIONS:
                rates[success, success + failure] += 1
    episodes = [s.episode_transitions for s in snapshots]
    return AnalysisInput(
        sessions=len(snapshots),
        success_episodes=sum(e.success_episodes for e in episodes),
        failure_episodes=sum(e.failure_episodes for e in episodes),
        total_actions=sum(s.metadata.total_actions for s in snapshots),
        rates=rates,
        paths={
            trigram: (successes[trigram], observed)
            for trigram, observed in observations.items()
            if observed >= PATH_OBSERVATIONS
        },
    )


class OfflineAnalyzer:
    """Analyses snapshots, newest first as `query_latest` returns them, or what they were reduced to."""

    def __init__(self, snapshots: Sequence[LearningSnapshot] | AnalysisInput) -> None:
        self._input = snapshots if isinstance(snapshots, AnalysisInput) else analysis_input_of(snapshots)

    def analyze(self) -> OfflineModel:
        """Return the model of these snapshots, updated now, without an action order."""
        return OfflineModel(
            parameters=self.analyze_parameters(),
            recommended_paths=self.extract_paths(),
            strategy_config=self.analyze_strategy(),
            analyzed_sessions=self._input.sessions,
            updated_at=now_seconds(),
        )

    def analyze_parameters(self) -> OptimalParameters:
        """Explore less where episodes succeed, trust n-grams more where their rates differ."""
        if not self._input.sessions:
            return OptimalParameters()
        successes, failures = self._input.success_episodes, self._input.failure_episodes
        success_rate = rate(successes, successes + failures)
        ucb1_c = 1.0 if success_rate > 0.8 else 2.0 if success_rate < 0.5 else math.sqrt(2)
        effectiveness = self._ngram_effectiveness()
        ngram_weight = 1.5 if effectiveness > 0.7 else 0.5 if effectiveness < 0.3 else 1.0
        return OptimalParameters(ucb1_c=ucb1_c, ngram_weight=ngram_weight)

    def extract_paths(self) -> list[RecommendedPath]:
        """Return the ten best trigrams of at least 5 observations.

        By success rate, then by observations (both descending), then by actions in byte order.
        """
        paths = [
            RecommendedPath(list(trigram), successes / observed, observed)
            for trigram, (successes, observed) in self._input.paths.items()
        ]
        return sorted(paths, key=lambda p: (-p.success_rate, -p.observations, p.actions))[:_PATHS]

    def analyze_strategy(self) -> StrategyConfig:
        """Derive thresholds and the first strategy from the error rate and the length of sessions."""
        if not self._input.sessions:
            return StrategyConfig()
        successes, failures = self._input.success_episodes, self._input.failure_episodes
        error_rate = rate(failures, successes + failures, unseen=0.3)
        mean_actions = self._input.total_actions / self._input.sessions
        return StrategyConfig(
            maturity_threshold=min(max(int(mean_actions * 0.1), 5), 50),
            error_rate_threshold=min(error_rate * 1.5, 0.5),
            initial_strategy="thompson" if error_rate > 0.4 else "greedy" if error_rate < 0.1 else "ucb1",
        )

    def _ngram_effectiveness(self) -> float:
        often = self._input.rates
        rates = [success / observed for (success, observed) in often for _ in range(often[success, observed])]
        if not rates:
            return 0.5
        mean = math.fsum(rates) / len(rates)
        variance = math.fsum((r - mean) ** 2 for r in rates) / len(rates)
        return min(variance / _LARGEST_VARIANCE, 1.0)
