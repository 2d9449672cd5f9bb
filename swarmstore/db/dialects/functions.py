"""Where the databases differ in SQL: each construct once, both forms beside each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from swarmstore.db.dialects.base import dialect_named
from swarmstore.db.dialects.column_types import list_of

if TYPE_CHECKING:
    from sqlalchemy.dialects.sqlite import Insert

POSTGRESQL = "postgresql"
SQLITE = "sqlite"

_Result = TypeVar("_Result")


class Construct(FunctionElement[_Result]):
    """SQL that each database has in a form of its own, in which {0}, {1} … are its arguments."""

    inherit_cache = True
    forms: ClassVar[Mapping[str, str]]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.inherit_cache = True  # two of a class are told apart by their arguments


@compiles(Construct, POSTGRESQL)
@compiles(Construct, SQLITE)
def _in_its_form(element: Construct[object], compiler: SQLCompiler, **options: object) -> str:
    arguments = [compiler.process(argument, **options) for argument in element.clauses]
    return element.forms[compiler.dialect.name].format(*arguments)


class database_now_ms(Construct[int]):  # noqa: N801 - a SQL function is written small
    """Milliseconds since 1970 by the database's clock, when the statement runs."""

    type = sa.BigInteger()
    forms: ClassVar = {
        POSTGRESQL: "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)",
        # '%f' is seconds with three decimals; seconds and milliseconds taken apart stay exact
        SQLITE: "(CAST(strftime('%s', 'now') AS INTEGER) * 1000"
        " + CAST(substr(strftime('%f', 'now'), 4) AS INTEGER))",
    }


class one_of(Construct[bool]):  # noqa: N801
    """`column = any of the ids or texts in this parameter`: one statement however many there are.

    values: what the parameter is where the statement is run without it.
    """

    type = sa.Boolean()
    _is_implicitly_boolean = True  # else SQLite gets `… = 1`, and no index
    forms: ClassVar = {POSTGRESQL: "{0} = ANY ({1})", SQLITE: "{0} IN (SELECT value FROM json_each({1}))"}

    def __init__(
        self,
        column: sa.ColumnElement[int] | sa.ColumnElement[int | None] | sa.ColumnElement[str],
        parameter: str,
        values: Sequence[int] | Sequence[str] | None = None,
    ) -> None:
        of = sa.Text() if isinstance(column.type, sa.Text) else sa.BigInteger()
        super().__init__(column, sa.bindparam(parameter, values, type_=list_of(of)))


class spread_or(FunctionElement[_Result]):  # noqa: N801
    """What a statement says where tables may be spread over servers, and what it says elsewhere."""

    inherit_cache = True
    _is_implicitly_boolean = True

    def __init__(self, there: sa.ColumnElement[_Result], here: sa.ColumnElement[_Result]) -> None:
        self.type = here.type
        super().__init__(there, here)


@compiles(spread_or)
def _spread_or(element: spread_or[object], compiler: SQLCompiler, **options: object) -> str:
    there, here = element.clauses
    return compiler.process(there if getattr(compiler.dialect, "spreads", False) else here, **options)


def where_spread(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """A condition that only spread tables need: which scenarios rows are in, beside their ids.

    Elsewhere ids say enough, and planners that take both for independent expect far too few rows.
    """
    return spread_or(condition, sa.literal_column("TRUE", sa.Boolean()))


_HALF = repr(2.0**62)  # of what a bigint can hold


class round_half_up(Construct[int]):  # noqa: N801
    """A weighted count, a double of at least 0, to the nearest integer, halves up.

    The rule of `swarmstore.model.merge.round_half_up`, with no function that a build may lack: not
    round(), which goes half to even in one place, nor x + 0.5, which lifts 0.49999999999999994.
    Twice x is exact, and half of its integer part plus 1, in integers, is x rounded; from 2^62 on,
    where twice x may be too large, x has no fraction. Past 2^63 it is an error.
    """

    type = sa.BigInteger()
    forms: ClassVar = {
        POSTGRESQL: f"CASE WHEN ({{0}}) < {_HALF} THEN (CAST(floor(({{0}}) * 2) AS BIGINT) + 1) >> 1"
        " ELSE CAST({0} AS BIGINT) END",
        # CAST stops at the largest integer and says nothing; abs() of the smallest one is an error
        SQLITE: f"CASE WHEN ({{0}}) < {_HALF} THEN (CAST(({{0}}) * 2.0 AS INTEGER) + 1) >> 1"
        " ELSE abs(CAST(-({0}) AS INTEGER)) END",
    }


class count_times(Construct[int]):  # noqa: N801
    """A count times a weight, rounded as `round_half_up`, for products below 2^62: far less to do.

    It takes twice the weight, which makes twice the product, without another error of rounding.
    """

    type = sa.BigInteger()
    forms: ClassVar = {
        POSTGRESQL: "(CAST(floor(CAST({0} AS DOUBLE PRECISION) * {1}) AS BIGINT) + 1) >> 1",
        SQLITE: "(CAST({0} * {1} AS INTEGER) + 1) >> 1",
    }


_SCALE = repr(2.0**537)  # two of it make 1 of the smallest double, and neither changes a digit
_LARGE = repr(2.0**-500)  # the product of two such is far from both ends


class weigh(Construct[float]):  # noqa: N801
    """A double times a weight from 0 to 2, in IEEE 754's arithmetic.

    PostgreSQL makes an error of a product that is nearer to 0 than to the smallest double.
    """

    type = sa.Double()
    forms: ClassVar = {
        POSTGRESQL: "CASE WHEN abs({0}) >= 1 OR {1} >= 1"
        f" OR (abs({{0}}) >= {_LARGE} AND {{1}} >= {_LARGE}) THEN {{0}} * {{1}}"
        f" WHEN (abs({{0}}) * {_SCALE}) * ({{1}} * {_SCALE}) <= 0.5 THEN 0.0 ELSE {{0}} * {{1}} END",
        SQLITE: "{0} * {1}",
    }


def sum_of_doubles(values: sa.ColumnElement[float]) -> sa.ColumnElement[float]:
    """Their sum, where that of nothing but -0.0 is 0.0, as in Python and SQLite: not so in PostgreSQL."""
    return sa.func.sum(values) + sa.literal_column("0.0", sa.Double())


def insert(dialect: str, table: sa.Table) -> Insert:
    """An INSERT that knows ON CONFLICT, which the databases have in the same form."""
    new: Insert = dialect_named(dialect).insert(table)
    return new


def leave_room(*tables: sa.Table) -> None:
    """Have tables of which most rows change at once keep room on their pages: index entries stay then."""
    _set_storage(tables, "fillfactor = 45")


def look_when_large(*tables: sa.Table) -> None:
    """Have autovacuum leave tables that others refer to alone while they are small.

    After a look at few rows, references would be looked up by reading all of them.
    """
    _set_storage(tables, "autovacuum_analyze_threshold = 1000, autovacuum_vacuum_threshold = 1000")


def _set_storage(tables: Iterable[sa.Table], options: str) -> None:
    # as an event: an option of a table has SQLAlchemy load PostgreSQL's dialect for users of SQLite as well
    alter = sa.DDL(f"ALTER TABLE %(fullname)s SET ({options})")  # type: ignore[no-untyped-call]
    for table in tables:
        sa.event.listen(table, "after_create", alter.execute_if(dialect=POSTGRESQL))
