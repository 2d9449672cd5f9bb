"""Columns of the tables of facts: one class a table, made of what such tables have in common.

Facts are written and read by columns, never as objects, so that their tables have no mapped classes: these
would take a quarter of what an agent's start takes. A table has the columns of the last class that it is
made of first.
"""

from __future__ import annotations

from sqlalchemy import Column, TypedColumns

from swarmstore.db.dialects.column_types import Count, ExactDouble, Name


def _key(comment: str) -> Column[int]:
    """A part of the primary key that somebody else gives out."""
    return Column(Count, primary_key=True, autoincrement=False, comment=comment)


def _count(comment: str, *, nullable: bool = False) -> Column[int]:
    return Column(Count, nullable=nullable, comment=comment)


def _double(comment: str) -> Column[float]:
    return Column(ExactDouble, nullable=False, comment=comment)


class OfSession(TypedColumns):
    """Which session facts are of."""

    session_row_id = _key("sessions.id")


class OfBaseline(TypedColumns):
    """Which baseline facts are of."""

    baseline_id = _key("baselines.id")


class OfTotal(TypedColumns):
    """Which total facts are of."""

    scenario_id = _key("scenarios.id, or 0 for the global total")


class InScenarioOfSession(TypedColumns):
    """The scenario, beside the session."""

    scenario_id = _key("As in sessions: all tables can be distributed by it")


class InScenarioOfBaseline(TypedColumns):
    """The scenario, beside the baseline."""

    scenario_id = _key("As in baselines: all tables can be distributed by it")


class BySequence(TypedColumns):
    """The key of most facts; no foreign key, which would cost every save dearly."""

    sequence_id = _key("The actions: action_sequences.id")


class ByStrategy(TypedColumns):
    """The key of facts about selection strategies."""

    strategy = Column(Name, primary_key=True, autoincrement=False, comment="The strategy's name")


class ByOrdinal(TypedColumns):
    """The key of what has an order of its own."""

    ordinal = _key("Its place in the history, from 0")


class Transitions(TypedColumns):
    """How often the second action of a sequence followed the first. NULL: no entry; 0: an entry of 0."""

    success_count = _count("Times in successful episodes", nullable=True)
    failure_count = _count("Times in failed episodes", nullable=True)


class Ngrams(TypedColumns):
    """How often a run of three or four actions succeeded and failed."""

    success_count = _count("Times in successful episodes")
    failure_count = _count("Times in failed episodes")


class Actions(TypedColumns):
    """What an action did: alone (sequences of one) or after another one (sequences of two)."""

    visits = _count("Times it was done")
    successes = _count("Times it succeeded")
    failures = _count("Times it failed")
    discoveries = _count("Things it found")
    total_duration_ms = _count("Milliseconds it took, all together")
    kpi_total = _double("Sum of its KPI contributions")
    kpi_count = _count("Times it had a KPI contribution")


class Strategies(TypedColumns):
    """What a selection strategy achieved."""

    visits = _count("Actions chosen by it")
    successes = _count("Actions that succeeded")
    failures = _count("Actions that failed")
    usage_count = _count("Times it was started")
    episodes_success = _count("Episodes that succeeded under it")
    episodes_failure = _count("Episodes that failed under it")


class Switches(TypedColumns):
    """A change of strategy."""

    from_strategy = Column(Name, nullable=False, comment="The strategy before")
    to_strategy = Column(Name, nullable=False, comment="The strategy after")
    visits_at_switch = _count("Visits at that moment")
    success_rate_at_switch = _double("Success rate at that moment, 0 to 1")
    from_strategy_success_rate = _double("Success rate of the strategy before, 0 to 1")
