"""Where the databases differ in SQL: each construct once, both forms beside each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import Any

from sqlalchemy import (
    DDL,
    BigInteger,
    Boolean,
    ColumnElement,
    Double,
    Table,
    Text,
    bindparam,
    event,
    func,
    literal_column,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from swarmstore.db.dialects.column_types import IdList, TextList

POSTGRESQL = "postgresql"
SQLITE = "sqlite"
BY_DRIVER = "by_driver"
"""The execution option with what executes a statement in the driver's own way: it is given the cursor."""


def executed_by_driver(cursor: Any, context: Any) -> bool:
    """Whether a statement has such an option; then execute it."""
    execute = context.execution_options.get(BY_DRIVER)
    if execute is not None:
        execute(cursor)
    return execute is not None


class database_now_ms(FunctionElement[int]):  # noqa: N801 - a SQL function is written small
    """Milliseconds since 1970 by the database's clock, when the statement runs."""

    type = BigInteger()
    inherit_cache = True


@compiles(database_now_ms, POSTGRESQL)
def _now_on_postgresql(_element: database_now_ms, _compiler: SQLCompiler, **_kw: Any) -> str:
    return "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"


@compiles(database_now_ms, SQLITE)
def _now_on_sqlite(_element: database_now_ms, _compiler: SQLCompiler, **_kw: Any) -> str:
    # '%f' is seconds with three decimals; seconds and milliseconds taken apart stay exact
    seconds = "CAST(strftime('%s', 'now') AS INTEGER)"
    return f"({seconds} * 1000 + CAST(substr(strftime('%f', 'now'), 4) AS INTEGER))"


class one_of(FunctionElement[bool]):  # noqa: N801
    """`column = any of the ids or texts in this parameter`: one statement however many there are.

    values: what the parameter is where the statement is run without it.
    """

    type = Boolean()
    inherit_cache = True
    _is_implicitly_boolean = True  # else SQLite gets `… = 1`, and no index

    def __init__(
        self, column: ColumnElement[Any], parameter: str, values: Sequence[int] | Sequence[str] | None = None
    ) -> None:
        list_of = TextList() if isinstance(column.type, Text) else IdList()
        super().__init__(column, bindparam(parameter, values, type_=list_of))


@compiles(one_of, POSTGRESQL)
def _one_of_on_postgresql(element: one_of, compiler: SQLCompiler, **kw: Any) -> str:
    column, values = element.clauses
    return f"{compiler.process(column, **kw)} = ANY ({compiler.process(values, **kw)})"


@compiles(one_of, SQLITE)
def _one_of_on_sqlite(element: one_of, compiler: SQLCompiler, **kw: Any) -> str:
    column, values = element.clauses
    listed = f"SELECT value FROM json_each({compiler.process(values, **kw)})"  # noqa: S608 - compiled parts
    return f"{compiler.process(column, **kw)} IN ({listed})"


class round_half_up(FunctionElement[int]):  # noqa: N801
    """A weighted count, a double of at least 0, to the nearest integer, halves up.

    The rule of `swarmstore.model.merge.round_half_up`, with no function that a build may lack: not
    round(), which goes half to even in one place, nor x + 0.5, which lifts 0.49999999999999994.
    Twice x is exact, and half of its integer part plus 1, in integers, is x rounded; from 2^62 on,
    where twice x may be too large, x has no fraction. Past 2^63 it is an error.
    """

    type = BigInteger()
    inherit_cache = True


_HALF = repr(2.0**62)  # of what a bigint can hold


@compiles(round_half_up, POSTGRESQL)
def _round_on_postgresql(element: round_half_up, compiler: SQLCompiler, **kw: Any) -> str:
    (value,) = element.clauses
    x = compiler.process(value, **kw)
    rounded = f"(CAST(floor(({x}) * 2) AS BIGINT) + 1) >> 1"
    return f"CASE WHEN ({x}) < {_HALF} THEN {rounded} ELSE CAST({x} AS BIGINT) END"


@compiles(round_half_up, SQLITE)
def _round_on_sqlite(element: round_half_up, compiler: SQLCompiler, **kw: Any) -> str:
    (value,) = element.clauses
    x = compiler.process(value, **kw)
    rounded = f"(CAST(({x}) * 2.0 AS INTEGER) + 1) >> 1"
    # CAST stops at the largest integer and says nothing; abs() of the smallest one is an error
    return f"CASE WHEN ({x}) < {_HALF} THEN {rounded} ELSE abs(CAST(-({x}) AS INTEGER)) END"


class count_times(FunctionElement[int]):  # noqa: N801
    """A count times a weight, rounded as `round_half_up`, for products below 2^62: far less to do.

    It takes twice the weight, which makes twice the product, without another error of rounding.
    """

    type = BigInteger()
    inherit_cache = True


@compiles(count_times, POSTGRESQL)
def _count_times_on_postgresql(element: count_times, compiler: SQLCompiler, **kw: Any) -> str:
    count, twice = (compiler.process(part, **kw) for part in element.clauses)
    return f"(CAST(floor(CAST({count} AS DOUBLE PRECISION) * {twice}) AS BIGINT) + 1) >> 1"


@compiles(count_times, SQLITE)
def _count_times_on_sqlite(element: count_times, compiler: SQLCompiler, **kw: Any) -> str:
    count, twice = (compiler.process(part, **kw) for part in element.clauses)
    return f"(CAST({count} * {twice} AS INTEGER) + 1) >> 1"


class weigh(FunctionElement[float]):  # noqa: N801
    """A double times a weight from 0 to 2, in IEEE 754's arithmetic.

    PostgreSQL makes an error of a product that is nearer to 0 than to the smallest double.
    """

    type = Double()
    inherit_cache = True


_SCALE = repr(2.0**537)  # two of it make 1 of the smallest double, and neither changes a digit
_LARGE = repr(2.0**-500)  # the product of two such is far from both ends


@compiles(weigh, POSTGRESQL)
def _weigh_on_postgresql(element: weigh, compiler: SQLCompiler, **kw: Any) -> str:
    x, weight = (compiler.process(part, **kw) for part in element.clauses)
    plain = f"abs({x}) >= 1 OR {weight} >= 1 OR (abs({x}) >= {_LARGE} AND {weight} >= {_LARGE})"
    scaled = f"(abs({x}) * {_SCALE}) * ({weight} * {_SCALE})"
    return f"CASE WHEN {plain} THEN {x} * {weight} WHEN {scaled} <= 0.5 THEN 0.0 ELSE {x} * {weight} END"


@compiles(weigh, SQLITE)
def _weigh_on_sqlite(element: weigh, compiler: SQLCompiler, **kw: Any) -> str:
    x, weight = (compiler.process(part, **kw) for part in element.clauses)
    return f"{x} * {weight}"


def sum_of_doubles(values: ColumnElement[float]) -> ColumnElement[float]:
    """Their sum, where that of nothing but -0.0 is 0.0, as in Python and SQLite: not so in PostgreSQL."""
    return func.sum(values) + literal_column("0.0", Double())


def insert(dialect: str, table: Table) -> Any:
    """An INSERT that knows ON CONFLICT, which both databases have in the same form."""
    return import_module(f"sqlalchemy.dialects.{dialect}").insert(table)


def leave_room(tables: Iterable[Table]) -> None:
    """Have tables of which most rows change at once keep room on their pages: index entries stay then."""
    # as an event: an option of a table has SQLAlchemy load PostgreSQL's dialect for users of SQLite as well
    room = DDL("ALTER TABLE %(fullname)s SET (fillfactor = 45)")  # type: ignore[no-untyped-call]
    for table in tables:
        event.listen(table, "after_create", room.execute_if(dialect=POSTGRESQL))
