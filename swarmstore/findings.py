"""What a report shows, as plain data: already counted, ranked and cut to size by the backend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar, runtime_checkable

_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of successes with the bounds of its 95 % Wilson interval; all None of no trials."""

    successes: int
    trials: int
    value: float | None
    low: float | None
    high: float | None


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
class CurvePoint:
    """Sessions `first` to `last` of a scenario, counted from 1 in their order: a stretch of its history.

    rolling: the success rate over the 20 sessions that end with `last`; None without an episode.
    """

    first: int
    last: int
    rate: Rate
    rolling: float | None


@dataclass(frozen=True, slots=True)
class PathRate:
    """How a run of actions ended: in episodes that succeeded, of all that it was seen in."""

    actions: tuple[str, ...]
    rate: Rate


@dataclass(frozen=True, slots=True)
class StrategyResult:
    """What a selection strategy achieved. `rate` is of its actions, `episodes` of its episodes."""

    strategy: str
    usage_count: int
    rate: Rate
    episodes: Rate


@dataclass(frozen=True, slots=True)
class ActionCost:
    """What an action took. `mean_duration_ms` is per visit; `mean_kpi` per KPI contribution."""

    action: str
    rate: Rate
    total_duration_ms: int
    mean_duration_ms: float | None
    mean_kpi: float | None


@dataclass(frozen=True, slots=True)
class ScenarioFindings:
    """What one scenario has learned.

    transitions: between the actions with the most transitions, which `actions` names in that order.
    best, worst: runs of three and four actions, by the lower and by the upper bound of their rate.
    first_saved_at, last_saved_at: by the database's clock, in UTC.
    """

    scenario: str
    sessions: int
    episodes: Rate
    total_actions: int
    first_saved_at: datetime | None
    last_saved_at: datetime | None
    curve: Sequence[CurvePoint]
    actions: Top[str]
    transitions: Sequence[PathRate]
    best: Top[PathRate]
    worst: Top[PathRate]
    strategies: Top[StrategyResult]
    costs: Top[ActionCost]


@dataclass(frozen=True, slots=True)
class ScenarioLine:
    """One scenario in the list of all."""

    scenario: str
    sessions: int
    episodes: Rate
    total_actions: int
    last_saved_at: datetime | None


@dataclass(frozen=True, slots=True)
class Findings:
    """A report's content, all of one moment, `read_at` by the database's clock, in UTC.

    waiting: sessions that cached totals do not have yet; what the report says includes them.
    """

    read_at: datetime
    sessions: int
    waiting: int
    scenarios: Top[ScenarioLine]
    details: Top[ScenarioFindings]


@runtime_checkable
class Reportable(Protocol):
    """A backend that can say what a report shows without loading what is stored."""

    def findings(self, scenario: str | None = None) -> Findings:
        """What the store has learned, or one scenario of it.

        Raises SnapshotNotFoundError for a scenario that was never saved.
        """
