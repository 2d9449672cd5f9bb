"""Keys of rows that others belong to. On PostgreSQL they name the scenario too.

So tables can be spread over several servers by scenario, which unique keys have to name then. SQLite
keeps row ids, which it gives out once, and checks a reference by nothing but them.
"""

from __future__ import annotations

from sqlalchemy import Dialect, ForeignKeyConstraint, PrimaryKeyConstraint, Table
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import SchemaItem
from sqlalchemy.sql.compiler import DDLCompiler

from swarmstore.db.dialects.functions import POSTGRESQL

_SPREAD = {POSTGRESQL}
_NAMES_SCENARIO = "names its scenario"


class RowKey(PrimaryKeyConstraint):
    """The key of rows by their `id`."""


@compiles(RowKey, POSTGRESQL)
def _row_key_on_postgresql(key: RowKey, compiler: DDLCompiler, **_kw: object) -> str:
    name = compiler.preparer.format_constraint(key)
    return f"CONSTRAINT {name} PRIMARY KEY ({', '.join(key_of(key.table, POSTGRESQL))})"


def key_of(table: Table, database: str) -> list[str]:
    """Name the columns of a table's primary key, as this database has it."""
    names = [column.name for column in table.primary_key.columns]
    spread = isinstance(table.primary_key, RowKey) and database in _SPREAD
    return [*names, "scenario_id"] if spread else names


def belongs_to(
    parent: str, column: str, *, ondelete: str
) -> tuple[ForeignKeyConstraint, ForeignKeyConstraint]:
    """Refer to a row of `parent`: as each of the databases does it."""
    by_id = ForeignKeyConstraint([column], [f"{parent}.id"], ondelete=ondelete)
    keys = [f"{parent}.id", f"{parent}.scenario_id"]
    with_scenario = ForeignKeyConstraint([column, "scenario_id"], keys, ondelete=ondelete)
    return _where(by_id, names_scenario=False), _where(with_scenario, names_scenario=True)


def _where(key: ForeignKeyConstraint, *, names_scenario: bool) -> ForeignKeyConstraint:
    key.info[_NAMES_SCENARIO] = names_scenario
    return key.ddl_if(callable_=_is_made)


def _is_made(
    ddl: object,  # noqa: ARG001 - SQLAlchemy's names
    target: SchemaItem | str,
    bind: object,  # noqa: ARG001
    *_: object,
    dialect: Dialect,
    **_kw: object,
) -> bool:
    return isinstance(target, str) or is_of(target, dialect.name)


def is_of(item: SchemaItem, database: str) -> bool:
    """Whether this database has something of the models."""
    return bool(item.info.get(_NAMES_SCENARIO, database in _SPREAD) == (database in _SPREAD))
