"""Upstream's JSON as msgspec structs: which fields there are, and which may be absent.

As serde reads them: an optional field, and a KPI, may be absent; all else is required; unknown
fields are ignored.
"""

from __future__ import annotations

from types import NoneType

from msgspec import Struct, field

from swarmstore.model.metadata import LearningPhase
from swarmstore.model.offline_model import ActionOrderSource, RecommendedPath

_null = field(default_factory=NoneType)  # in place of None, as `omit_defaults` leaves no factory's value out


class Metadata(Struct, kw_only=True, omit_defaults=True):
    """`metadata`."""

    scenario_name: str | None = _null
    task_description: str | None = _null
    created_at: int
    session_count: int
    total_episodes: int
    total_actions: int
    phase: LearningPhase | None = None
    group_id: str | None = None


class Transitions(Struct):
    """`episode_transitions`; keys are "previous:action"."""

    success_transitions: dict[str, int]
    failure_transitions: dict[str, int]
    success_episodes: int
    failure_episodes: int


class Ngrams(Struct):
    """`ngram_stats`; keys are three or four actions joined by ':'."""

    trigrams: dict[str, tuple[int, int]]
    quadgrams: dict[str, tuple[int, int]]


class Strategy(Struct):
    """One of `strategy_stats`."""

    visits: int
    successes: int
    failures: int
    usage_count: int
    episodes_success: int
    episodes_failure: int


class Switch(Struct, rename={"from_": "from"}):
    """One of `switch_history`."""

    from_: str
    to: str
    visits_at_switch: int
    success_rate_at_switch: float
    from_strategy_success_rate: float


class Performance(Struct, kw_only=True):
    """`selection_performance`."""

    strategy_stats: dict[str, Strategy]
    switch_history: list[Switch]
    current_strategy: str | None = None
    strategy_start_visits: int
    strategy_start_success_rate: float


class Action(Struct):
    """One of `action_stats` or `contextual_stats`; `total_duration` in milliseconds."""

    visits: int
    successes: int
    failures: int
    discoveries: int
    total_duration: int
    kpi_total: float = 0.0
    kpi_count: int = 0


class Versioned(Struct):
    """What a `stats.json` and an `offline_model.json` have in every version."""

    version: int


class Snapshot(Versioned):
    """A `stats.json`."""

    metadata: Metadata
    episode_transitions: Transitions
    ngram_stats: Ngrams
    selection_performance: Performance
    contextual_stats: dict[str, Action]
    action_stats: dict[str, Action]


class Parameters(Struct):
    """`parameters`."""

    ucb1_c: float
    learning_weight: float
    ngram_weight: float


class Config(Struct):
    """`strategy_config`."""

    maturity_threshold: int
    error_rate_threshold: float
    initial_strategy: str


class Lora(Struct, omit_defaults=True):
    """`lora`."""

    id: int
    scale: float
    name: str | None = None


class Order(Struct):
    """`action_order`."""

    discover: list[str]
    not_discover: list[str]
    action_set_hash: int
    source: ActionOrderSource = ActionOrderSource.LLM
    lora: Lora | None = None
    validated_accuracy: float | None = None


class Model(Versioned):
    """An `offline_model.json`."""

    parameters: Parameters
    recommended_paths: list[RecommendedPath]
    strategy_config: Config
    analyzed_sessions: int
    updated_at: int
    action_order: Order | None = None
