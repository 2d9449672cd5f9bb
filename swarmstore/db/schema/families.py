"""Families by the kinds of their tables, so that one statement builder serves all: two of the three.

Facts are written and read by columns, never as objects, so that their tables have no mapped classes: these
would take a quarter of what an agent's start takes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from sqlalchemy import Column, Table
from sqlalchemy.schema import SchemaItem

from swarmstore.db.dialects.column_types import Count, ExactDouble, Name
from swarmstore.db.dialects.functions import leave_room
from swarmstore.db.dialects.packed_arrays import Type
from swarmstore.db.dialects.row_keys import belongs_to
from swarmstore.db.schema.declarative import STRICT_BY_KEY, Base
from swarmstore.db.schema.sessions import Rollup, SessionRow


class Kind(StrEnum):
    """The kinds of facts in a snapshot, in the order in which every transaction writes them."""

    TRANSITIONS = "transitions"
    NGRAMS = "ngrams"
    CONTEXTS = "contexts"
    ACTIONS = "actions"
    STRATEGIES = "strategies"
    SWITCHES = "strategy_switches"


BY_SEQUENCE = (Kind.TRANSITIONS, Kind.NGRAMS, Kind.CONTEXTS, Kind.ACTIONS)
"""Facts that are about actions."""
# Facts that add up, with their key within a snapshot; switches are only ever copied
SUMMED = {**dict.fromkeys(BY_SEQUENCE, "sequence_id"), Kind.STRATEGIES: "strategy"}
KEYS = {**SUMMED, Kind.SWITCHES: "ordinal"}


@dataclass(frozen=True, eq=False)
class Family:
    """A header table, its tables of facts, and the column that ties them together."""

    header: type[Base]
    owner: str
    facts: dict[Kind, Table]

    def owner_column(self, kind: Kind) -> Column[int]:
        """The column of a fact table that names the header row."""
        return self.facts[kind].c[self.owner]

    def has_scenario(self) -> bool:
        """Whether facts carry their scenario beside their owner."""
        return self.owner != "scenario_id"

    def values(self, kind: Kind) -> list[str]:
        """The names of a fact table's columns without its key."""
        return [column.name for column in self.facts[kind].c if not column.primary_key]


_Column: TypeAlias = Column[Any]


def _transitions() -> list[_Column]:
    """How often the second action of a sequence followed the first. NULL: no entry; 0: an entry of 0."""
    return [
        _by_sequence(),
        _count("success_count", "Times in successful episodes", nullable=True),
        _count("failure_count", "Times in failed episodes", nullable=True),
    ]


def _ngrams() -> list[_Column]:
    """How often a run of three or four actions succeeded and failed."""
    return [
        _by_sequence(),
        _count("success_count", "Times in successful episodes"),
        _count("failure_count", "Times in failed episodes"),
    ]


def _actions() -> list[_Column]:
    """What an action did: alone (sequences of one) or after another one (sequences of two)."""
    return [
        _by_sequence(),
        _count("visits", "Times it was done"),
        _count("successes", "Times it succeeded"),
        _count("failures", "Times it failed"),
        _count("discoveries", "Things it found"),
        _count("total_duration_ms", "Milliseconds it took, all together"),
        _value("kpi_total", ExactDouble, "Sum of its KPI contributions"),
        _count("kpi_count", "Times it had a KPI contribution"),
    ]


def _strategies() -> list[_Column]:
    """What a selection strategy achieved."""
    return [
        _key("strategy", "The strategy's name", Name),
        _count("visits", "Actions chosen by it"),
        _count("successes", "Actions that succeeded"),
        _count("failures", "Actions that failed"),
        _count("usage_count", "Times it was started"),
        _count("episodes_success", "Episodes that succeeded under it"),
        _count("episodes_failure", "Episodes that failed under it"),
    ]


def _switches() -> list[_Column]:
    """The changes of strategy, in an order of their own."""
    return [
        _key("ordinal", "Its place in the history, from 0"),
        _value("from_strategy", Name, "The strategy before"),
        _value("to_strategy", Name, "The strategy after"),
        _count("visits_at_switch", "Visits at that moment"),
        _value("success_rate_at_switch", ExactDouble, "Success rate at that moment, 0 to 1"),
        _value("from_strategy_success_rate", ExactDouble, "Success rate of the strategy before, 0 to 1"),
    ]


def _by_sequence() -> _Column:
    """The key of most; no foreign key, which would cost every save dearly."""
    return _key("sequence_id", "The actions: action_sequences.id")


def _key(name: str, comment: str, type_: Type = Count) -> _Column:
    """A part of the primary key that somebody else gives out."""
    return Column(name, type_, primary_key=True, autoincrement=False, comment=comment)


def _count(name: str, comment: str, *, nullable: bool = False) -> _Column:
    return Column(name, Count, nullable=nullable, comment=comment)


def _value(name: str, type_: type[Type] | Type, comment: str) -> _Column:
    return Column(name, type_, nullable=False, comment=comment)


_FACTS: Mapping[Kind, tuple[str, Callable[[], list[_Column]]]] = {
    Kind.TRANSITIONS: ("Transitions of", _transitions),
    Kind.NGRAMS: ("Runs of three and four actions of", _ngrams),
    Kind.CONTEXTS: ("Actions after another one, of", _actions),
    Kind.ACTIONS: ("Actions of", _actions),
    Kind.STRATEGIES: ("Selection strategies of", _strategies),
    Kind.SWITCHES: ("Changes of strategy of", _switches),
}


def family_of(header: type[Base], owner: str, prefix: str, nouns: str) -> Family:
    """A family whose facts are keyed by `owner`, and filled as those of the others."""
    facts = dict[Kind, Table]()
    for kind, (what, columns) in _FACTS.items():
        key, *values = columns()
        name, keys = f"{prefix}_{kind}", _keys(header.__tablename__, owner, key)
        described: dict[str, Any] = {"comment": f"{what} {nouns}", **STRICT_BY_KEY}
        facts[kind] = Table(name, Base.metadata, *keys, *values, **described)
    return Family(header, owner, facts)


def _keys(parent: str, owner: str, key: _Column) -> Iterator[SchemaItem]:
    """The key of facts, and what says which header row they belong to."""
    if owner == "scenario_id":
        yield _key(owner, "scenarios.id, or 0 for the global total")
        yield key
    else:
        yield _key(owner, f"{parent}.id")
        yield key
        yield _key("scenario_id", f"As in {parent}: all tables can be distributed by it")
        yield from belongs_to(parent, owner, ondelete="CASCADE")


SESSIONS = family_of(SessionRow, "session_row_id", "session", "saved sessions")
ROLLUPS = family_of(Rollup, "scenario_id", "rollup", "rollups")

leave_room(ROLLUPS.facts.values())  # a fold changes nearly every row of a total
