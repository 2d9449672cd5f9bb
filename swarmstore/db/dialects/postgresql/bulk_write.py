"""Many rows into PostgreSQL by one statement: whole columns as arrays."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, bindparam, select
from sqlalchemy.dialects.postgresql import insert

from swarmstore.db.dialects.base import NewRows
from swarmstore.db.dialects.packed_arrays import given_rows


def insert_arrays(connection: Connection, rows: NewRows) -> None:
    """Insert rows."""
    statement = _insert(rows.table, tuple(rows.constants), tuple(rows.columns), rows.skip_taken)
    connection.execute(statement, {**rows.constants, **rows.columns})


@cache
def _insert(table: Table, constants: tuple[str, ...], columns: tuple[str, ...], skip_taken: bool) -> Any:
    given = given_rows("given", {name: table.c[name].type for name in columns})
    values = [bindparam(name, type_=table.c[name].type) for name in constants]
    chosen = select(*values, *[given.c[name] for name in columns])
    statement = insert(table).from_select([*constants, *columns], chosen)
    return statement.on_conflict_do_nothing() if skip_taken else statement
