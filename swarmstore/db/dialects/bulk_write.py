"""Many rows in at once, by columns: each database's quickest way.

PostgreSQL takes whole columns. SQLite has no round trips to save, but its driver pays for each
step: rows go in some at a time, those of many tables in one call of SQLAlchemy's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import repeat
from typing import Any, NamedTuple

from sqlalchemy import Connection, Dialect, Insert, Table, bindparam, column, select, text

from swarmstore.db.dialects.functions import BY_DRIVER, POSTGRESQL, SQLITE, insert
from swarmstore.db.dialects.packed_arrays import given_rows
from swarmstore.db.dialects.postgresql.bulk_copy import can_copy, copy_rows


class NewRows(NamedTuple):
    """Rows given by column; `constants` are the same in each. The first column must have no None."""

    table: Table
    constants: Mapping[str, Any]
    columns: Mapping[str, Sequence[Any]]
    skip_taken: bool = False


def insert_rows(connection: Connection, *given: NewRows) -> None:
    """Insert rows, table by table. No rows, no statement."""
    some = [rows for rows in given if any(rows.columns.values())]
    if connection.dialect.name == POSTGRESQL:
        for rows in some:
            _insert_on_postgresql(connection, *rows)
    elif some:
        _insert_on_sqlite(connection, some)


def insert_with_its_own(
    connection: Connection,
    header: Insert,
    values: Mapping[str, Any],
    its_own: Callable[[Sequence[Any]], Sequence[NewRows]],
) -> Sequence[Any] | None:
    """Insert a row on SQLite, and the rows that belong to it; what `header` returns, None for no row.

    its_own: makes those rows of what `header` returns.
    """
    insert_header = _InsertHeader.of(header)
    returned: Sequence[Any] | None = None

    def execute(cursor: Any) -> None:
        nonlocal returned
        returned = insert_header(cursor, values)
        if returned is not None:
            some = [rows for rows in its_own(returned) if any(rows.columns.values())]
            _insert_lots(cursor, list(map(_insert_lot, some)), some)

    _by_driver(connection, [insert_header.statement], execute)
    return returned


def insert_headers(
    connection: Connection, header: Insert, rows: Sequence[Mapping[str, Any]]
) -> list[Sequence[Any] | None]:
    """Insert rows on SQLite, each by itself; what `header` returns of each, None for no row."""
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
        compiled = header.compile(dialect=_sqlite())
        constants = {name: value for name, value in compiled.params.items() if value is not None}
        return cls(str(compiled), compiled.positiontup or (), constants)

    def __call__(self, cursor: Any, values: Mapping[str, Any]) -> Sequence[Any] | None:
        given = {**self.constants, **values}
        rows = cursor.execute(self.statement, [given[place] for place in self.places]).fetchall()
        return rows[0] if rows else None


def _insert_on_sqlite(connection: Connection, some: Sequence[NewRows]) -> None:
    lots = [_insert_lot(rows) for rows in some]
    _by_driver(connection, lots, lambda cursor: _insert_lots(cursor, lots, some))


def _by_driver(connection: Connection, statements: Sequence[str], insert: Callable[[Any], None]) -> None:
    """By the driver's own loop, and one call of SQLAlchemy's, which would take longer for few rows."""
    connection.exec_driver_sql(";\n".join(statements), execution_options={BY_DRIVER: insert})


def _insert_lots(cursor: Any, statements: Sequence[str], some: Sequence[NewRows]) -> None:
    for statement, rows in zip(statements, some, strict=True):
        cursor.executemany(statement, _lots(rows))


def _insert_on_postgresql(
    connection: Connection,
    table: Table,
    constants: Mapping[str, Any],
    columns: Mapping[str, Sequence[Any]],
    skip_taken: bool,
) -> None:
    many = len(next(iter(columns.values()))) >= _MANY
    if many and not constants and not skip_taken and can_copy(table, tuple(columns)):
        copy_rows(connection, table, columns)
    else:
        statement = _insert_arrays(table, tuple(constants), tuple(columns), skip_taken)
        connection.execute(statement, {**constants, **columns})


@cache
def _insert_arrays(
    table: Table, constants: tuple[str, ...], columns: tuple[str, ...], skip_taken: bool
) -> Any:
    rows = given_rows("given", {name: table.c[name].type for name in columns})
    values = [bindparam(name, type_=table.c[name].type) for name in constants]
    chosen = select(*values, *[rows.c[name] for name in columns])
    statement = insert(POSTGRESQL, table).from_select([*constants, *columns], chosen)
    return statement.on_conflict_do_nothing() if skip_taken else statement


_MANY = 1_000  # rows that COPY is worth its own round trips for
_LOT = 8  # rows a step of SQLite's: one at a time takes a fifth longer, more gain nothing


def _sqlite() -> Dialect:
    from sqlalchemy.dialects import sqlite

    return sqlite.dialect()


def _insert_lot(rows: NewRows) -> str:
    return _lot_of(rows.table, tuple(rows.constants), tuple(rows.columns), rows.skip_taken)


@cache
def _lot_of(table: Table, constants: tuple[str, ...], columns: tuple[str, ...], skip_taken: bool) -> str:
    """The statement for a lot of rows. Those whose first column is NULL only fill it up."""
    names = (*constants, *columns)
    rows = ", ".join([f"({', '.join('?' * len(names))})"] * _LOT)
    first = f"column{len(constants) + 1}"  # as SQLite names the columns of VALUES
    given = text(f"SELECT * FROM (VALUES {rows}) WHERE {first} IS NOT NULL")  # noqa: S608 - no values
    statement = insert(SQLITE, table).from_select(names, given.columns(*map(column, names)))
    statement = statement.on_conflict_do_nothing() if skip_taken else statement
    return str(statement.compile(dialect=_sqlite()))


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
