"""Rows by their ids and scenarios: where a store is spread over servers, a scenario's rows are on one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple, Protocol

import sqlalchemy as sa

from swarmstore.db.dialects.functions import one_of, where_spread


class Placed(Protocol):
    """What is known of a row that is looked for: an object of its table, or the two columns."""

    @property
    def id(self) -> int:
        """Give its id."""

    @property
    def scenario_id(self) -> int:
        """Give its scenario, 0 for the global total."""


class Rows(NamedTuple):
    """Rows of one table by their ids, and all scenarios that they are in."""

    ids: Sequence[int]
    scenarios: Sequence[int]

    @classmethod
    def of(cls, rows: Collection[Placed]) -> Rows:
        """Take the ids in their order."""
        return cls([row.id for row in rows], sorted({row.scenario_id for row in rows}))

    @classmethod
    def of_totals(cls, totals: Sequence[int]) -> Rows:
        """Take what belongs to totals, whose ids are those of their scenarios."""
        return cls(totals, totals)

    def on_servers(self, spread: bool) -> list[Rows]:
        """Take those of each scenario apart where tables are spread: for what one server has to do alone."""
        return [Rows(self.ids, [scenario]) for scenario in self.scenarios] if spread else [self]

    def named(self, parameter: str) -> dict[str, object]:
        """Give the parameters of `row_in`."""
        return {parameter: self.ids, _scenarios_of(parameter): self.scenarios}


def row_in(column: sa.Column[int], parameter: str) -> sa.ColumnElement[bool]:
    """Whether the row that a column names is among those in a parameter; see `Rows.named`."""
    of_these = one_of(column, parameter)
    return (
        of_these if column.name == "scenario_id" else sa.and_(of_these, scenario_in(column.table, parameter))
    )


def scenario_in(table: sa.FromClause, parameter: str) -> sa.ColumnElement[bool]:
    """What `row_in` asks of scenarios alone, where ids are compared otherwise."""
    return where_spread(one_of(table.c.scenario_id, _scenarios_of(parameter)))


def same_row(one: sa.Column[int], other: sa.Column[int]) -> sa.ColumnElement[bool]:
    """Whether two columns, neither of which is a scenario, name one row: a join on one server."""
    return sa.and_(one == other, one.table.c.scenario_id == other.table.c.scenario_id)


def _scenarios_of(parameter: str) -> str:
    return f"{parameter}_scenarios"
