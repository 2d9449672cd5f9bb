"""The database's tables against those of the models.

Alembic compares tables, columns, indexes, unique and foreign keys; what it does not look at
follows. Tables of others in the same schema are theirs, and so are plain indexes on ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    ForeignKeyConstraint,
    Index,
    Inspector,
    Table,
    UniqueConstraint,
    inspect,
)
from sqlalchemy.schema import AddConstraint, CreateIndex

from swarmstore.db.dialects import row_keys
from swarmstore.db.doctor.check_context import Case
from swarmstore.db.doctor.findings import Finding, finding
from swarmstore.db.migrations.runner import (
    VERSION_TABLE,
    is_other_type,
    lacking_views,
)
from swarmstore.db.schema import TABLES, Base
from swarmstore.db.schema.compatibility import REVISION

_BY_HAND = (
    "put it back as `swarmstore upgrade` makes it in an empty database, or restore a backup: "
    "calls and later upgrades rely on it"
)
_NOT_WHOLE = (
    "restore a backup; drop them where nothing was saved yet; if somebody else made them, give swarmstore a "
    "schema or a file of its own"
)
_WHO_ADDED = "drop it, unless somebody knows why it is there: later upgrades know nothing of it"


def drift(case: Case) -> Iterator[Finding]:
    """All that differs from the models, by name; only for tables of this code's revision."""
    connection = case.session.connection()
    with case.dialect.among(connection, case.settings.schema):
        inspector = inspect(connection)
        there = sorted(TABLES.intersection(case.tables()))
        for difference in _differences(connection):
            if isinstance(difference, list):
                yield from _changed_column(difference)
            else:
                yield from _OPERATIONS[difference[0]](case, *difference[1:])
        for name in there:
            yield from _keys(inspector, connection.dialect.name, Base.metadata.tables[name])


def revision(case: Case) -> Iterator[Finding]:
    """Tables of ours whose revision nothing says."""
    there = TABLES.intersection(case.tables())
    if case.diagnosis.revision is not None or not there:
        return
    complete = not any(one.code == "schema-drift" for one in drift(case))
    those = f"all tables of revision {REVISION}" if complete else f"tables with names of ours ({min(there)})"
    problem = f"there are {those}, and no revision: `swarmstore upgrade` cannot go on"
    yield finding("schema-damaged", None, problem, _revision_again(case) if complete else _NOT_WHOLE)


def _revision_again(case: Case) -> str:
    """The statements that write it down."""
    table = case.qualified(VERSION_TABLE)
    made = "" if VERSION_TABLE in case.tables() else f"CREATE TABLE {table} (version_num VARCHAR(32)); "
    return f"`{made}INSERT INTO {table} (version_num) VALUES ('{REVISION}')`"  # noqa: S608 - shown, not run


def views(case: Case) -> Iterator[Finding]:
    """Views that somebody dropped; what they answer is nobody else's business to change."""
    for name in lacking_views(case.session.connection(), case.settings.schema):
        yield finding("view-missing", name, f"view {name} is missing", "`swarmstore upgrade` makes it anew")


def _differences(connection: Connection) -> list[Any]:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    options = {
        "version_table": VERSION_TABLE,
        "compare_type": is_other_type,
        # of identity columns
        "compare_server_default": connection.dialect.supports_identity_columns,
        "include_object": lambda item, *_: row_keys.is_of(item, connection.dialect.name),
        "include_name": lambda name, kind, _parents: kind != "table" or name in TABLES,
    }
    context = MigrationContext.configure(connection, opts=options)
    found: list[Any] = compare_metadata(context, Base.metadata)
    return found


def missing(subject: str, what: str, advice: str = _BY_HAND) -> Iterator[Finding]:
    """Something that the models have and the database lacks."""
    yield finding("schema-drift", subject, what, advice)


def _added(subject: str, what: str) -> Iterator[Finding]:
    yield finding("schema-addition", subject, what, _WHO_ADDED)


def _missing_table(_case: Case, table: Table) -> Iterator[Finding]:
    return missing(table.name, f"table {table.name} is missing")


def _missing_column(_case: Case, _schema: str | None, table: str, column: Column[Any]) -> Iterator[Finding]:
    return missing(f"{table}.{column.name}", f"column {column.name} of {table} is missing")


def _added_column(_case: Case, _schema: str | None, table: str, column: Column[Any]) -> Iterator[Finding]:
    subject, what = f"{table}.{column.name}", f"column {column.name} of {table} is not swarmstore's"
    if column.nullable or column.server_default is not None:
        return _added(subject, what)
    return missing(subject, f"{what}, and has no default: nothing can be saved", "drop it or let it be NULL")


def _missing_index(case: Case, index: Index) -> Iterator[Finding]:
    table = index.table.name if index.table is not None else ""
    return missing(
        str(index.name), f"index {index.name} of {table} is missing", f"`{_ddl(case, CreateIndex(index))}`"
    )


def _added_index(_case: Case, index: Index) -> Iterator[Finding]:
    if index.unique and index.table is not None:
        what = f"unique index {index.name} of {index.table.name} is not swarmstore's and may refuse saves"
        yield from _added(str(index.name), what)


def _missing_constraint(case: Case, constraint: UniqueConstraint | ForeignKeyConstraint) -> Iterator[Finding]:
    columns = ", ".join(constraint.columns.keys())
    kind = "foreign key" if isinstance(constraint, ForeignKeyConstraint) else "unique constraint"
    advice = f"`{_ddl(case, AddConstraint(constraint))}`" if case.dialect.has_schemas else _BY_HAND
    subject = str(constraint.name)
    return missing(subject, f"{kind} {subject} of {constraint.table.name} ({columns}) is missing", advice)


def _added_constraint(_case: Case, constraint: UniqueConstraint | ForeignKeyConstraint) -> Iterator[Finding]:
    name, table = str(constraint.name or "without a name"), constraint.table.name
    return _added(name, f"constraint {name} of {table} is not swarmstore's and may refuse saves")


_OPERATIONS: dict[str, Any] = {
    "add_table": _missing_table,
    "add_column": _missing_column,
    "remove_column": _added_column,
    "add_index": _missing_index,
    "remove_index": _added_index,
    "add_constraint": _missing_constraint,
    "remove_constraint": _added_constraint,
    "add_fk": _missing_constraint,
    "remove_fk": _added_constraint,
    "add_table_comment": lambda *_: (),  # whoever writes another comment has a reason
    "remove_table_comment": lambda *_: (),
}


def _changed_column(changes: list[tuple[Any, ...]]) -> Iterator[Finding]:
    for operation, _schema, table, column, _existing, found, declared in changes:
        if operation == "modify_type" and _without_collation(found) == _without_collation(declared):
            continue  # another order of texts: the check of collations says so
        what = {
            "modify_type": f"is of type {found} and not {declared}",
            "modify_nullable": "may be NULL" if found else "may not be NULL",
            "modify_default": "does not give out its values as it should",
        }.get(operation)
        if what is not None:
            yield from missing(f"{table}.{column}", f"column {column} of {table} {what}")


def _without_collation(type_: Any) -> str:
    return str(type_).partition(" COLLATE ")[0]


def _ddl(case: Case, statement: CreateIndex | AddConstraint) -> str:
    schema = {None: case.settings.schema} if case.dialect.has_schemas else None
    compiled = statement.compile(
        dialect=case.shown_in,
        schema_translate_map=schema,
        render_schema_translate=schema is not None,
    )
    return " ".join(str(compiled).split())


def _keys(inspector: Inspector, database: str, table: Table) -> Iterator[Finding]:
    """Primary keys and checks, which Alembic leaves alone."""
    found = inspector.get_pk_constraint(table.name)["constrained_columns"]
    declared = row_keys.key_of(table, database)
    if found != declared:
        what = f"the primary key of {table.name} is ({', '.join(found)}) and not ({', '.join(declared)})"
        yield from missing(table.name, what)
    for check in inspector.get_check_constraints(table.name):
        name = check["name"] or "without a name"
        yield from _added(name, f"check {name} of {table.name} is not swarmstore's and may refuse saves")
