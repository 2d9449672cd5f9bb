"""The three families by the kinds of their tables, so that one statement builder serves all."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Column, Table

from swarmstore.db.tables.carried import Carried, OfCarried
from swarmstore.db.tables.columns import (
    ActionColumns,
    ByOrdinal,
    BySequence,
    ByStrategy,
    NgramColumns,
    StrategyColumns,
    SwitchColumns,
    TransitionColumns,
)
from swarmstore.db.tables.folded import Folded, OfFolded
from swarmstore.db.tables.metadata import STRICT_BY_KEY, Base, table_of
from swarmstore.db.tables.sessions import OfSession, SessionRow


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


_FACTS: dict[Kind, tuple[str, type, type]] = {
    Kind.TRANSITIONS: ("Transitions of", BySequence, TransitionColumns),
    Kind.NGRAMS: ("Runs of three and four actions of", BySequence, NgramColumns),
    Kind.CONTEXTS: ("Actions after another one, of", BySequence, ActionColumns),
    Kind.ACTIONS: ("Actions of", BySequence, ActionColumns),
    Kind.STRATEGIES: ("Selection strategies of", ByStrategy, StrategyColumns),
    Kind.SWITCHES: ("Changes of strategy of", ByOrdinal, SwitchColumns),
}


def _family(header: type[Base], owned: type, prefix: str, nouns: str) -> Family:
    """A family whose models of facts are `owned`, keyed and filled in the same way in each."""
    facts = {
        kind: type(
            f"{prefix.title()}{kind.title().replace('_', '')}",
            (owned, keyed, columns, Base),
            {
                "__module__": __name__,
                "__doc__": f"{what} {nouns}.",
                "__tablename__": f"{prefix}_{kind}",
                "__table_args__": ({"comment": f"{what} {nouns}", **STRICT_BY_KEY},),
            },
        )
        for kind, (what, keyed, columns) in _FACTS.items()
    }
    tables = {kind: table_of(model) for kind, model in facts.items()}
    owner = next(iter(tables.values())).primary_key.columns[0].name
    return Family(header, owner, tables)


SESSIONS = _family(SessionRow, OfSession, "session", "saved sessions")
CARRIED = _family(Carried, OfCarried, "carried", "carried parts")
# a fold changes nearly every row of a total: on PostgreSQL the migrations leave room on its pages, so that
# a row's index entry stays. It is not said here, where SQLAlchemy would load PostgreSQL's dialect for it
FOLDED = _family(Folded, OfFolded, "folded", "cached totals")
