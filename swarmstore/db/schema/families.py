"""Families by the kinds of their tables, so that one statement builder serves all: two of the three."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Column, Table
from sqlalchemy.schema import SchemaItem

from swarmstore.db.dialects.functions import leave_room
from swarmstore.db.dialects.row_keys import belongs_to
from swarmstore.db.schema import fact_columns
from swarmstore.db.schema.declarative import STRICT_BY_KEY, Base
from swarmstore.db.schema.fact_columns import FactColumns, key_column
from swarmstore.db.schema.rollups import Rollup
from swarmstore.db.schema.sessions import SessionRow


class Kind(StrEnum):
    """The kinds of facts in a snapshot, in the order in which every transaction writes them."""

    TRANSITIONS = "transitions"
    NGRAMS = "ngrams"
    CONTEXTS = "contexts"
    ACTIONS = "actions"
    STRATEGIES = "strategies"
    SWITCHES = "strategy_switches"


# Facts that add up, with their key within a snapshot; switches are only ever copied
SUMMED = {
    Kind.TRANSITIONS: "sequence_id",
    Kind.NGRAMS: "sequence_id",
    Kind.CONTEXTS: "sequence_id",
    Kind.ACTIONS: "sequence_id",
    Kind.STRATEGIES: "strategy",
}
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


_FACTS: Mapping[Kind, tuple[str, Callable[[], FactColumns]]] = {
    Kind.TRANSITIONS: ("Transitions of", fact_columns.transitions),
    Kind.NGRAMS: ("Runs of three and four actions of", fact_columns.ngrams),
    Kind.CONTEXTS: ("Actions after another one, of", fact_columns.actions),
    Kind.ACTIONS: ("Actions of", fact_columns.actions),
    Kind.STRATEGIES: ("Selection strategies of", fact_columns.strategies),
    Kind.SWITCHES: ("Changes of strategy of", fact_columns.switches),
}


def family_of(header: type[Base], owner: str, prefix: str, nouns: str) -> Family:
    """A family whose facts are keyed by `owner`, and filled as those of the others."""
    facts = dict[Kind, Table]()
    for kind, (what, columns) in _FACTS.items():
        key, *values = columns()
        facts[kind] = Table(
            f"{prefix}_{kind}",
            Base.metadata,
            *_keys(header.__tablename__, owner, key),
            *values,
            comment=f"{what} {nouns}",
            **STRICT_BY_KEY,
        )
    return Family(header, owner, facts)


def _keys(parent: str, owner: str, key: Column[int] | Column[str]) -> Iterator[SchemaItem]:
    """The key of facts, and what says which header row they belong to."""
    if owner == "scenario_id":
        yield key_column(owner, "scenarios.id, or 0 for the global total")
        yield key
    else:
        yield key_column(owner, f"{parent}.id")
        yield key
        yield key_column("scenario_id", f"As in {parent}: all tables can be distributed by it")
        yield from belongs_to(parent, owner, ondelete="CASCADE")


SESSIONS = family_of(SessionRow, "session_row_id", "session", "saved sessions")
ROLLUPS = family_of(Rollup, "scenario_id", "rollup", "rollups")

leave_room(ROLLUPS.facts.values())  # a fold changes nearly every row of a total
