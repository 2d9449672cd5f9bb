"""The tables and views of a revision, as its migration creates and drops them.

A migration runs the SQL that was reviewed when it was written, whatever the models and the catalogue of
views say since: one file for each database in `migrations/tables/REVISION` and `migrations/views/REVISION`.
One that changes a table under a view drops the views before and creates its own set afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Container
from pathlib import Path

from sqlalchemy import Connection

SEPARATOR = ";\n\n"
_ABOUT = re.compile(
    r"(?:CREATE (?:TABLE|VIEW|INDEX \w+ ON)|ALTER TABLE|COMMENT ON (?:TABLE|VIEW|COLUMN)) (\w+)"
)


def create(connection: Connection, folder: Path, only: Container[str] | None = None) -> None:
    """Create what is in this folder, with comments; `only`: the tables or views of these names."""
    for name, statement in _statements(connection, folder):
        if only is None or name in only:
            _run(connection, statement)


def drop_views(connection: Connection, folder: Path) -> None:
    """Drop the views of this folder."""
    for name in names_in(connection, folder):
        _run(connection, f"DROP VIEW {name}")


def drop_tables(connection: Connection, folder: Path) -> None:
    """Drop the tables of this folder, the last one first: those before it may be its parents."""
    for name in reversed(names_in(connection, folder)):
        _run(connection, f"DROP TABLE {name}")


def names_in(connection: Connection, folder: Path) -> list[str]:
    """The tables or views of this folder."""
    return list(dict.fromkeys(name for name, _ in _statements(connection, folder)))


def _statements(connection: Connection, folder: Path) -> list[tuple[str, str]]:
    """Each statement with the table or view that it is about."""
    script = (folder / f"{connection.dialect.name}.sql").read_text()
    statements = script.removesuffix(";\n").split(SEPARATOR)
    return [(_ABOUT.findall(statement)[0], statement) for statement in statements]


def _run(connection: Connection, statement: str) -> None:
    # without parameters '%' in it is nothing special to the driver
    connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
