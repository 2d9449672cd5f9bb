"""What a view is: its columns with types and meanings, the order of its rows, the query behind it.

A column's type is on PostgreSQL text, bigint, double precision, timestamptz, date or numeric(20,0); on
SQLite text, integer, real, and text for the rest: times as `2026-01-31T23:59:59Z`, days as
`2026-01-31`, unsigned numbers of 64 bits in decimal digits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, select

from swarmstore.contracts.tabular import ColumnType


@dataclass(frozen=True, eq=False)
class ViewColumn:
    """A column of a view: its meaning for analysts, and its SQL."""

    name: str
    type: ColumnType
    comment: str
    sql: ColumnElement[Any]


@dataclass(frozen=True, eq=False)
class View:
    """A view: `order` names the columns that its rows are told apart and ordered by, NULL first."""

    name: str
    comment: str
    columns: Sequence[ViewColumn]
    order: Sequence[str]
    statement: Select[Any]


def view(
    name: str,
    comment: str,
    order: str,
    source: FromClause,
    columns: Sequence[ViewColumn],
    *,
    where: Sequence[ColumnElement[bool]] = (),
    group_by: Sequence[ColumnElement[Any]] = (),
) -> View:
    """A view of these columns of `source`; `order` names columns, with spaces between."""
    statement = select(*[column.sql.label(column.name) for column in columns]).select_from(source)
    statement = statement.where(*where).group_by(*group_by)
    return View(name, comment, tuple(columns), tuple(order.split()), statement)


def text(name: str, sql: ColumnElement[Any], comment: str) -> ViewColumn:
    """Text in byte order."""
    return ViewColumn(name, ColumnType.TEXT, comment, sql)


def integer(name: str, sql: ColumnElement[Any], comment: str) -> ViewColumn:
    """An integer of 64 bits."""
    return ViewColumn(name, ColumnType.INTEGER, comment, sql)


def double(name: str, sql: ColumnElement[Any], comment: str) -> ViewColumn:
    """A finite double."""
    return ViewColumn(name, ColumnType.DOUBLE, comment, sql)


def time(name: str, sql: ColumnElement[Any], comment: str) -> ViewColumn:
    """A moment in UTC, NULL outside of 1970-01-01 to 9999-12-30."""
    return ViewColumn(name, ColumnType.TIME, comment, sql)


def day(name: str, sql: ColumnElement[Any], comment: str) -> ViewColumn:
    """A day in UTC, NULL outside of 1970-01-01 to 9999-12-30."""
    return ViewColumn(name, ColumnType.DAY, comment, sql)


def unsigned(name: str, sql: ColumnElement[Any], comment: str) -> ViewColumn:
    """An unsigned number of 64 bits."""
    return ViewColumn(name, ColumnType.UNSIGNED, comment, sql)
