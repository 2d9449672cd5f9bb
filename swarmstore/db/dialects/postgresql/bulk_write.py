"""Many rows into PostgreSQL by one statement a table: whole columns as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from sqlalchemy import Connection, Insert, Table, bindparam, select
from sqlalchemy.dialects.postgresql import insert

from swarmstore.db.dialects.base import NewRows
from swarmstore.db.dialects.packed_arrays import given_rows


def insert_rows(connection: Connection, rows: Sequence[NewRows]) -> None:
    """See `DatabaseDialect`."""
    for some in rows:
        statement = _insert(some.table, tuple(some.constants), tuple(some.columns), some.skip_taken)
        connection.execute(statement, {**some.constants, **some.columns})


@cache
def _insert(table: Table, constants: tuple[str, ...], columns: tuple[str, ...], skip_taken: bool) -> Insert:
    given = given_rows("given", {name: table.c[name].type for name in columns})
    values = [bindparam(name, type_=table.c[name].type) for name in constants]
    chosen = select(*values, *[given.c[name] for name in columns])
    statement = insert(table).from_select([*constants, *columns], chosen)
    return statement.on_conflict_do_nothing() if skip_taken else statement
