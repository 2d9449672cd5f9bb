"""Statements that read views, with the same Python values from both databases. Nothing here runs one."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Column, Dialect, Double, MetaData, Table, Text, select
from sqlalchemy.types import TypeDecorator, TypeEngine

from swarmstore.contracts.analytics import ColumnType
from swarmstore.db.analytics.views import VIEWS
from swarmstore.db.analytics.views.description import Query


class Moment(TypeDecorator[datetime]):
    """Times: aware ones from PostgreSQL, text in UTC from SQLite."""

    impl = Text
    cache_ok = True

    def process_result_value(self, value: datetime | str | None, _dialect: Dialect) -> datetime | None:
        """The time in UTC."""
        read = datetime.fromisoformat(value) if isinstance(value, str) else value
        return None if read is None else read.astimezone(UTC)


class Day(TypeDecorator[date]):
    """Days: dates from PostgreSQL, text from SQLite."""

    impl = Text
    cache_ok = True

    def process_result_value(self, value: date | str | None, _dialect: Dialect) -> date | None:
        """The day."""
        return date.fromisoformat(value) if isinstance(value, str) else value


class Unsigned(TypeDecorator[int]):
    """Unsigned numbers: numerics from PostgreSQL, digits from SQLite."""

    impl = Text
    cache_ok = True

    def process_result_value(self, value: Decimal | str | None, _dialect: Dialect) -> int | None:
        """The number."""
        return None if value is None else int(value)


_TYPES: dict[ColumnType, TypeEngine[Any]] = {
    ColumnType.TEXT: Text(),
    ColumnType.INTEGER: BigInteger(),
    ColumnType.DOUBLE: Double(),
    ColumnType.TIME: Moment(),
    ColumnType.DAY: Day(),
    ColumnType.UNSIGNED: Unsigned(),
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
