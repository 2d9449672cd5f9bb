"""How well each selection strategy did, and when the swarm changed from one to another."""

from __future__ import annotations

from dataclasses import dataclass, field

from swarmstore.model.stats import rate

_MATURE_VISITS = 10


@dataclass(slots=True)
class StrategyStats:
    """What one selection strategy achieved, in actions and in episodes."""

    visits: int = 0
    successes: int = 0
    failures: int = 0
    usage_count: int = 0
    episodes_success: int = 0
    episodes_failure: int = 0

    def success_rate(self) -> float:
        """Successes per visit, 0.5 without visits."""
        return rate(self.successes, self.visits)

    def episode_success_rate(self) -> float:
        """The share of successful episodes, 0.5 without episodes."""
        return rate(self.episodes_success, self.episodes_success + self.episodes_failure)


@dataclass(frozen=True, slots=True)
class StrategySwitchEvent:
    """One change of strategy; rates are 0 … 1 at the moment of the change."""

    from_: str
    to: str
    visits_at_switch: int
    success_rate_at_switch: float
    from_strategy_success_rate: float


@dataclass(slots=True)
class SelectionPerformance:
    """Statistics by strategy name, the history of switches and the strategy in use."""

    strategy_stats: dict[str, StrategyStats] = field(default_factory=dict)
    switch_history: list[StrategySwitchEvent] = field(default_factory=list)
    current_strategy: str | None = None
    strategy_start_visits: int = 0
    strategy_start_success_rate: float = 0.0

    def start_strategy(self, strategy: str, current_visits: int, current_success_rate: float) -> None:
        """Begin using `strategy`; a switch event is kept only when the name changes."""
        previous = self.current_strategy
        if previous is not None and previous != strategy:
            before = self.strategy_stats.get(previous, StrategyStats())
            self.switch_history.append(
                StrategySwitchEvent(
                    previous, strategy, current_visits, current_success_rate, before.success_rate()
                )
            )
        self.current_strategy = strategy
        self.strategy_start_visits = current_visits
        self.strategy_start_success_rate = current_success_rate
        self._stats(strategy).usage_count += 1

    def record_action(self, success: bool) -> None:
        """Count one action for the strategy in use, if there is one."""
        if self.current_strategy is not None:
            stats = self._stats(self.current_strategy)
            stats.visits += 1
            stats.successes += bool(success)
            stats.failures += not success

    def record_episode_end(self, success: bool) -> None:
        """Count one finished episode for the strategy in use, if there is one."""
        if self.current_strategy is not None:
            stats = self._stats(self.current_strategy)
            stats.episodes_success += bool(success)
            stats.episodes_failure += not success

    def strategy_effectiveness(self, strategy: str) -> float | None:
        """The strategy's success rate, None when it was never used."""
        stats = self.strategy_stats.get(strategy)
        return None if stats is None else stats.success_rate()

    def best_strategy(self) -> tuple[str, float] | None:
        """Return the strategy with the highest success rate among those with 10 visits or more, or None.

        Among equals, the first name in byte order is chosen; upstream's choice is random.
        """
        mature = [
            (name, stats.success_rate())
            for name, stats in self.strategy_stats.items()
            if stats.visits >= _MATURE_VISITS
        ]
        return min(mature, key=lambda entry: (-entry[1], entry[0]), default=None)

    def recommended_strategy(self, failure_rate: float, visits: int) -> str:  # noqa: ARG002
        """Return the strategy to use at this failure rate, by upstream's scores and order of ties.

        As in upstream, `visits` does not influence the score.
        """
        bonus = {
            "UCB1": failure_rate * 0.2,
            "Greedy": (1.0 - failure_rate) * 0.2,
            "Thompson": (0.5 - abs(failure_rate - 0.5)) * 0.2,
        }
        return max(bonus, key=lambda name: self._success_rate(name) + bonus[name])

    def _success_rate(self, strategy: str) -> float:
        return self.strategy_stats.get(strategy, StrategyStats()).success_rate()

    def _stats(self, strategy: str) -> StrategyStats:
        return self.strategy_stats.setdefault(strategy, StrategyStats())
