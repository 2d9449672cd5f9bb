"""Many rows into SQLite: there are no round trips to save, but its driver pays for each step.

Rows go in some at a time, those of many tables in one call of SQLAlchemy's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import repeat
from typing import Any

from sqlalchemy import Connection, Insert, Table, column, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite import insert

from swarmstore.db.dialects.base import NewRows
from swarmstore.db.dialects.functions import BY_DRIVER

_LOT = 8  # rows a step of SQLite's: one at a time takes a fifth longer, more gain nothing


def insert_lots(connection: Connection, some: Sequence[NewRows]) -> None:
    """Insert rows, table by table."""
    lots = [_insert_lot(rows) for rows in some]
    _by_driver(connection, lots, lambda cursor: _insert_lots(cursor, lots, some))


def insert_with_its_own(
    connection: Connection,
    header: Insert,
    values: Mapping[str, Any],
    its_own: Callable[[Sequence[Any]], Sequence[NewRows]],
) -> Sequence[Any] | None:
    """See `DatabaseDialect`."""
    insert_header = _InsertHeader.of(header)
    returned: Sequence[Any] | None = None

    def execute(cursor: Any) -> None:
        nonlocal returned
        returned = insert_header(cursor, values)
        if returned is not None:
            some = list(filter(None, its_own(returned)))
            _insert_lots(cursor, list(map(_insert_lot, some)), some)

    _by_driver(connection, [insert_header.statement], execute)
    return returned


def insert_headers(
    connection: Connection, header: Insert, rows: Sequence[Mapping[str, Any]]
) -> list[Sequence[Any] | None]:
    """See `DatabaseDialect`."""
    insert_header = _InsertHeader.of(header)
    returned: list[Sequence[Any] | None] = []

    def execute(cursor: Any) -> None:
        returned[:] = [insert_header(cursor, values) for values in rows]

    _by_driver(connection, [insert_header.statement], execute)
    return returned


@dataclass(frozen=True, slots=True)
class _InsertHeader:
    """A statement as the driver takes it, with its parameters in their order and the constants in it."""

    statement: str
    places: Sequence[str]
    constants: Mapping[str, Any]

    @classmethod
    @cache
    def of(cls, header: Insert) -> _InsertHeader:
        compiled = header.compile(dialect=sqlite.dialect())
        constants = {name: value for name, value in compiled.params.items() if value is not None}
        return cls(str(compiled), compiled.positiontup or (), constants)

    def __call__(self, cursor: Any, values: Mapping[str, Any]) -> Sequence[Any] | None:
        given = {**self.constants, **values}
        rows = cursor.execute(self.statement, [given[place] for place in self.places]).fetchall()
        return rows[0] if rows else None


def _by_driver(connection: Connection, statements: Sequence[str], insert: Callable[[Any], None]) -> None:
    """By the driver's own loop, and one call of SQLAlchemy's, which would take longer for few rows."""
    connection.exec_driver_sql(";\n".join(statements), execution_options={BY_DRIVER: insert})


def _insert_lots(cursor: Any, statements: Sequence[str], some: Sequence[NewRows]) -> None:
    for statement, rows in zip(statements, some, strict=True):
        cursor.executemany(statement, _lots(rows))


def _insert_lot(rows: NewRows) -> str:
    return _lot_of(rows.table, tuple(rows.constants), tuple(rows.columns), rows.skip_taken)


@cache
def _lot_of(table: Table, constants: tuple[str, ...], columns: tuple[str, ...], skip_taken: bool) -> str:
    """The statement for a lot of rows. Those whose first column is NULL only fill it up."""
    names = (*constants, *columns)
    rows = ", ".join([f"({', '.join('?' * len(names))})"] * _LOT)
    first = f"column{len(constants) + 1}"  # as SQLite names the columns of VALUES
    given = text(f"SELECT * FROM (VALUES {rows}) WHERE {first} IS NOT NULL")  # noqa: S608 - no values
    statement = insert(table).from_select(names, given.columns(*map(column, names)))
    statement = statement.on_conflict_do_nothing() if skip_taken else statement
    return str(statement.compile(dialect=sqlite.dialect()))


def _lots(rows: NewRows) -> list[tuple[Any, ...]]:
    """The values of rows, lot by lot."""
    constants, columns = rows.constants.values(), rows.columns.values()
    count, places = len(next(iter(columns))), len(constants) + len(columns)
    width = _LOT * places
    values: list[Any] = [None] * (-(-count // _LOT) * width)
    for place, value in enumerate(constants):
        values[place::places] = repeat(value, len(values) // places)
    for place, of_rows in enumerate(columns, start=len(constants)):
        values[place : count * places : places] = of_rows
    return [tuple(values[start : start + width]) for start in range(0, len(values), width)]
