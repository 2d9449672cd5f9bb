"""Making a table's rows those of the same table in another database, compared in the order of its key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import merge
from itertools import groupby, islice
from operator import itemgetter
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, UniqueConstraint, delete, select, tuple_

from swarmstore.db.dialects.base import NewRows, Values, insert_rows

Pair = tuple[Values | None, Values | None]
"""What a row is in the source and in the target, None where there is none."""


def mirror(
    source: Connection,
    target: Connection,
    table: Table,
    page: int,
    *,
    but: ColumnElement[bool] | None = None,
    removing: bool = True,
) -> None:
    """Bring over the rows that are missing or other ones, and remove those that the source lacks.

    page: how many rows are read at once, and written at once: bounded memory.
    but: rows of either side that this leaves alone. removing: False to remove none.
    """
    width = len(table.primary_key.columns)
    if any(isinstance(each, UniqueConstraint) for each in table.constraints):
        # what is unique beside the key may have moved to another row: all that goes leaves first
        for some in _pages(_differing(source, target, table, page, but), page):
            _remove(target, table, [found[:width] for _, found in some if found is not None])
    for some in _pages(_differing(source, target, table, page, but), page):
        leaving = [found for wanted, found in some if found and (removing or wanted)]
        _remove(target, table, [found[:width] for found in leaving])
        insert_all(target, table, [wanted for wanted, _ in some if wanted is not None])


def columns_by_key(table: Table) -> list[Column[Any]]:
    """A table's columns, those of its key first."""
    key = list(table.primary_key.columns)
    return [*key, *[column for column in table.columns if not column.primary_key]]


def insert_all(target: Connection, table: Table, rows: Sequence[Values]) -> None:
    """Insert rows with the columns of `columns_by_key`."""
    names = [column.name for column in columns_by_key(table)]
    columns = dict(zip(names, zip(*rows, strict=True), strict=True)) if rows else {}
    insert_rows(target, NewRows(table, {}, columns))


def _rows(
    connection: Connection, table: Table, most: int, but: ColumnElement[bool] | None
) -> Iterator[Values]:
    columns = columns_by_key(table)
    key = columns[: len(table.primary_key.columns)]
    statement = select(*columns).order_by(*key).limit(most)
    if but is not None:
        statement = statement.where(~but)
    page = connection.execute(statement).all()
    while page:
        yield from map(tuple, page)
        if len(page) < most:
            return
        behind = tuple_(*key) > tuple(page[-1][: len(key)])
        page = connection.execute(statement.where(behind)).all()


def _differing(
    source: Connection, target: Connection, table: Table, page: int, but: ColumnElement[bool] | None
) -> Iterator[Pair]:
    """Rows of one key that differ, None where there is none; both sides come in the order of keys."""
    width = len(table.primary_key.columns)

    def of_side(side: int, connection: Connection) -> Iterator[tuple[Values, int, Values]]:
        return ((row[:width], side, row) for row in _rows(connection, table, page, but))

    for _, of_key in groupby(merge(of_side(0, source), of_side(1, target)), itemgetter(0)):
        rows = {side: row for _, side, row in of_key}
        wanted, found = rows.get(0), rows.get(1)
        if repr(wanted) != repr(found):  # which tells -0.0 from 0.0
            yield wanted, found


def _pages(pairs: Iterator[Pair], most: int) -> Iterator[list[Pair]]:
    while page := list(islice(pairs, most)):
        yield page


def _remove(target: Connection, table: Table, keys: Sequence[Values]) -> None:
    if keys:
        target.execute(delete(table).where(tuple_(*table.primary_key.columns).in_(keys)))
