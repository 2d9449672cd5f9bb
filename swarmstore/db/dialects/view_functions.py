"""SQL of views that differs between the databases: each construct once, both forms side by side."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Double, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from swarmstore.db.dialects.functions import POSTGRESQL, SQLITE

# 9999-12-30: SQLite's functions and Python's times end a day later, which begins earlier east of Greenwich
_LAST_SECOND = 253_402_214_399


def _in_range(seconds: str, moment: str) -> str:
    return f"CASE WHEN {seconds} BETWEEN 0 AND {_LAST_SECOND} THEN {moment} END"


def _compiled(element: FunctionElement[Any], compiler: SQLCompiler, options: dict[str, Any]) -> list[str]:
    return [compiler.process(part, **options) for part in element.clauses]


class time_of(FunctionElement[Any]):  # noqa: N801 - a SQL function is written small
    """Seconds since 1970 as a moment in UTC; NULL for NULL and what is out of range."""

    type = Text()
    inherit_cache = True


@compiles(time_of, POSTGRESQL)
def _time_on_postgresql(element: time_of, compiler: SQLCompiler, **kw: Any) -> str:
    (seconds,) = _compiled(element, compiler, kw)
    return _in_range(seconds, f"to_timestamp(CAST({seconds} AS DOUBLE PRECISION))")


@compiles(time_of, SQLITE)
def _time_on_sqlite(element: time_of, compiler: SQLCompiler, **kw: Any) -> str:
    (seconds,) = _compiled(element, compiler, kw)
    return _in_range(seconds, f"strftime('%Y-%m-%dT%H:%M:%SZ', {seconds}, 'unixepoch')")


class time_of_ms(FunctionElement[Any]):  # noqa: N801
    """Milliseconds since 1970 as a moment in UTC; NULL for NULL and what is out of range."""

    type = Text()
    inherit_cache = True


@compiles(time_of_ms, POSTGRESQL)
def _ms_on_postgresql(element: time_of_ms, compiler: SQLCompiler, **kw: Any) -> str:
    (ms,) = _compiled(element, compiler, kw)
    moment = f"to_timestamp(CAST({ms} AS DOUBLE PRECISION) / 1000)"
    return _in_range(f"{ms} / 1000", moment)


@compiles(time_of_ms, SQLITE)
def _ms_on_sqlite(element: time_of_ms, compiler: SQLCompiler, **kw: Any) -> str:
    (ms,) = _compiled(element, compiler, kw)
    moment = f"strftime('%Y-%m-%dT%H:%M:%fZ', {ms} / 1000.0, 'unixepoch')"
    return _in_range(f"{ms} / 1000", moment)


class day_of(FunctionElement[Any]):  # noqa: N801
    """Seconds since 1970 as a day in UTC; NULL for NULL and what is out of range."""

    type = Text()
    inherit_cache = True


@compiles(day_of, POSTGRESQL)
def _day_on_postgresql(element: day_of, compiler: SQLCompiler, **kw: Any) -> str:
    (seconds,) = _compiled(element, compiler, kw)
    moment = f"to_timestamp(CAST({seconds} AS DOUBLE PRECISION)) AT TIME ZONE 'UTC'"
    return _in_range(seconds, f"CAST({moment} AS DATE)")


@compiles(day_of, SQLITE)
def _day_on_sqlite(element: day_of, compiler: SQLCompiler, **kw: Any) -> str:
    (seconds,) = _compiled(element, compiler, kw)
    return _in_range(seconds, f"strftime('%Y-%m-%d', {seconds}, 'unixepoch')")


class unsigned_of(FunctionElement[Any]):  # noqa: N801
    """A signed number of 64 bits as the unsigned one with the same bits."""

    type = Text()
    inherit_cache = True


@compiles(unsigned_of, POSTGRESQL)
def _unsigned_on_postgresql(element: unsigned_of, compiler: SQLCompiler, **kw: Any) -> str:
    (number,) = _compiled(element, compiler, kw)
    signed = f"CAST({number} AS NUMERIC)"
    # of a width that tools have a type for: they take plain NUMERIC for a double
    return f"CAST(CASE WHEN {signed} < 0 THEN {signed} + {2**64} ELSE {signed} END AS NUMERIC(20, 0))"


@compiles(unsigned_of, SQLITE)
def _unsigned_on_sqlite(element: unsigned_of, compiler: SQLCompiler, **kw: Any) -> str:
    (signed,) = _compiled(element, compiler, kw)
    return f"CASE WHEN {signed} IS NOT NULL THEN printf('%u', {signed}) END"


class square_root(FunctionElement[float]):  # noqa: N801
    """The square root of a number from 1/2 to 2^64, NULL for NULL."""

    type = Double()
    inherit_cache = True


@compiles(square_root, POSTGRESQL)
def _root_on_postgresql(element: square_root, compiler: SQLCompiler, **kw: Any) -> str:
    (number,) = _compiled(element, compiler, kw)
    return f"sqrt({number})"


@compiles(square_root, SQLITE)
def _root_on_sqlite(element: square_root, compiler: SQLCompiler, **kw: Any) -> str:
    """By Heron's method: not every SQLite has sqrt(), that of DuckDB has none."""
    (number,) = _compiled(element, compiler, kw)
    # the mean of the middle of a power of 16 and the quotient by it, evened out: 1/9 off at most
    guesses = " ".join(
        f"WHEN x < {16.0 ** (power + 1)!r} THEN (x + {4 * 16.0**power!r}) / {4.5 * 4.0**power!r}"
        for power in range(16)
    )
    # OFFSET keeps SQLite from putting the guess, or the number itself, wherever it is used
    root = f"SELECT x, CASE {guesses} END AS y FROM (SELECT {number} AS x) LIMIT 1 OFFSET 0"  # noqa: S608
    for _ in range(4):  # the distance is squared and halved each time: 1e-20 then
        root = f"SELECT x, (y + x / y) / 2.0 AS y FROM ({root})"  # noqa: S608
    return f"(SELECT y FROM ({root}))"  # noqa: S608
