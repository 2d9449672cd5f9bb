"""Many rows into SQLite: there are no round trips to save, but its driver pays for each step.

Rows go in some at a time, those of many tables in one call of SQLAlchemy's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import repeat
from typing import TypeVar

from sqlalchemy import Connection, Insert, Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine.interfaces import DBAPICursor, ExecutionContext

from swarmstore.db.dialects.base import NewRows, Parameters, Values

_BY_DRIVER = "by_driver"  # the execution option with what executes a statement, given the cursor
_Result = TypeVar("_Result")
_LOT = 8  # rows a step of SQLite's: one at a time takes a fifth longer, more gain nothing


def insert_rows(connection: Connection, rows: Sequence[NewRows]) -> None:
    """See `DatabaseDialect`."""
    _by_driver(connection, map(_statement_of, rows), lambda cursor: _insert_lots(cursor, rows))


def insert_with_its_own(
    connection: Connection, header: Insert, values: Parameters, its_own: Callable[[Values], Sequence[NewRows]]
) -> Values | None:
    """See `DatabaseDialect`."""
    statement, places, constants = _as_driver_takes(header)
    given = {**constants, **values}

    def execute(cursor: DBAPICursor) -> Values | None:
        cursor.execute(statement, [given[place] for place in places])
        rows = cursor.fetchall()
        if rows:
            _insert_lots(cursor, filter(None, its_own(rows[0])))
        return rows[0] if rows else None

    return _by_driver(connection, [statement], execute)


@cache
def _as_driver_takes(statement: Insert) -> tuple[str, Sequence[str], Parameters]:
    """A statement's text, its parameters in their order, and the constants among them."""
    compiled = statement.compile(dialect=sqlite.dialect())
    constants = {name: value for name, value in compiled.params.items() if value is not None}
    return str(compiled), compiled.positiontup or (), constants


def _by_driver(
    connection: Connection, statements: Iterable[str], execute: Callable[[DBAPICursor], _Result]
) -> _Result:
    """By the driver's own loop, and one call of SQLAlchemy's, which would take longer for few rows."""
    results = list[_Result]()
    options = {_BY_DRIVER: lambda cursor: results.append(execute(cursor))}
    connection.exec_driver_sql(";\n".join(statements), execution_options=options)
    return results[0]


def executed_by_driver(
    cursor: DBAPICursor, _statement: str, _parameters: object, context: ExecutionContext
) -> bool:
    """For SQLAlchemy's event: whether a statement is executed in the driver's own way, as it is then."""
    execute: Callable[[DBAPICursor], None] | None = context.execution_options.get(_BY_DRIVER)
    if execute is not None:
        execute(cursor)
    return execute is not None


def _insert_lots(cursor: DBAPICursor, some: Iterable[NewRows]) -> None:
    for rows in some:
        cursor.executemany(_statement_of(rows), _lots(rows))


def _statement_of(rows: NewRows) -> str:
    return _insert(rows.table, tuple(rows.constants), tuple(rows.columns), rows.skip_taken)


@cache
def _insert(table: Table, constants: tuple[str, ...], columns: tuple[str, ...], skip_taken: bool) -> str:
    """The statement for a lot of rows. Those whose first column is NULL only fill it up."""
    quote = sqlite.dialect().identifier_preparer.quote
    names = ", ".join(map(quote, (*constants, *columns)))
    rows = ", ".join([f"({', '.join('?' * (len(constants) + len(columns)))})"] * _LOT)
    first = f"column{len(constants) + 1}"  # as SQLite names the columns of VALUES
    chosen = f"SELECT * FROM (VALUES {rows}) WHERE {first} IS NOT NULL"  # noqa: S608 - no values
    unless_taken = " ON CONFLICT DO NOTHING" if skip_taken else ""
    return f"INSERT INTO {quote(table.name)} ({names}) {chosen}{unless_taken}"


def _lots(rows: NewRows) -> list[Values]:
    """The values of rows, lot by lot."""
    constants, columns = rows.constants.values(), rows.columns.values()
    count, places = len(next(iter(columns))), len(constants) + len(columns)
    width = _LOT * places
    values: list[object] = [None] * (-(-count // _LOT) * width)
    for place, value in enumerate(constants):
        values[place::places] = repeat(value, len(values) // places)
    for place, of_rows in enumerate(columns, start=len(constants)):
        values[place : count * places : places] = of_rows
    return [values[start : start + width] for start in range(0, len(values), width)]
