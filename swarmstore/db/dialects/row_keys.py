"""Keys of rows that others belong to. Some databases have them name the scenario too.

So tables can be spread over several servers by scenario, which unique keys have to name then. The others
keep row ids, which they give out once, and check a reference by nothing but them.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Dialect, ForeignKeyConstraint, PrimaryKeyConstraint, Table
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import SchemaItem
from sqlalchemy.sql.compiler import DDLCompiler

from swarmstore.db.dialects.base import dialect_named

_WITH_SCENARIO = "names the scenario"


class RowKey(PrimaryKeyConstraint):
    """The key of rows by their `id`."""


@compiles(RowKey)
def _row_key(key: RowKey, compiler: DDLCompiler, **options: object) -> str:
    names = key_of(key.table, compiler.dialect.name)
    if len(names) == len(key.columns):
        return compiler.visit_primary_key_constraint(key, **options)
    return f"CONSTRAINT {compiler.preparer.format_constraint(key)} PRIMARY KEY ({', '.join(names)})"


def key_of(table: Table, database: str) -> list[str]:
    """Name the columns of a table's primary key, as this database has it."""
    names = [column.name for column in table.primary_key.columns]
    spread = isinstance(table.primary_key, RowKey) and dialect_named(database).keys_name_scenario
    return [*names, "scenario_id"] if spread else names


def belongs_to(
    parent: str, column: str, *, ondelete: str
) -> tuple[ForeignKeyConstraint, ForeignKeyConstraint]:
    """Refer to a row of `parent`: in both ways, of which each database has one."""
    by_id = ForeignKeyConstraint([column], [f"{parent}.id"], ondelete=ondelete, info={_WITH_SCENARIO: False})
    keys = [f"{parent}.id", f"{parent}.scenario_id"]
    of_both = [column, "scenario_id"]
    with_scenario = ForeignKeyConstraint(of_both, keys, ondelete=ondelete, info={_WITH_SCENARIO: True})
    return by_id.ddl_if(callable_=_is_here), with_scenario.ddl_if(callable_=_is_here)


def is_of(item: SchemaItem, database: str) -> bool:
    """Whether this database has something of the models."""
    here = dialect_named(database).keys_name_scenario
    return bool(item.info.get(_WITH_SCENARIO, here) == here)


def _is_here(*of_ddl: Any, dialect: Dialect, **_options: object) -> bool:
    _ddl, item, *_ = of_ddl
    return is_of(item, dialect.name)
