"""Columns that the headers of the three families share."""

from __future__ import annotations

from sqlalchemy.orm import Mapped

from swarmstore.db.schema.declarative import count, double, text


class HeaderColumns:
    """What a snapshot has once: metadata, episodes and the strategy in use."""

    version: Mapped[int] = count("Snapshot format version")
    scenario_name: Mapped[str | None] = text("The snapshot's own scenario name")
    task_description: Mapped[str | None] = text("What the swarm was asked to do")
    created_at: Mapped[int] = count("Seconds since 1970, as the agent said")
    session_count: Mapped[int] = count("Sessions in this snapshot")
    total_episodes: Mapped[int] = count("Episodes in this snapshot")
    total_actions: Mapped[int] = count("Actions in this snapshot")
    phase: Mapped[str | None] = text("bootstrap, release or validate")
    group_id: Mapped[str | None] = text("The group of sessions it belongs to")
    success_episodes: Mapped[int] = count("Episodes that succeeded")
    failure_episodes: Mapped[int] = count("Episodes that failed")
    current_strategy: Mapped[str | None] = text("The selection strategy in use")
    strategy_start_visits: Mapped[int] = count("Visits when that strategy began")
    strategy_start_success_rate: Mapped[float] = double("Success rate when that strategy began, 0 to 1")
