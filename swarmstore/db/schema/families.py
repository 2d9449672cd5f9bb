"""Families by the kinds of their tables, so that one statement builder serves all: two of the three."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Column, Table, TypedColumns

from swarmstore.db.dialects.functions import leave_room
from swarmstore.db.dialects.row_keys import belongs_to
from swarmstore.db.schema.declarative import STRICT_BY_KEY, Base
from swarmstore.db.schema.fact_columns import (
    Actions,
    ByOrdinal,
    BySequence,
    ByStrategy,
    InScenarioOfSession,
    Ngrams,
    OfSession,
    OfTotal,
    Strategies,
    Switches,
    Transitions,
)
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


_WHAT: Mapping[Kind, str] = {
    Kind.TRANSITIONS: "Transitions of",
    Kind.NGRAMS: "Runs of three and four actions of",
    Kind.CONTEXTS: "Actions after another one, of",
    Kind.ACTIONS: "Actions of",
    Kind.STRATEGIES: "Selection strategies of",
    Kind.SWITCHES: "Changes of strategy of",
}


def family_of(
    header: type[Base], owner: str, prefix: str, nouns: str, *columns: type[TypedColumns]
) -> Family:
    """A family whose facts are keyed by `owner`; columns: of its tables, in the order of their kinds."""
    facts = dict[Kind, Table]()
    for (kind, what), of_kind in zip(_WHAT.items(), columns, strict=True):
        parents = (
            () if owner == "scenario_id" else belongs_to(header.__tablename__, owner, ondelete="CASCADE")
        )
        facts[kind] = Table(
            f"{prefix}_{kind}",
            Base.metadata,
            of_kind,
            *parents,
            comment=f"{what} {nouns}",
            **STRICT_BY_KEY,
        )
    return Family(header, owner, facts)


class SessionTransitions(Transitions, InScenarioOfSession, BySequence, OfSession):
    """Transitions of a saved session."""


class SessionNgrams(Ngrams, InScenarioOfSession, BySequence, OfSession):
    """Runs of three and four actions of a saved session."""


class SessionContexts(Actions, InScenarioOfSession, BySequence, OfSession):
    """Actions after another one, of a saved session."""


class SessionActions(Actions, InScenarioOfSession, BySequence, OfSession):
    """Actions of a saved session."""


class SessionStrategies(Strategies, InScenarioOfSession, ByStrategy, OfSession):
    """Selection strategies of a saved session."""


class SessionSwitches(Switches, InScenarioOfSession, ByOrdinal, OfSession):
    """Changes of strategy of a saved session."""


class RollupTransitions(Transitions, BySequence, OfTotal):
    """Transitions of a rollup."""


class RollupNgrams(Ngrams, BySequence, OfTotal):
    """Runs of three and four actions of a rollup."""


class RollupContexts(Actions, BySequence, OfTotal):
    """Actions after another one, of a rollup."""


class RollupActions(Actions, BySequence, OfTotal):
    """Actions of a rollup."""


class RollupStrategies(Strategies, ByStrategy, OfTotal):
    """Selection strategies of a rollup."""


class RollupSwitches(Switches, ByOrdinal, OfTotal):
    """Changes of strategy of a rollup."""


SESSIONS = family_of(
    SessionRow,
    "session_row_id",
    "session",
    "saved sessions",
    SessionTransitions,
    SessionNgrams,
    SessionContexts,
    SessionActions,
    SessionStrategies,
    SessionSwitches,
)
ROLLUPS = family_of(
    Rollup,
    "scenario_id",
    "rollup",
    "rollups",
    RollupTransitions,
    RollupNgrams,
    RollupContexts,
    RollupActions,
    RollupStrategies,
    RollupSwitches,
)

leave_room(*ROLLUPS.facts.values())  # a fold changes nearly every row of a total
