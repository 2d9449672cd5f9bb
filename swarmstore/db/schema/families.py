"""The three families by the kinds of their tables, so that one statement builder serves all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, ForeignKey, Table

from swarmstore.db.dialects.column_types import Count
from swarmstore.db.dialects.functions import leave_room
from swarmstore.db.schema import fact_columns
from swarmstore.db.schema.baselines import Baseline
from swarmstore.db.schema.declarative import STRICT_BY_KEY, Base
from swarmstore.db.schema.fact_columns import key_column
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


_FACTS: Mapping[Kind, tuple[str, Callable[[], list[Column[Any]]]]] = {
    Kind.TRANSITIONS: ("Transitions of", fact_columns.transitions),
    Kind.NGRAMS: ("Runs of three and four actions of", fact_columns.ngrams),
    Kind.CONTEXTS: ("Actions after another one, of", fact_columns.actions),
    Kind.ACTIONS: ("Actions of", fact_columns.actions),
    Kind.STRATEGIES: ("Selection strategies of", fact_columns.strategies),
    Kind.SWITCHES: ("Changes of strategy of", fact_columns.switches),
}


def _family(header: type[Base], owner: str, prefix: str, nouns: str) -> Family:
    """A family whose facts are keyed by `owner`, and filled as those of the others."""
    facts = dict[Kind, Table]()
    for kind, (what, columns) in _FACTS.items():
        key, *values = columns()
        name, comment = f"{prefix}_{kind}", f"{what} {nouns}"
        owners, others = _owner_columns(header, owner)
        facts[kind] = Table(
            name, Base.metadata, owners, key, *others, *values, comment=comment, **STRICT_BY_KEY
        )
    return Family(header, owner, facts)


def _owner_columns(header: type[Base], owner: str) -> tuple[Column[Any], list[Column[Any]]]:
    """What says which header row facts belong to, and their scenario where that does not."""
    if owner == "scenario_id":
        return key_column(owner, "scenarios.id, or 0 for the global total"), []
    parent = header.__tablename__
    foreign = ForeignKey(f"{parent}.id", ondelete="CASCADE")
    of_scenario = key_column("scenario_id", f"As in {parent}: all tables can be distributed by it")
    return key_column(owner, f"{parent}.id", Count, foreign), [of_scenario]


SESSIONS = _family(SessionRow, "session_row_id", "session", "saved sessions")
BASELINES = _family(Baseline, "baseline_id", "carried", "baselines")
ROLLUPS = _family(Rollup, "scenario_id", "folded", "cached totals")

leave_room(ROLLUPS.facts.values())  # a fold changes nearly every row of a total
