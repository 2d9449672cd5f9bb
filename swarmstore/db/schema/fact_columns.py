"""Columns of each kind of facts, made anew for each table that has them.

Facts are written and read by columns, never as objects, so that their tables have no mapped classes: these
would take a quarter of what an agent's start takes.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from sqlalchemy import Column

from swarmstore.db.dialects.column_types import Count, ExactDouble, Name
from swarmstore.db.dialects.packed_arrays import Type

_Column: TypeAlias = Column[Any]
FactColumns: TypeAlias = list[_Column]
"""The key of facts, and their values."""


def transitions() -> FactColumns:
    """How often the second action of a sequence followed the first. NULL: no entry; 0: an entry of 0."""
    return [
        _by_sequence(),
        _count("success_count", "Times in successful episodes", nullable=True),
        _count("failure_count", "Times in failed episodes", nullable=True),
    ]


def ngrams() -> FactColumns:
    """How often a run of three or four actions succeeded and failed."""
    return [
        _by_sequence(),
        _count("success_count", "Times in successful episodes"),
        _count("failure_count", "Times in failed episodes"),
    ]


def actions() -> FactColumns:
    """What an action did: alone (sequences of one) or after another one (sequences of two)."""
    return [
        _by_sequence(),
        _count("visits", "Times it was done"),
        _count("successes", "Times it succeeded"),
        _count("failures", "Times it failed"),
        _count("discoveries", "Things it found"),
        _count("total_duration_ms", "Milliseconds it took, all together"),
        _double("kpi_total", "Sum of its KPI contributions"),
        _count("kpi_count", "Times it had a KPI contribution"),
    ]


def strategies() -> FactColumns:
    """What a selection strategy achieved."""
    return [
        key_column("strategy", "The strategy's name", Name),
        _count("visits", "Actions chosen by it"),
        _count("successes", "Actions that succeeded"),
        _count("failures", "Actions that failed"),
        _count("usage_count", "Times it was started"),
        _count("episodes_success", "Episodes that succeeded under it"),
        _count("episodes_failure", "Episodes that failed under it"),
    ]


def switches() -> FactColumns:
    """The changes of strategy, in an order of their own."""
    return [
        key_column("ordinal", "Its place in the history, from 0"),
        Column("from_strategy", Name, nullable=False, comment="The strategy before"),
        Column("to_strategy", Name, nullable=False, comment="The strategy after"),
        _count("visits_at_switch", "Visits at that moment"),
        _double("success_rate_at_switch", "Success rate at that moment, 0 to 1"),
        _double("from_strategy_success_rate", "Success rate of the strategy before, 0 to 1"),
    ]


def _by_sequence() -> _Column:
    """The key of most; no foreign key, which would cost every save dearly."""
    return key_column("sequence_id", "The actions: action_sequences.id")


def key_column(name: str, comment: str, type_: Type = Count) -> _Column:
    """A part of the primary key that somebody else gives out."""
    return Column(name, type_, primary_key=True, autoincrement=False, comment=comment)


def _count(name: str, comment: str, *, nullable: bool = False) -> _Column:
    return Column(name, Count, nullable=nullable, comment=comment)


def _double(name: str, comment: str) -> _Column:
    return Column(name, ExactDouble, nullable=False, comment=comment)
