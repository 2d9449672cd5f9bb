"""What a view is: its columns with types and meanings, the order of its rows, the query behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, select


class ViewType(StrEnum):
    """The type of a view's column.

    On PostgreSQL text, bigint, double precision, timestamptz, date and numeric; on SQLite text,
    integer, real, and text for the rest: times as `2026-01-31T23:59:59Z`, days as `2026-01-31`,
    unsigned numbers of 64 bits in decimal digits.
    """

    TEXT = "text"
    INTEGER = "integer"
    DOUBLE = "double"
    TIME = "time"
    DAY = "day"
    UNSIGNED = "unsigned"


@dataclass(frozen=True, eq=False)
class ViewColumn:
    """A column of a view: its meaning for analysts, and its SQL."""

    name: str
    type: ViewType
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
    return ViewColumn(name, ViewType.TEXT, comment, sql)


def integer(name: str, sql: ColumnElement[Any], comment: str) -> ViewColumn:
    """An integer of 64 bits."""
    return ViewColumn(name, ViewType.INTEGER, comment, sql)


def double(name: str, sql: ColumnElement[Any], comment: str) -> ViewColumn:
    """A finite double."""
    return ViewColumn(name, ViewType.DOUBLE, comment, sql)


def time(name: str, sql: ColumnElement[Any], comment: str) -> ViewColumn:
    """A moment in UTC, NULL outside of 1970-01-01 to 9999-12-30."""
    return ViewColumn(name, ViewType.TIME, comment, sql)


def day(name: str, sql: ColumnElement[Any], comment: str) -> ViewColumn:
    """A day in UTC, NULL outside of 1970-01-01 to 9999-12-30."""
    return ViewColumn(name, ViewType.DAY, comment, sql)


def unsigned(name: str, sql: ColumnElement[Any], comment: str) -> ViewColumn:
    """An unsigned number of 64 bits."""
    return ViewColumn(name, ViewType.UNSIGNED, comment, sql)
