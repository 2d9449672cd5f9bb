"""The page of the tables and its drawing, from the metadata that the library itself uses."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import Column, Table

from swarmstore.db.dialects.functions import POSTGRESQL, SQLITE
from swarmstore.db.dialects.row_keys import key_of
from swarmstore.db.schema.all_tables import Base
from tests.db.dialects import DIALECTS
from tests.docs.drawing import Arrow, drawing
from tests.docs.pages import sentence, table

TABLES = [one for _, one in sorted(Base.metadata.tables.items())]
_NAMED = re.compile(r"\b(\w+)\.(\w+)\b")
_HEAD = f"""\
# Tables

swarmstore keeps a store in these {len(TABLES)} tables, which are the same on SQLite and on PostgreSQL. The
comments of tables and columns are in the database, too (`\\d+ sessions` in psql).

Tables change with the versions of swarmstore. Queries and tools should read the [views](views.md), which
keep their names and columns, and show names where the tables have ids.

## How they refer to each other

[![Each table, and the tables that it refers to](tables.svg)](tables.svg)

A line is a foreign key. A dashed line is a reference by value alone: the column has the other table's
key, and the database does not check it. Tables with the same references share a box. A reference that
follows from another one is not drawn.

These are the foreign keys. On SQLite those to `sessions` and `baselines` are of `id` alone.

| table | column | refers to | when the row there is deleted |
| --- | --- | --- | --- |
"""
_DELETED = {"CASCADE": "the row goes as well", "RESTRICT": "it cannot be deleted"}


def page() -> str:
    """The whole page."""
    references = [line for one in TABLES for line in _references(one)]
    return f"{_HEAD}{''.join(references)}\n## Each table\n\n" + "\n".join(map(_described, TABLES))


def picture() -> str:
    """The drawing of what refers to what."""
    to = {one.name: _targets(one) for one in TABLES}
    referred = {target for targets in to.values() for target in targets}
    alike = defaultdict[object, list[str]](list)
    for name, targets in to.items():
        alike[name if name in referred else tuple(sorted(targets.items()))].append(name)
    boxes = {names[0]: names for names in alike.values()}
    arrows = [
        Arrow(name, target, loose)
        for name in boxes
        for target, loose in to[name].items()
        if not any(target in _reached(to, other) for other in to[name] if other != target)
    ]
    return drawing(boxes, arrows)


def _reached(to: dict[str, dict[str, bool]], name: str) -> set[str]:
    return {end for target in to[name] for end in (target, *_reached(to, target))}


def _targets(one: Table) -> dict[str, bool]:
    """The tables that a table refers to, and whether no foreign key says so."""
    loose = {target.table.name: True for column in one.columns for target in _by_value(column)}
    keys = {key.elements[0].column.table.name: False for key in one.foreign_key_constraints}
    return {name: is_loose for name, is_loose in (loose | keys).items() if name != one.name}


def _by_value(column: Column[object]) -> Iterator[Column[object]]:
    """The keys of other tables that a column's comment says it holds."""
    for table_name, column_name in _NAMED.findall(column.comment or ""):
        target = Base.metadata.tables.get(table_name)
        if target is not None and target is not column.table and column_name in target.primary_key.columns:
            yield target.columns[column_name]


def _references(one: Table) -> Iterator[str]:
    """The table's lines in the list of references: foreign keys, the longest of those to a table alone."""
    by_table = defaultdict[str, list[str]](list)
    for key in sorted(one.foreign_key_constraints, key=lambda each: len(each.elements)):
        target = key.elements[0].column.table.name
        columns = ", ".join(f"`{each.parent.name}`" for each in key.elements)
        others = ", ".join(f"`{target}.{each.column.name}`" for each in key.elements)
        assert key.ondelete is not None
        by_table[target] = [f"| `{one.name}` | {columns} | {others} | {_DELETED[key.ondelete]} |\n"]
    for lines in by_table.values():
        yield from lines


def _described(one: Table) -> str:
    """A table with its columns."""
    rows = [
        (
            f"`{column.name}`",
            f"`{column.type.compile(DIALECTS[POSTGRESQL])}`",
            f"`{column.type.compile(DIALECTS[SQLITE])}`",
            _key_or_null(one, column),
            sentence(column.comment or ""),
        )
        for column in one.columns
    ]
    columns = table(("column", "PostgreSQL", "SQLite", "key or NULL", "meaning"), rows)
    return f"### {one.name}\n\n{sentence(one.comment or '')}\n\n{columns}"


def _key_or_null(one: Table, column: Column[object]) -> str:
    if column.name in key_of(one, SQLITE):
        return "key"
    if column.name in key_of(one, POSTGRESQL):
        return "key on PostgreSQL"
    return "may be NULL" if column.nullable else ""
