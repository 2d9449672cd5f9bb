"""Statements that read views, with the same Python values from both databases. Nothing here runs one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Dialect, Double, MetaData, Table, Text, select
from sqlalchemy.types import TypeDecorator, TypeEngine

from swarmstore.contracts.analytics import ColumnType
from swarmstore.db.analytics.views import VIEWS
from swarmstore.db.analytics.views.description import Query


class Read(TypeDecorator[Any]):
    """What both databases have in ways of their own, text on SQLite, as the same Python value."""

    impl = Text
    cache_ok = True

    def __init__(self, read: Callable[[Any], object]) -> None:
        super().__init__()
        self.read = read

    def process_result_value(self, value: object, _dialect: Dialect) -> object:
        """The value."""
        return None if value is None else self.read(value)


def _moment(value: datetime | str) -> datetime:
    return (datetime.fromisoformat(value) if isinstance(value, str) else value).astimezone(UTC)


def _day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


_TYPES: dict[ColumnType, TypeEngine[Any]] = {
    ColumnType.TEXT: Text(),
    ColumnType.INTEGER: BigInteger(),
    ColumnType.DOUBLE: Double(),
    ColumnType.TIME: Read(_moment),
    ColumnType.DAY: Read(_day),
    ColumnType.UNSIGNED: Read(int),
}

TABLES = {
    view.name: Table(view.name, MetaData(), *[Column(of.name, _TYPES[of.type]) for of in view.columns])
    for view in VIEWS.values()
}


def rows_of(name: str, scenario: str | None) -> Query:
    """All rows of a view, or those of a scenario, in the view's order."""
    table = TABLES[name]
    order = [table.c[column].asc().nulls_first() for column in VIEWS[name].order]
    statement = select(*table.c).order_by(*order)
    return statement if scenario is None else statement.where(table.c.scenario == scenario)
