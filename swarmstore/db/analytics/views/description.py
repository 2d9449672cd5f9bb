"""What a view is: its columns with types and meanings, the order of its rows, the query behind it.

A column's type is on PostgreSQL text, bigint, double precision, timestamptz, date or numeric(20,0); on
SQLite text, integer, real, and text for the rest: times as `2026-01-31T23:59:59Z`, days as
`2026-01-31`, unsigned numbers of 64 bits in decimal digits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, ColumnElement, Double, FromClause, Select, String, Table, select

from swarmstore.contracts.analytics import ColumnInfo, ColumnType, ViewInfo

Expression = ColumnElement[Any]
"""Of any type: SQLAlchemy takes an expression of one type for no other, and names no type for a table's."""
Query = Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class ViewColumn(ColumnInfo):
    """A column of a view with its SQL."""

    sql: Expression = field(compare=False)


@dataclass(frozen=True)
class View(ViewInfo):
    """A view: `order` names the columns that its rows are told apart and ordered by, NULL first."""

    columns: tuple[ViewColumn, ...]
    order: tuple[str, ...]
    statement: Query = field(compare=False)


def view(
    name: str,
    comment: str,
    order: str,
    source: FromClause,
    columns: Sequence[ViewColumn],
    *,
    where: Sequence[ColumnElement[bool]] = (),
    group_by: Sequence[Expression] = (),
) -> View:
    """A view of these columns of `source`; `order` names columns, with spaces between."""
    statement = select(*[column.sql.label(column.name) for column in columns]).select_from(source)
    statement = statement.where(*where).group_by(*group_by)
    return View(name, comment, tuple(columns), tuple(order.split()), statement)


def _of(type_: ColumnType) -> Callable[[str, Expression, str], ViewColumn]:
    return lambda name, sql, comment: ViewColumn(name, type_, comment, sql)


text = _of(ColumnType.TEXT)
"""Text in byte order."""
integer = _of(ColumnType.INTEGER)
"""An integer of 64 bits."""
double = _of(ColumnType.DOUBLE)
"""A finite double."""
time = _of(ColumnType.TIME)
"""A moment in UTC, NULL outside of 1970-01-01 to 9999-12-30."""
day = _of(ColumnType.DAY)
"""A day in UTC, NULL outside of 1970-01-01 to 9999-12-30."""
unsigned = _of(ColumnType.UNSIGNED)
"""An unsigned number of 64 bits."""


def plain(table: Table, *names: str, of: FromClause | None = None) -> list[ViewColumn]:
    """Columns as a table has and describes them, or what has their names in `of`."""
    source = table if of is None else of
    return [
        ViewColumn(name, _type_of(table.c[name]), str(table.c[name].comment), source.c[name])
        for name in names
    ]


def _type_of(column: Column[object]) -> ColumnType:
    if isinstance(column.type, String):
        return ColumnType.TEXT
    return ColumnType.DOUBLE if isinstance(column.type, Double) else ColumnType.INTEGER
