"""The content of a report as plain data, which the backend has counted, ranked and shortened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Self, TypeVar

from swarmstore.model.confidence import wilson

_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate of successes with the bounds of its 95 % Wilson interval; all None without trials."""

    successes: int
    trials: int
    value: float | None
    low: float | None
    high: float | None

    @classmethod
    def of(cls, successes: int, trials: int) -> Self:
        """The rate of so many successes in so many trials."""
        if trials == 0:
            return cls(successes, trials, None, None, None)
        return cls(successes, trials, successes / trials, *wilson(successes, trials - successes))


@dataclass(frozen=True, slots=True)
class Top(Generic[_Row]):
    """The first rows of a ranking, and how many there are altogether."""

    rows: Sequence[_Row]
    of: int

    @property
    def more(self) -> int:
        """How many are not shown."""
        return max(0, self.of - len(self.rows))


@dataclass(frozen=True, slots=True)
class Span:
    """Times of a scenario's sessions in UTC, None if they are not known.

    first, newest: the times that the first and the newest session id stand for.
    saved: the last save, by the database's clock.
    """

    first: datetime | None = None
    newest: datetime | None = None
    saved: datetime | None = None


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """Sessions `first` to `last` of a scenario, counted from 1 in their order: a stretch of its history.

    rolling: the success rate of the sessions just up to `last`; None without an episode, and where
        a stretch is longer than what it looks at.
    """

    first: int
    last: int
    rate: Rate
    rolling: float | None


@dataclass(frozen=True, slots=True)
class PathRate:
    """The success rate of a run of actions, by the episodes that it occurred in."""

    actions: tuple[str, ...]
    rate: Rate


@dataclass(frozen=True, slots=True)
class StrategyResult:
    """What a selection strategy achieved. `rate` is that of its actions, `episodes` that of its episodes."""

    strategy: str
    usage_count: int
    rate: Rate
    episodes: Rate


@dataclass(frozen=True, slots=True)
class ActionCost:
    """What an action took. `mean_duration_ms` is per visit; `mean_kpi` per KPI contribution."""

    action: str
    rate: Rate
    visits: int
    total_duration_ms: int
    mean_duration_ms: float | None
    mean_kpi: float | None


@dataclass(frozen=True, slots=True)
class ScenarioLine:
    """One scenario in the list of all scenarios, with the times of its sessions."""

    scenario: str
    sessions: int
    episodes: Rate
    total_actions: int
    time: Span


@dataclass(frozen=True, slots=True)
class ScenarioFindings(ScenarioLine):
    """What one scenario has learned.

    actions: those with the most transitions, in that order; transitions: between these actions.
    best, worst: runs of three and four actions, ranked by the lower and the upper bound of their rate.
    """

    curve: Sequence[CurvePoint]
    actions: Top[str]
    transitions: Sequence[PathRate]
    best: Top[PathRate]
    worst: Top[PathRate]
    strategies: Top[StrategyResult]
    costs: Top[ActionCost]


@dataclass(frozen=True, slots=True)
class Findings:
    """The content of a report, as of one moment: `read_at`, in UTC, by the database's clock.

    waiting: the number of pending sessions, which the report includes.
    rolling: how many sessions a rolling success rate covers.
    """

    read_at: datetime
    sessions: int
    waiting: int
    rolling: int
    scenarios: Top[ScenarioLine]
    details: Top[ScenarioFindings]
