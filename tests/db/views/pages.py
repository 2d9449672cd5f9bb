"""Pages with SQL and its results: what is read from them, and how results are written into them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from swarmstore import SqlStorage
from tests.helpers.internals import database_of

DOCS = Path(__file__).parents[3] / "docs"
_ANSWERED = re.compile(r"```sql\n(?P<sql>.*?)```\n\n```text\n(?P<result>.*?)```", re.DOTALL)


def queries(page: str) -> list[str]:
    """The page's queries, each with a result below it."""
    return [found["sql"] for found in _ANSWERED.finditer(page)]


def answered(page: str, ask: Callable[[str], str]) -> str:
    """The page with the results that `ask` gives."""
    return _ANSWERED.sub(lambda found: f"```sql\n{found['sql']}```\n\n```text\n{ask(found['sql'])}```", page)


def result_of(storage: SqlStorage, query: str) -> str:
    """A query's result as a table of text."""
    schema = database_of(storage).settings.schema
    postgresql = database_of(storage).engine.dialect.name == "postgresql"

    def ask(session: Any) -> tuple[Sequence[str], Sequence[Sequence[Any]]]:
        connection = session.connection()
        if postgresql:
            connection.exec_driver_sql(f"SET LOCAL search_path TO {schema}")
        found = connection.exec_driver_sql(query, execution_options={"no_parameters": True})
        return list(found.keys()), found.all()

    return table(*database_of(storage).read(ask))


def table(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Rows below their names; numbers stand at the right."""
    written = [[_written(value) for value in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(names, *written, strict=True)]
    right = [
        any(isinstance(row[place], int | float | Decimal) for row in rows) for place in range(len(names))
    ]

    def line(cells: Sequence[str]) -> str:
        placed = zip(cells, widths, right, strict=True)
        return "  ".join(
            cell.rjust(width) if at else cell.ljust(width) for cell, width, at in placed
        ).rstrip()

    rule = "  ".join("─" * width for width in widths)
    return "".join(f"{one}\n" for one in (line(names), rule, *map(line, written)))


def _written(value: Any) -> str:
    match value:
        case None:
            return "NULL"
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        case date():
            return value.isoformat()
        case Decimal() if value.as_tuple().exponent == 0:  # a sum of integers
            return str(value)
        case float() | Decimal():
            return f"{value:.3f}"
        case _:
            return str(value)
