"""Making a table's rows those of the same table in another database, compared in the order of its key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, select, tuple_

from swarmstore.db.inserting import NewRows, insert_rows

Row = tuple[Any, ...]
_PAGE = 1000  # rows read at once, and written at once: bounded memory


def mirror(
    source: Connection,
    target: Connection,
    table: Table,
    *,
    but: ColumnElement[bool] | None = None,
    removing: bool = True,
) -> None:
    """Bring over the rows that are missing or other ones, and remove those that the source lacks.

    but: rows of either side that this leaves alone. removing: False to remove none.
    """
    width = len(table.primary_key.columns)
    going, coming = list[Row](), list[Row]()
    for wanted, found in _side_by_side(_rows(source, table, but), _rows(target, table, but), width):
        if found is not None and (removing or wanted is not None):
            going.append(found[:width])
        if wanted is not None:
            coming.append(wanted)
        if len(going) + len(coming) >= _PAGE:
            _change(target, table, going, coming)
            going, coming = [], []
    _change(target, table, going, coming)


def columns_by_key(table: Table) -> list[Any]:
    """A table's columns, those of its key first."""
    key = list(table.primary_key.columns)
    return [*key, *[column for column in table.columns if not column.primary_key]]


def insert_all(target: Connection, table: Table, rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows with the columns of `columns_by_key`."""
    names = [column.name for column in columns_by_key(table)]
    columns = dict(zip(names, zip(*rows, strict=True), strict=True)) if rows else {}
    insert_rows(target, NewRows(table, {}, columns))


def _rows(connection: Connection, table: Table, but: ColumnElement[bool] | None) -> Iterator[Row]:
    columns = columns_by_key(table)
    key = columns[: len(table.primary_key.columns)]
    statement = select(*columns).order_by(*key).limit(_PAGE)
    if but is not None:
        statement = statement.where(~but)
    page = connection.execute(statement).all()
    while page:
        yield from map(tuple, page)
        if len(page) < _PAGE:
            return
        behind = tuple_(*key) > tuple(page[-1][: len(key)])
        page = connection.execute(statement.where(behind)).all()


def _side_by_side(
    wanted: Iterator[Row], found: Iterator[Row], width: int
) -> Iterator[tuple[Row | None, Row | None]]:
    """Rows of one key that differ, None where there is none; both sides come in the order of keys."""
    ours, theirs = next(wanted, None), next(found, None)
    while ours is not None or theirs is not None:
        if theirs is None or (ours is not None and ours[:width] < theirs[:width]):
            yield ours, None
            ours = next(wanted, None)
        elif ours is None or ours[:width] > theirs[:width]:
            yield None, theirs
            theirs = next(found, None)
        else:
            if repr(ours) != repr(theirs):  # which tells -0.0 from 0.0
                yield ours, theirs
            ours, theirs = next(wanted, None), next(found, None)


def _change(target: Connection, table: Table, going: Sequence[Row], coming: Sequence[Row]) -> None:
    if going:
        target.execute(delete(table).where(tuple_(*table.primary_key.columns).in_(going)))
    insert_all(target, table, coming)
