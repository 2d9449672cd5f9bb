"""What one or many sessions counted: transitions, n-grams and per-action numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Self

Pair = tuple[str, str]
Triple = tuple[str, str, str]
Quadruple = tuple[str, str, str, str]
Runs = dict[tuple[str, ...], tuple[int, int]]
"""`(success, failure)` counts of runs of actions, all of one length."""
Scored = tuple[str, float]


def rate(part: int, whole: int, unseen: float = 0.5) -> float:
    """`part / whole`, or `unseen` when nothing was counted (upstream's 0.5)."""
    return part / whole if whole else unseen


def best_first(candidates: list[Scored]) -> list[Scored]:
    """Sort by score, highest first, and then by name in byte order, where upstream's order is random."""
    return sorted(candidates, key=lambda candidate: (-candidate[1], candidate[0]))


@dataclass(slots=True)
class EpisodeTransitions:
    """How often one action followed another in successful and in failed episodes.

    Keys are `(previous action, action)`. A key with count 0 differs from no key.
    """

    success_transitions: dict[Pair, int] = field(default_factory=dict)
    failure_transitions: dict[Pair, int] = field(default_factory=dict)
    success_episodes: int = 0
    failure_episodes: int = 0

    def success_transition_rate(self, prev: str, action: str) -> float:
        """The share of successes among this transition's occurrences, 0.5 when never seen."""
        successes = self.success_transitions.get((prev, action), 0)
        return rate(successes, successes + self.failure_transitions.get((prev, action), 0))

    def transition_value(self, prev: str, action: str) -> float:
        """The share of all successful transitions minus the share of all failed ones, -1 to 1."""
        return self._value(prev, action, *self._sums())

    def recommended_next_actions(self, prev: str) -> list[Scored]:
        """Actions that followed `prev` in successful episodes, with their value, best first."""
        sums = self._sums()
        return best_first(
            [
                (action, self._value(prev, action, *sums))
                for before, action in self.success_transitions
                if before == prev
            ]
        )

    def _sums(self) -> tuple[int, int]:
        return sum(self.success_transitions.values()), sum(self.failure_transitions.values())

    def _value(self, prev: str, action: str, successes: int, failures: int) -> float:
        key = (prev, action)
        return rate(self.success_transitions.get(key, 0), successes, 0.0) - rate(
            self.failure_transitions.get(key, 0), failures, 0.0
        )


@dataclass(slots=True)
class NgramStats:
    """`(success, failure)` counts of runs of three and four actions."""

    trigrams: dict[Triple, tuple[int, int]] = field(default_factory=dict)
    quadgrams: dict[Quadruple, tuple[int, int]] = field(default_factory=dict)

    LENGTHS: ClassVar[Mapping[str, int]] = {"trigrams": 3, "quadgrams": 4}
    """How many actions the keys of each field have."""

    @classmethod
    def of_lengths(cls, runs: Iterable[Runs]) -> Self:
        """Put together the counts of each length, in the order of LENGTHS."""
        made = cls()
        for name, counts in zip(cls.LENGTHS, runs, strict=True):
            setattr(made, name, counts)
        return made

    def by_length(self) -> list[Runs]:
        """Give the counts of each length, in the order of LENGTHS: the dictionaries themselves."""
        return [*self.by_name().values()]

    def by_name(self) -> dict[str, Runs]:
        """Give the same by the names of their fields."""
        return {name: getattr(self, name) for name in self.LENGTHS}

    def trigram_success_rate(self, a1: str, a2: str, a3: str) -> float:
        """The share of successes of this trigram, 0.5 when never seen."""
        return _success_rate(self.trigrams.get((a1, a2, a3), (0, 0)))

    def quadgram_success_rate(self, a1: str, a2: str, a3: str, a4: str) -> float:
        """The share of successes of this quadgram, 0.5 when never seen."""
        return _success_rate(self.quadgrams.get((a1, a2, a3, a4), (0, 0)))

    def trigram_value(self, a1: str, a2: str, a3: str) -> float:
        """The success rate stretched to -1 … 1; 0 when never seen."""
        return _value(self.trigrams.get((a1, a2, a3), (0, 0)))

    def recommended_after(self, a1: str, a2: str) -> list[Scored]:
        """Actions seen after these two, with their trigram's value, best first."""
        return best_first(
            [(key[2], _value(counts)) for key, counts in self.trigrams.items() if key[:2] == (a1, a2)]
        )

    def recommended_after_three(self, a1: str, a2: str, a3: str) -> list[Scored]:
        """Actions seen after these three, with their quadgram's value, best first."""
        prefix = (a1, a2, a3)
        return best_first(
            [(key[3], _value(counts)) for key, counts in self.quadgrams.items() if key[:3] == prefix]
        )

    def trigram_count(self) -> int:
        """How many different trigrams are known."""
        return len(self.trigrams)

    def quadgram_count(self) -> int:
        """How many different quadgrams are known."""
        return len(self.quadgrams)


def _success_rate(counts: tuple[int, int]) -> float:
    return rate(counts[0], counts[0] + counts[1])


def _value(counts: tuple[int, int]) -> float:
    return _success_rate(counts) * 2.0 - 1.0


@dataclass(slots=True)
class ActionStats:
    """What one action did, alone or after another one.

    `total_duration_ms` is in milliseconds (upstream's `total_duration`); `kpi_total` sums the KPI
    contributions of the `kpi_count` events that had one.
    """

    visits: int = 0
    successes: int = 0
    failures: int = 0
    discoveries: int = 0
    total_duration_ms: int = 0
    kpi_total: float = 0.0
    kpi_count: int = 0

    def success_rate(self) -> float:
        """Successes per visit, 0.5 when never visited."""
        return rate(self.successes, self.visits)

    def avg_duration(self) -> float:
        """Milliseconds per visit, 0 when never visited."""
        return rate(self.total_duration_ms, self.visits, 0.0)

    def avg_discoveries(self) -> float:
        """Discoveries per visit, 0 when never visited."""
        return rate(self.discoveries, self.visits, 0.0)

    def avg_kpi(self) -> float:
        """KPI contribution per event that had one, 0 when none had."""
        return self.kpi_total / self.kpi_count if self.kpi_count else 0.0
