"""SQL of views that differs between the databases: each construct once, both forms side by side."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import Double, Text

from swarmstore.db.dialects.functions import POSTGRESQL, SQLITE, Construct

# 9999-12-30: SQLite's functions and Python's times end a day later, which begins earlier east of Greenwich
_LAST_SECOND = 253_402_214_399


def _in_range(seconds: str, moment: str) -> str:
    return f"CASE WHEN {seconds} BETWEEN 0 AND {_LAST_SECOND} THEN {moment} END"


class time_of(Construct[str]):  # noqa: N801 - a SQL function is written small
    """Seconds since 1970 as a moment in UTC; NULL for NULL and what is out of range."""

    type = Text()
    forms: ClassVar = {
        POSTGRESQL: _in_range("{0}", "to_timestamp(CAST({0} AS DOUBLE PRECISION))"),
        SQLITE: _in_range("{0}", "strftime('%Y-%m-%dT%H:%M:%SZ', {0}, 'unixepoch')"),
    }


class time_of_ms(Construct[str]):  # noqa: N801
    """Milliseconds since 1970 as a moment in UTC; NULL for NULL and what is out of range."""

    type = Text()
    forms: ClassVar = {
        POSTGRESQL: _in_range("{0} / 1000", "to_timestamp(CAST({0} AS DOUBLE PRECISION) / 1000)"),
        SQLITE: _in_range("{0} / 1000", "strftime('%Y-%m-%dT%H:%M:%fZ', {0} / 1000.0, 'unixepoch')"),
    }


class day_of(Construct[str]):  # noqa: N801
    """Seconds since 1970 as a day in UTC; NULL for NULL and what is out of range."""

    type = Text()
    forms: ClassVar = {
        POSTGRESQL: _in_range(
            "{0}", "CAST(to_timestamp(CAST({0} AS DOUBLE PRECISION)) AT TIME ZONE 'UTC' AS DATE)"
        ),
        SQLITE: _in_range("{0}", "strftime('%Y-%m-%d', {0}, 'unixepoch')"),
    }


class unsigned_of(Construct[str]):  # noqa: N801
    """A signed number of 64 bits as the unsigned one with the same bits."""

    type = Text()
    forms: ClassVar = {
        # of a width that tools have a type for: they take plain NUMERIC for a double
        POSTGRESQL: "CAST(CASE WHEN CAST({0} AS NUMERIC) < 0"
        f" THEN CAST({{0}} AS NUMERIC) + {2**64} ELSE CAST({{0}} AS NUMERIC) END AS NUMERIC(20, 0))",
        SQLITE: "CASE WHEN {0} IS NOT NULL THEN printf('%u', {0}) END",
    }


def _by_herons_method() -> str:
    # the mean of the middle of a power of 16 and the quotient by it, evened out: 1/9 off at most
    guesses = " ".join(
        f"WHEN x < {16.0 ** (power + 1)!r} THEN (x + {4 * 16.0**power!r}) / {4.5 * 4.0**power!r}"
        for power in range(16)
    )
    # OFFSET keeps SQLite from putting the guess, or the number itself, wherever it is used
    root = f"SELECT x, CASE {guesses} END AS y FROM (SELECT {{0}} AS x) LIMIT 1 OFFSET 0"  # noqa: S608
    for _ in range(4):  # the distance is squared and halved each time: 1e-20 then
        root = f"SELECT x, (y + x / y) / 2.0 AS y FROM ({root})"  # noqa: S608
    return f"(SELECT y FROM ({root}))"  # noqa: S608


class square_root(Construct[float]):  # noqa: N801
    """The square root of a number from 1/2 to 2^64, NULL for NULL."""

    type = Double()
    forms: ClassVar = {
        POSTGRESQL: "sqrt({0})",
        SQLITE: _by_herons_method(),  # not every SQLite has sqrt(), that of DuckDB has none
    }
