"""Columns that the three families share: a snapshot's header and its kinds of facts."""

from __future__ import annotations

from sqlalchemy.orm import Mapped

from swarmstore.db.tables.metadata import count, double, key, text
from swarmstore.db.types import Name


class HeaderColumns:
    """What a snapshot has once: metadata, episodes and the strategy in use."""

    version: Mapped[int] = count("Snapshot format version")
    scenario_name: Mapped[str | None] = text("The snapshot's own scenario name", nullable=True)
    task_description: Mapped[str | None] = text("What the swarm was asked to do", nullable=True)
    created_at: Mapped[int] = count("Seconds since 1970, as the agent said")
    session_count: Mapped[int] = count("Sessions in this snapshot")
    total_episodes: Mapped[int] = count("Episodes in this snapshot")
    total_actions: Mapped[int] = count("Actions in this snapshot")
    phase: Mapped[str | None] = text("bootstrap, release or validate", nullable=True)
    group_id: Mapped[str | None] = text("The group of sessions it belongs to", nullable=True)
    success_episodes: Mapped[int] = count("Episodes that succeeded")
    failure_episodes: Mapped[int] = count("Episodes that failed")
    current_strategy: Mapped[str | None] = text("The selection strategy in use", nullable=True)
    strategy_start_visits: Mapped[int] = count("Visits when that strategy began")
    strategy_start_success_rate: Mapped[float] = double("Success rate when that strategy began, 0 to 1")


class TransitionColumns:
    """How often the second action of a sequence followed the first. NULL: no entry; 0: an entry of 0."""

    success_count: Mapped[int | None] = count("Times in successful episodes", nullable=True)
    failure_count: Mapped[int | None] = count("Times in failed episodes", nullable=True)


class NgramColumns:
    """How often a run of three or four actions succeeded and failed."""

    success_count: Mapped[int] = count("Times in successful episodes")
    failure_count: Mapped[int] = count("Times in failed episodes")


class ActionColumns:
    """What an action did: alone (sequences of one) or after another one (sequences of two)."""

    visits: Mapped[int] = count("Times it was done")
    successes: Mapped[int] = count("Times it succeeded")
    failures: Mapped[int] = count("Times it failed")
    discoveries: Mapped[int] = count("Things it found")
    total_duration_ms: Mapped[int] = count("Milliseconds it took, all together")
    kpi_total: Mapped[float] = double("Sum of its KPI contributions")
    kpi_count: Mapped[int] = count("Times it had a KPI contribution")


class StrategyColumns:
    """What a selection strategy achieved."""

    visits: Mapped[int] = count("Actions chosen by it")
    successes: Mapped[int] = count("Actions that succeeded")
    failures: Mapped[int] = count("Actions that failed")
    usage_count: Mapped[int] = count("Times it was started")
    episodes_success: Mapped[int] = count("Episodes that succeeded under it")
    episodes_failure: Mapped[int] = count("Episodes that failed under it")


class SwitchColumns:
    """One change of strategy."""

    from_strategy: Mapped[str] = text("The strategy before")
    to_strategy: Mapped[str] = text("The strategy after")
    visits_at_switch: Mapped[int] = count("Visits at that moment")
    success_rate_at_switch: Mapped[float] = double("Success rate at that moment, 0 to 1")
    from_strategy_success_rate: Mapped[float] = double("Success rate of the strategy before, 0 to 1")


class BySequence:
    """Facts keyed by a sequence of actions; no foreign key, which would cost every save dearly."""

    sequence_id: Mapped[int] = key("The actions: action_sequences.id", place=1)


class ByStrategy:
    """Facts keyed by a strategy's name."""

    strategy: Mapped[str] = key("The strategy's name", type_=Name, place=1)


class ByOrdinal:
    """Facts in an order of their own."""

    ordinal: Mapped[int] = key("Its place in the history, from 0", place=1)
