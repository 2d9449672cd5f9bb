"""PostgreSQL's answers in whole columns: a row a group, packed as bytes, several statements in one.

psycopg makes objects of rows value by value, and each statement is a round trip. PostgreSQL lines
bytes up more quickly than it makes an array of the same numbers.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any, TypeAlias

import msgspec
import sqlalchemy as sa

from swarmstore.db.dialects.base import Groups, Parameters, Statement, Values

_Read = Callable[[bytes], Values]
_Together: TypeAlias = sa.CompoundSelect[*tuple[Any, ...]]

_BINARY = {"binary_results": True}  # bytes come as they are, not as text
_MISSING = -(2**63)  # in place of NULL, which an aggregate leaves out; no count is negative


def groups_of(
    connection: sa.Connection, statements: Sequence[Statement], parameters: Parameters, **_options: bool
) -> list[Groups]:
    """See `DatabaseDialect`: all are fetched by one statement."""
    together, readers = in_columns(tuple(statements))
    rows: list[list[tuple[int, Sequence[bytes]]]] = [[] for _ in statements]
    for which, group, *columns in connection.execute(together, parameters, execution_options=_BINARY):
        rows[which].append((group, columns))
    return [_groups(of_one, reads) for of_one, reads in zip(rows, readers, strict=True)]


def _groups(rows: Sequence[tuple[int, Sequence[bytes]]], reads: Sequence[_Read]) -> Groups:
    for group, columns in rows:
        # a statement of fewer columns than another has some more that are NULL
        yield group, [read(each) for read, each in zip(reads, columns, strict=False)]


@cache
def in_columns(statements: tuple[Statement, ...]) -> tuple[_Together, Sequence[Sequence[_Read]]]:
    """`(number of the statement, group, packed column …)` of each group, and what reads the columns.

    The statements group nothing themselves, and their rows come in the order of groups.
    """
    width = max(len(statement.selected_columns) for statement in statements) - 1
    nothing = sa.cast(sa.null(), sa.LargeBinary)
    parts, readers = [], []
    for number, statement in enumerate(statements):
        group, *values = statement.subquery("given").columns
        packed = [_packed(value) for value in values]
        columns = [each for each, _ in packed] + [nothing] * (width - len(packed))
        parts.append(sa.select(sa.literal_column(str(number), sa.Integer), group, *columns).group_by(group))
        readers.append([read for _, read in packed])
    return sa.union_all(*parts), readers


def _packed(values: sa.ColumnElement[object]) -> tuple[sa.ColumnElement[bytes], _Read]:
    """An aggregate of a column's values, and what reads it."""
    if isinstance(values.type, sa.Double):
        return _lined_up(sa.func.float8send(values)), partial(_unpacked, "d")
    if not isinstance(values.type, sa.BigInteger):
        as_json = sa.cast(sa.func.json_agg(values), sa.Text)
        return sa.func.convert_to(as_json, "UTF8", type_=sa.LargeBinary), msgspec.json.decode
    if getattr(values, "nullable", True):
        counts = sa.func.coalesce(values, sa.literal(_MISSING, sa.BigInteger))
        return _lined_up(sa.func.int8send(counts)), _unpacked_or_none
    return _lined_up(sa.func.int8send(values)), partial(_unpacked, "q")


def _lined_up(values: sa.ColumnElement[bytes]) -> sa.ColumnElement[bytes]:
    return sa.func.string_agg(values, sa.cast(sa.literal_column("''"), sa.LargeBinary), type_=sa.LargeBinary)


def _unpacked(code: str, packed: bytes) -> Values:
    values = array(code, packed)
    if sys.byteorder == "little":
        values.byteswap()
    return values.tolist()


def _unpacked_or_none(packed: bytes) -> Values:
    values = _unpacked("q", packed)
    return [None if value == _MISSING else value for value in values] if _MISSING in values else values
