"""SQL of views that differs between the databases: each construct once, both forms side by side."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from swarmstore.db.dialects import POSTGRESQL, SQLITE

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
    return f"CASE WHEN {signed} < 0 THEN {signed} + {2**64} ELSE {signed} END"


@compiles(unsigned_of, SQLITE)
def _unsigned_on_sqlite(element: unsigned_of, compiler: SQLCompiler, **kw: Any) -> str:
    (signed,) = _compiled(element, compiler, kw)
    return f"CASE WHEN {signed} IS NOT NULL THEN printf('%u', {signed}) END"
