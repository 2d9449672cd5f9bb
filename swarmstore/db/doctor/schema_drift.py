"""The database's tables against those of the models.

Alembic compares tables, columns, indexes, unique and foreign keys; what it does not look at
follows. Tables of others in the same schema are theirs, and so are plain indexes on ours.
"""

from __future__ import annotations

from collections.abc import Iterator

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
from swarmstore.db.migrations.runner import VERSION_TABLE, is_other_type, lacking_views
from swarmstore.db.schema.all_tables import TABLES, Base
from swarmstore.loading import loading
from swarmstore.revisions import REVISION

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
            found = _finding(case, difference)
            if found is not None:
                yield found
        for name in there:
            yield from _keys(inspector, connection.dialect.name, Base.metadata.tables[name])


def revision(case: Case) -> Iterator[Finding]:
    """Tables of ours whose revision nothing says."""
    there = TABLES.intersection(case.tables())
    if case.diagnosis.revision is not None or not there:
        return
    complete = not any(one.code == "schema-drift" for one in drift(case))
    some = f"tables with swarmstore's names ({min(there)})"
    those = f"all tables of revision {REVISION}" if complete else some
    problem = f"there are {those}, but no recorded revision: `swarmstore upgrade` cannot continue"
    yield finding("schema-damaged", None, problem, _revision_again(case) if complete else _NOT_WHOLE)


def _revision_again(case: Case) -> str:
    table = case.qualified(VERSION_TABLE)
    made = "" if VERSION_TABLE in case.tables() else f"CREATE TABLE {table} (version_num VARCHAR(32)); "
    return f"`{made}INSERT INTO {table} (version_num) VALUES ('{REVISION}')`"  # noqa: S608 - shown, not run


def views(case: Case) -> Iterator[Finding]:
    """Views that somebody dropped; what they answer is nobody else's business to change."""
    for name in lacking_views(case.session.connection(), case.settings.schema):
        yield finding("view-missing", name, f"view {name} is missing", "`swarmstore upgrade` recreates it")


def _differences(connection: Connection) -> Iterator[object]:
    """What Alembic finds, an operation each: `(name, what it is about, …)`."""
    with loading():
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
    for found in compare_metadata(context, Base.metadata):
        yield from found if isinstance(found, list) else [found]  # changes of one column are a list


def _finding(case: Case, difference: object) -> Finding | None:
    """None where it is nobody's business: whoever writes another comment has a reason."""
    match difference:
        case "add_table", Table(name=table):
            return missing(table, f"table {table} is missing")
        case "add_column", _, table, Column(name=name):
            return missing(f"{table}.{name}", f"column {name} of {table} is missing")
        case "remove_column", _, table, Column(name=name) as column:
            subject, what = f"{table}.{name}", f"column {name} of {table} is not swarmstore's"
            if column.nullable or column.server_default is not None:
                return _added(subject, what)
            what = f"{what}, and has no default: nothing can be saved"
            return missing(subject, what, "drop it, or allow NULL in it")
        case "add_index", Index(name=name, table=Table(name=table)) as index:
            return missing(
                str(name), f"index {name} of {table} is missing", f"`{_ddl(case, CreateIndex(index))}`"
            )
        case "remove_index", Index(name=name, table=Table(name=table)) as index if index.unique:
            return _added(
                str(name), f"unique index {name} of {table} is not swarmstore's and may refuse saves"
            )
        case "add_constraint" | "add_fk", UniqueConstraint() | ForeignKeyConstraint() as constraint:
            return _missing_constraint(case, constraint)
        case "remove_constraint" | "remove_fk", UniqueConstraint() | ForeignKeyConstraint() as constraint:
            name, table = str(constraint.name or "without a name"), constraint.table.name
            return _added(name, f"constraint {name} of {table} is not swarmstore's and may refuse saves")
        case str() as change, _, table, column, _, found, declared if how := _how(change, found, declared):
            return missing(f"{table}.{column}", f"column {column} of {table} {how}")
        case _:
            return None


def _missing_constraint(case: Case, constraint: UniqueConstraint | ForeignKeyConstraint) -> Finding:
    columns, name = ", ".join(constraint.columns.keys()), str(constraint.name)
    kind = "foreign key" if isinstance(constraint, ForeignKeyConstraint) else "unique constraint"
    advice = f"`{_ddl(case, AddConstraint(constraint))}`" if case.dialect.has_schemas else _BY_HAND
    return missing(name, f"{kind} {name} of {constraint.table.name} ({columns}) is missing", advice)


def _how(change: str, found: object, declared: object) -> str | None:
    """How a column has changed; another order of texts is for the check of collations to say."""
    match change:
        case "modify_type" if _without_collation(found) != _without_collation(declared):
            return f"has type {found} instead of {declared}"
        case "modify_nullable":
            return "may be NULL" if found else "may not be NULL"
        case "modify_default":
            return "has another default than the migrations gave it"
        case _:
            return None


def _without_collation(type_: object) -> str:
    return str(type_).partition(" COLLATE ")[0]


def missing(subject: str, what: str, advice: str = _BY_HAND) -> Finding:
    """Something that the models have and the database lacks."""
    return finding("schema-drift", subject, what, advice)


def _added(subject: str, what: str) -> Finding:
    return finding("schema-addition", subject, what, _WHO_ADDED)


def _ddl(case: Case, statement: CreateIndex | AddConstraint) -> str:
    schema = {None: case.settings.schema} if case.dialect.has_schemas else None
    compiled = statement.compile(
        dialect=case.dialect.for_people(),
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
        yield missing(table.name, what)
    for check in inspector.get_check_constraints(table.name):
        name = check["name"] or "without a name"
        yield _added(name, f"check {name} of {table.name} is not swarmstore's and may refuse saves")
