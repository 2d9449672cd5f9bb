"""Keys of rows that others belong to. On PostgreSQL they name the scenario too.

So tables can be spread over several servers by scenario, which unique keys have to name then. SQLite
keeps row ids, which it gives out once, and checks a reference by nothing but them.
"""

from __future__ import annotations

from sqlalchemy import ForeignKeyConstraint, PrimaryKeyConstraint, Table
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import SchemaItem
from sqlalchemy.sql.compiler import DDLCompiler

from swarmstore.db.dialects.functions import POSTGRESQL, SQLITE

_OF = "the database that has it"


class RowKey(PrimaryKeyConstraint):
    """The key of rows by their `id`."""


@compiles(RowKey, POSTGRESQL)
def _row_key_on_postgresql(key: RowKey, compiler: DDLCompiler, **_kw: object) -> str:
    name = compiler.preparer.format_constraint(key)
    return f"CONSTRAINT {name} PRIMARY KEY ({', '.join(key_of(key.table, POSTGRESQL))})"


def key_of(table: Table, database: str) -> list[str]:
    """Name the columns of a table's primary key, as this database has it."""
    names = [column.name for column in table.primary_key.columns]
    spread = isinstance(table.primary_key, RowKey) and database == POSTGRESQL
    return [*names, "scenario_id"] if spread else names


def belongs_to(
    parent: str, column: str, *, ondelete: str
) -> tuple[ForeignKeyConstraint, ForeignKeyConstraint]:
    """Refer to a row of `parent`: as each of the databases does it."""
    by_id = ForeignKeyConstraint([column], [f"{parent}.id"], ondelete=ondelete, info={_OF: SQLITE})
    keys = [f"{parent}.id", f"{parent}.scenario_id"]
    of_both = [column, "scenario_id"]
    with_scenario = ForeignKeyConstraint(of_both, keys, ondelete=ondelete, info={_OF: POSTGRESQL})
    return by_id.ddl_if(dialect=SQLITE), with_scenario.ddl_if(dialect=POSTGRESQL)


def is_of(item: SchemaItem, database: str) -> bool:
    """Whether this database has something of the models."""
    return bool(item.info.get(_OF, database) == database)
