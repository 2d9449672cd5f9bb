"""The three families by the kinds of their tables, so that one statement builder serves all."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Column, Table

from swarmstore.db.tables import carried, folded, sessions
from swarmstore.db.tables.metadata import Base, table_of


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


def _family(header: type[Base], owner: str, *facts: type[Base]) -> Family:
    return Family(header, owner, dict(zip(Kind, map(table_of, facts), strict=True)))


SESSIONS = _family(
    sessions.SessionRow,
    "session_row_id",
    sessions.SessionTransition,
    sessions.SessionNgram,
    sessions.SessionContext,
    sessions.SessionAction,
    sessions.SessionStrategy,
    sessions.SessionStrategySwitch,
)
CARRIED = _family(
    carried.Carried,
    "carried_id",
    carried.CarriedTransition,
    carried.CarriedNgram,
    carried.CarriedContext,
    carried.CarriedAction,
    carried.CarriedStrategy,
    carried.CarriedStrategySwitch,
)
FOLDED = _family(
    folded.Folded,
    "scenario_id",
    folded.FoldedTransition,
    folded.FoldedNgram,
    folded.FoldedContext,
    folded.FoldedAction,
    folded.FoldedStrategy,
    folded.FoldedStrategySwitch,
)
