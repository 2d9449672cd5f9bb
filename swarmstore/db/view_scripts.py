"""The views of a revision, as its migration creates and drops them.

A migration runs the SQL that was reviewed when it was written, whatever the catalogue says since:
one file for each database in `migrations/views/REVISION`. One that changes a table under a view
drops the views before and creates its own set afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import Connection

_SEPARATOR = ";\n\n"


def script_of(statements: Iterable[str]) -> str:
    """Statements as the text of a file."""
    return _SEPARATOR.join(statements) + ";\n"


def create_views(connection: Connection, folder: Path) -> None:
    """Create the views of this folder, with their comments."""
    for statement in _statements(connection, folder):
        _run(connection, statement)


def drop_views(connection: Connection, folder: Path) -> None:
    """Drop the views of this folder."""
    for statement in _statements(connection, folder):
        if created := re.match(r"CREATE VIEW (\w+) ", statement):
            _run(connection, f"DROP VIEW {created[1]}")


def _statements(connection: Connection, folder: Path) -> list[str]:
    script = (folder / f"{connection.dialect.name}.sql").read_text()
    return script.removesuffix(";\n").split(_SEPARATOR)


def _run(connection: Connection, statement: str) -> None:
    # without parameters '%' in it is nothing special to the driver
    connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
