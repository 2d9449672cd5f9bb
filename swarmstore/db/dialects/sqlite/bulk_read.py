"""Many rows out of SQLite by columns: its driver pays for each row and value that it hands over.

Whole numbers come out as one JSON list a column.
"""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from collections.abc import Sequence
from functools import cache

import msgspec
from sqlalchemy import Connection, Double, Integer, func, null
from sqlalchemy.exc import DBAPIError

from swarmstore.db.dialects.base import Groups, Parameters, Statement, Values
from swarmstore.errors import CorruptStoreError


def groups_of(
    connection: Connection, statements: Sequence[Statement], parameters: Parameters, *, computed: bool = False
) -> list[Groups]:
    """See `DatabaseDialect`: a statement after the other."""
    answers: list[Groups] = []
    for statement in statements:
        _, *first = statement.selected_columns[:3]
        has_many_rows = all(isinstance(column.type, Integer | Double) for column in first)
        if computed or not has_many_rows:  # lists take two statements where there are doubles
            answers.append(_rows_by_group(_fetched(connection, statement, parameters)))
            continue
        integers, doubles = in_lists(statement)
        lists = _fetched(connection, integers, parameters)
        rows = [] if doubles is None else _fetched(connection, doubles, parameters)
        answers.append(_lists_by_group(lists, rows))
    return answers


def _rows_by_group(rows: Sequence[Values]) -> Groups:
    groups, *columns = zip(*rows, strict=True) if rows else ((),)
    start = 0
    while start < len(groups):
        end = bisect_right(groups, groups[start], start)
        yield groups[start], [values[start:end] for values in columns]
        start = end


def _lists_by_group(lists: Sequence[Values], rows: Sequence[Values]) -> Groups:
    columns = list(zip(*rows, strict=True))
    start = 0
    for group, listed_keys, *texts in lists:
        keys: Values = msgspec.json.decode(listed_keys)
        end = start + len(keys)
        same_keys, *exact = [values[start:end] for values in columns] or [()]
        if exact and keys != list(same_keys):
            raise CorruptStoreError(f"the facts of row {group} come in two orders; run `swarmstore doctor`")
        rest = iter(exact)
        yield group, [keys, *[next(rest) if each is None else msgspec.json.decode(each) for each in texts]]
        start = end


@cache
def in_lists(statement: Statement) -> tuple[Statement, Statement | None]:
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
    in_rows = statement.with_only_columns(key, *doubles, maintain_column_froms=True).order_by(None)
    return (
        of_group.group_by(group).order_by(None).order_by(group),
        in_rows.order_by(group, key) if doubles else None,
    )


def _fetched(connection: Connection, statement: Statement, parameters: Parameters) -> list[Values]:
    """Rows as SQLite's driver has them: there is nothing to convert."""
    result = connection.execute(statement, parameters)
    try:
        rows = list(result.cursor.fetchall())
    except sqlite3.Error as error:
        raise DBAPIError(None, None, error) from error
    finally:
        result.close()
    return rows
