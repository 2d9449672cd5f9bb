"""Where the two databases differ in SQL: each construct once, both forms beside each other.

Besides `engine` and `failures` the only module that names a database.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Double,
    FromClause,
    Table,
    Text,
    bindparam,
    cast,
    column,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from swarmstore.db.types import IdList

POSTGRESQL = "postgresql"
SQLITE = "sqlite"


def dialect_of(session: Session) -> str:
    """The name of the database that a transaction runs on."""
    return session.get_bind().dialect.name


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
    """`column = any of the ids in this parameter`: one statement however many ids there are."""

    type = Boolean()
    inherit_cache = True
    _is_implicitly_boolean = True  # else SQLite gets `… = 1`, and no index

    def __init__(self, ids_of: ColumnElement[int], parameter: str) -> None:
        super().__init__(ids_of, bindparam(parameter, type_=IdList()))


@compiles(one_of, POSTGRESQL)
def _one_of_on_postgresql(element: one_of, compiler: SQLCompiler, **kw: Any) -> str:
    ids_of, ids = element.clauses
    return f"{compiler.process(ids_of, **kw)} = ANY ({compiler.process(ids, **kw)})"


@compiles(one_of, SQLITE)
def _one_of_on_sqlite(element: one_of, compiler: SQLCompiler, **kw: Any) -> str:
    ids_of, ids = element.clauses
    listed = f"SELECT value FROM json_each({compiler.process(ids, **kw)})"  # noqa: S608 - compiled parts
    return f"{compiler.process(ids_of, **kw)} IN ({listed})"


class round_half_up(FunctionElement[int]):  # noqa: N801
    """A weighted count, a double of at least 0, to the nearest integer, halves up.

    The rule of `swarmstore.model.merge.round_half_up`, with no function that a build may lack: not
    round(), which goes half to even in one place, nor x + 0.5, which lifts 0.49999999999999994.
    Past 2^63 it is an error.
    """

    type = BigInteger()
    inherit_cache = True


@compiles(round_half_up, POSTGRESQL)
def _round_on_postgresql(element: round_half_up, compiler: SQLCompiler, **kw: Any) -> str:
    (value,) = element.clauses
    x = compiler.process(value, **kw)
    return f"(CAST(floor({x}) AS BIGINT) + CASE WHEN ({x}) - floor({x}) >= 0.5 THEN 1 ELSE 0 END)"


@compiles(round_half_up, SQLITE)
def _round_on_sqlite(element: round_half_up, compiler: SQLCompiler, **kw: Any) -> str:
    (value,) = element.clauses
    x = compiler.process(value, **kw)
    rounded = f"CAST({x} AS INTEGER) + (({x}) - CAST({x} AS INTEGER) >= 0.5)"
    # CAST stops at the largest integer and says nothing; abs() of the smallest one is an error
    return f"CASE WHEN ({x}) < 9223372036854775808.0 THEN {rounded} ELSE abs(CAST(-({x}) AS INTEGER)) END"


def weight_table(dialect: str) -> FromClause:
    """Sessions with their weights, columns `id` and `weight`; see `weight_parameters`."""
    if dialect == POSTGRESQL:
        ids = bindparam("ids", type_=postgresql.ARRAY(BigInteger))
        weights = bindparam("weights", type_=postgresql.ARRAY(Double))
        rows = func.unnest(ids, weights).table_valued(column("id", BigInteger), column("weight", Double))
        return rows.render_derived(name="weighted")
    pairs = func.json_each(bindparam("weighted", type_=Text)).table_valued("value")
    return select(
        cast(func.json_extract(pairs.c.value, "$[0]"), BigInteger).label("id"),
        cast(func.json_extract(pairs.c.value, "$[1]"), Double).label("weight"),
    ).subquery("weighted")


def weight_parameters(dialect: str, ids: Sequence[int], weights: Sequence[float]) -> dict[str, Any]:
    """The parameters of a statement on `weight_table`, however many sessions there are."""
    if dialect == POSTGRESQL:
        return {"ids": ids, "weights": weights}
    return {"weighted": json.dumps(list(zip(ids, weights, strict=True)))}


def insert(dialect: str, table: Table) -> Any:
    """An INSERT that knows ON CONFLICT, which both databases have in the same form."""
    return postgresql.insert(table) if dialect == POSTGRESQL else sqlite.insert(table)


def insert_rows(
    session: Session,
    table: Table,
    constants: Mapping[str, Any],
    columns: Mapping[str, Sequence[Any]],
    *,
    skip_taken: bool = False,
) -> None:
    """Insert many rows given by column; `constants` are the same in each. No rows, no statement.

    One INSERT … SELECT FROM unnest on PostgreSQL, whose cost does not depend on bind parameters,
    and executemany on SQLite, which has no round trips to save.
    """
    rows = list(zip(*columns.values(), strict=True))
    if not rows:
        return
    dialect = dialect_of(session)
    statement = _rows_statement(dialect, table, tuple(constants), tuple(columns), skip_taken)
    if dialect == POSTGRESQL:
        session.execute(statement, {**constants, **columns})
    else:
        session.execute(statement, [{**constants, **dict(zip(columns, row, strict=True))} for row in rows])


@cache
def _rows_statement(
    dialect: str, table: Table, constants: tuple[str, ...], columns: tuple[str, ...], skip_taken: bool
) -> Any:
    statement = insert(dialect, table)
    if dialect == POSTGRESQL:
        arrays = [bindparam(name, type_=postgresql.ARRAY(table.c[name].type)) for name in columns]
        rows = func.unnest(*arrays).table_valued(*[column(name, table.c[name].type) for name in columns])
        rows = rows.render_derived(name="given")
        values = [bindparam(name, type_=table.c[name].type) for name in constants]
        statement = statement.from_select(
            [*constants, *columns], select(*values, *[rows.c[name] for name in columns])
        )
    return statement.on_conflict_do_nothing() if skip_taken else statement
