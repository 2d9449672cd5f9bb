"""Many rows at once, in and out, by columns: each database's quickest way.

PostgreSQL takes and gives whole columns. SQLite has no round trips to save, but its driver
pays for each row and value that it hands over: rows go in some at a time, and whole numbers come
out as one JSON list a column.
"""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import repeat
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, Double, Integer, Select, Table, bindparam, column, func, null, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from swarmstore.db.arrays import given_rows
from swarmstore.db.copied import can_copy, copy_rows
from swarmstore.db.dialects import BY_DRIVER, POSTGRESQL
from swarmstore.db.packed import Groups, packed_groups
from swarmstore.errors import CorruptStoreError


def groups_of(
    connection: Connection,
    statements: Sequence[Select[Any]],
    parameters: Mapping[str, Any],
    *,
    computed: bool = False,
) -> list[Groups]:
    """Of each statement, whose rows `(group, key, values …)` come in this order: each group's columns.

    Rows are fetched at once, and become columns when a group is taken. The statements group nothing
    themselves. computed: their rows are worked out, not only read.
    """
    if connection.dialect.name == POSTGRESQL:
        return packed_groups(connection, statements, parameters)
    return [_from_sqlite(connection, statement, parameters, computed) for statement in statements]


def _from_sqlite(
    connection: Connection, statement: Select[Any], parameters: Mapping[str, Any], computed: bool
) -> Groups:
    of_numbers = all(isinstance(each.type, Integer | Double) for each in statement.selected_columns)
    if of_numbers and not computed:  # lists take two statements where there are doubles
        return _from_lists(connection, statement, parameters)
    return _rows_by_group(_fetched(connection, statement, parameters))


def _rows_by_group(rows: Sequence[Any]) -> Groups:
    groups, *columns = zip(*rows, strict=True) if rows else ((),)
    start = 0
    while start < len(groups):
        end = bisect_right(groups, groups[start], start)
        yield groups[start], [values[start:end] for values in columns]
        start = end


def _from_lists(connection: Connection, statement: Select[Any], parameters: Mapping[str, Any]) -> Groups:
    integers, doubles = in_lists(statement)
    lists = _fetched(connection, integers, parameters)
    rows = [] if doubles is None else _fetched(connection, doubles, parameters)
    return _lists_by_group(lists, rows)


def _lists_by_group(lists: Sequence[Any], rows: Sequence[Any]) -> Groups:
    columns = list(zip(*rows, strict=True))
    start = 0
    for group, *texts in lists:
        given: list[Any] = [each if each is None else msgspec.json.decode(each) for each in texts]
        end = start + len(given[0])
        keys, *exact = [values[start:end] for values in columns] or [()]
        if exact and given[0] != list(keys):
            raise CorruptStoreError(f"the facts of row {group} come in two orders; run `swarmstore doctor`")
        rest = iter(exact)
        yield group, [next(rest) if each is None else each for each in given]
        start = end


@cache
def in_lists(statement: Select[Any]) -> tuple[Select[Any], Select[Any] | None]:
    """A row a group with a JSON list a column, NULL for doubles; and keys and doubles, a row each.

    JSON as SQLite writes it has 15 digits of a double, too few for many.
    """
    group, key, *values = statement.selected_columns
    doubles = [value for value in values if isinstance(value.type, Double)]
    lists = [
        null() if isinstance(value.type, Double) else func.json_group_array(value) for value in (key, *values)
    ]
    # not around a subquery, which it would sort once more: rows are read in the order of their keys
    of_group = statement.with_only_columns(group, *lists, maintain_column_froms=True)
    return (
        of_group.group_by(group).order_by(None).order_by(group),
        statement.with_only_columns(key, *doubles, maintain_column_froms=True) if doubles else None,
    )


def _fetched(connection: Connection, statement: Select[Any], parameters: Mapping[str, Any]) -> list[Any]:
    """Rows as SQLite's driver has them: there is nothing to convert."""
    result = connection.execute(statement, parameters)
    try:
        rows = list(result.cursor.fetchall())
    except sqlite3.Error as error:
        raise DBAPIError(None, None, error) from error
    finally:
        result.close()
    return rows


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


def _insert_on_sqlite(connection: Connection, some: Sequence[NewRows]) -> None:
    """By the driver's own loop, and one call of SQLAlchemy's, which would take longer for few rows."""
    statements = [
        _insert_lot(table, tuple(constants), tuple(columns), skip_taken)
        for table, constants, columns, skip_taken in some
    ]

    def insert(cursor: Any) -> None:
        for statement, rows in zip(statements, some, strict=True):
            cursor.executemany(statement, _lots(list(rows.constants.values()), list(rows.columns.values())))

    connection.exec_driver_sql(";\n".join(statements), execution_options={BY_DRIVER: insert})


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
    statement = postgresql.insert(table).from_select([*constants, *columns], chosen)
    return statement.on_conflict_do_nothing() if skip_taken else statement


_MANY = 1_000  # rows that COPY is worth its own round trips for
_LOT = 8  # rows a step of SQLite's: one at a time takes a fifth longer, more gain nothing


@cache
def _insert_lot(table: Table, constants: tuple[str, ...], columns: tuple[str, ...], skip_taken: bool) -> str:
    """The statement for a lot of rows. Those whose first column is NULL only fill it up."""
    names = (*constants, *columns)
    rows = ", ".join([f"({', '.join('?' * len(names))})"] * _LOT)
    first = f"column{len(constants) + 1}"  # as SQLite names the columns of VALUES
    given = text(f"SELECT * FROM (VALUES {rows}) WHERE {first} IS NOT NULL")  # noqa: S608 - no values
    statement = sqlite.insert(table).from_select(names, given.columns(*map(column, names)))
    statement = statement.on_conflict_do_nothing() if skip_taken else statement
    return str(statement.compile(dialect=sqlite.dialect()))


def _lots(constants: Sequence[Any], columns: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """The values of rows, lot by lot."""
    rows, places = len(columns[0]), len(constants) + len(columns)
    width = _LOT * places
    values: list[Any] = [None] * (-(-rows // _LOT) * width)
    for place, value in enumerate(constants):
        values[place::places] = repeat(value, len(values) // places)
    for place, of_rows in enumerate(columns, start=len(constants)):
        values[place : rows * places : places] = of_rows
    return [tuple(values[start : start + width]) for start in range(0, len(values), width)]
