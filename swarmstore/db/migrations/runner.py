"""The schema's revision: check it on open, change it by migrations.

The runtime never changes a PostgreSQL schema; it sets up an empty SQLite file. One transaction
holds a lock in the database while it migrates, and reads the revision again inside of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Text, column, inspect, select, table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from swarmstore.db.connection.transactions import Database
from swarmstore.db.dialects.base import dialect_of
from swarmstore.db.dialects.column_types import ExactDouble
from swarmstore.db.dialects.failures import is_lock_timeout, translated
from swarmstore.db.dialects.urls import shown_url
from swarmstore.db.migrations import scripts
from swarmstore.db.statements.compatibility import oldest_revision
from swarmstore.errors import (
    SchemaAheadError,
    SchemaDamagedError,
    SchemaLockedError,
    SchemaMissingError,
    SchemaOutdatedError,
)
from swarmstore.loading import loading
from swarmstore.revisions import FIRST_REVISION, REVISION
from swarmstore.settings import Settings

if TYPE_CHECKING:
    from alembic.runtime.migration import RevisionStep
    from alembic.script import ScriptDirectory

VERSION_TABLE = "swarmstore_version"


def prepare(database: Database) -> None:
    """Make sure that this code may use the database's tables; an empty SQLite file gets them.

    Raises SchemaMissingError, SchemaOutdatedError, SchemaAheadError.
    """
    found = current_revision(database)
    if found is None and not database.dialect.has_schemas:
        if not database.read(lambda session: inspect(session.connection()).get_table_names()):
            _upgrade(database)  # looks again under the lock: many may find the same file empty
        found = current_revision(database)  # or another process has just set it up
    check_revision(database, found)
    database.is_watched = True


def check_revision(database: Database, found: str | None) -> None:
    """Refuse a database whose revision is not for this code. Raises as `prepare`."""
    shown, command = shown_url(database.url), "`swarmstore upgrade`"
    if found is None:
        raise SchemaMissingError(f"{shown} has no swarmstore tables; run {command} on it")
    check_released(database, found)
    if found < REVISION:
        raise SchemaOutdatedError(
            f"{shown} is at revision {found}, this swarmstore needs {REVISION}; run {command} on it"
        )
    if (
        found > REVISION
        and database.read(lambda session: session.scalars(oldest_revision()).one()) > REVISION
    ):
        raise SchemaAheadError(
            f"{shown} is at revision {found}, ahead of this swarmstore, which knows {REVISION}; "
            "install a newer swarmstore"
        )


def check_newest(database: Database, wanted: str) -> None:
    """Refuse a database unless its tables are just those that this code knows, for what is wanted of it.

    Raises as `prepare`, and SchemaAheadError for a compatible one that has more.
    """
    found = current_revision(database)
    check_revision(database, found)
    if found != REVISION:
        raise SchemaAheadError(
            f"{shown_url(database.url)} is at revision {found}, with tables that this swarmstore does not "
            f"know; {wanted} with a newer swarmstore"
        )


def check_released(database: Database, found: str | None) -> None:
    """Refuse tables from before the first release, which no migration begins with."""
    if found is not None and found < FIRST_REVISION:
        raise SchemaOutdatedError(
            f"{shown_url(database.url)} is at revision {found}, from before swarmstore's first release: no "
            "upgrade begins there; `swarmstore export` its data with the swarmstore that made it, and "
            "`swarmstore import` them into a new store"
        )


def current_revision(database: Database) -> str | None:
    """The database's revision, None without swarmstore's tables.

    Raises StoreUnavailableError, and ConfigurationError behind a pooler whose sessions cannot be used.
    """

    def work(connection: Connection) -> str | None:
        with Session(connection) as session:
            database.dialect.check_session(session, database.settings)
        return _revision(connection, database.settings.schema)

    return database.autocommit(work)


def upgrade(url: str, settings: Settings | None = None) -> tuple[str | None, str]:
    """Bring a database to this code's revision; the revisions that this call found and left.

    Safe to run from many processes at once: one migrates, the others wait and find it done. Views
    that somebody dropped are made anew, and an order of followers that an older swarmstore has
    damaged is mended.
    Raises InvalidUrlError, SchemaAheadError, SchemaDamagedError, SchemaLockedError, StoreUnavailableError,
    and ConfigurationError for a new store in a database of another encoding than UTF8.
    """
    with closing(Database(url, settings or Settings())) as database:
        before = current_revision(database)
        if before is None:
            database.read(database.dialect.check_new)
        check_released(database, before)
        if before is None or before < REVISION:
            return _upgrade(database), REVISION
        check_revision(database, before)  # no lock where there is nothing to do: replicas do not queue up
        if before == REVISION:
            if database.read(lambda session: lacking_views(session.connection(), database.settings.schema)):
                with _locked(database) as connection:
                    scripts.create(connection, _views(), only=lacking_views(connection, None))
            from swarmstore.db.repositories.change_feed import ChangeFeed

            feed = ChangeFeed(database)
            last, greatest = database.read(feed.positions)
            if greatest > last:
                database.write(feed.mend_positions)
        return before, before


def lacking_views(connection: Connection, schema: str | None) -> list[str]:
    """The views of this code's revision that a schema, None for the current one, lacks."""
    there = inspect(connection).get_view_names(schema=schema if dialect_of(connection).has_schemas else None)
    return [name for name in scripts.names_in(connection, _views()) if name not in there]


def _views() -> Path:
    """The current set, made by the newest revision that changed it."""
    return max((scripts_folder() / "views").iterdir())


def downgrade(url: str, revision: str, settings: Settings | None = None) -> None:
    """Take a database back to a revision, `base` for none: what newer tables hold is lost."""
    with migrating(url, settings) as connection:
        _migrate(connection, lambda scripts, before: scripts._downgrade_revs(revision, before))


@contextmanager
def migrating(url: str, settings: Settings | None = None) -> Iterator[Connection]:
    """A connection in a transaction that holds the migration lock. Raises SchemaLockedError."""
    with closing(Database(url, settings or Settings())) as database, _locked(database) as connection:
        yield connection


def _migrate(connection: Connection, steps: Callable[[ScriptDirectory, Any], list[RevisionStep]]) -> None:
    """Run the steps from the revision that is there, which `steps` is given as Alembic knows it."""
    with loading():
        from alembic.operations import Operations
        from alembic.runtime.migration import MigrationContext
        from alembic.script import ScriptDirectory

    # without Alembic's `context` and `op`, which the whole process shares: with other threads, and with
    # a program whose own migrations call this
    scripts = ScriptDirectory(str(scripts_folder()))
    options = {"version_table": VERSION_TABLE, "fn": lambda before, _: steps(scripts, before)}
    context = MigrationContext.configure(connection, opts=options)
    with context.begin_transaction():
        context.run_migrations(op=Operations(context))


def is_other_type(
    _context: object, _found: object, _declared: object, _found_type: object, type_: object
) -> bool | None:
    """For Alembic's comparison: SQLite reports ANY, where exact doubles are kept, as another type."""
    return False if isinstance(type_, ExactDouble) else None


def _upgrade(database: Database) -> str | None:
    """Migrate under the lock, unless somebody else just has; the revision found inside of it."""
    with loading():
        from swarmstore.db.schema.all_tables import TABLES

    with _locked(database) as connection:
        before = _revision(connection, None)
        there = TABLES.intersection(inspect(connection).get_table_names())
        if before is None and there:
            raise SchemaDamagedError(
                f"{shown_url(database.url)} has tables with names of swarmstore's ({min(there)}), and no "
                "revision; nothing was changed: `swarmstore doctor` says what to do"
            )
        if before != REVISION:
            to_newest(connection)
        return before


def to_newest(connection: Connection) -> None:
    """Run all migrations that are missing, in a transaction that holds the migration lock."""
    _migrate(connection, lambda scripts, before: scripts._upgrade_revs("head", before))


@contextmanager
def _locked(database: Database) -> Iterator[Connection]:
    try:
        with database.migrating() as connection:
            yield connection
    except DBAPIError as error:
        if is_lock_timeout(error):
            raise SchemaLockedError(
                f"somebody holds a lock in {shown_url(database.url)} that the upgrade needs; "
                "end long transactions there and run it again"
            ) from error
        raise translated(error) from error


def _revision(connection: Connection, schema: str | None) -> str | None:
    if not dialect_of(connection).has_schemas:
        schema = None
    if not inspect(connection).has_table(VERSION_TABLE, schema=schema):
        return None
    version = table(VERSION_TABLE, column("version_num", Text), schema=schema)
    return connection.scalar(select(version.c.version_num))


def scripts_folder() -> Path:
    """The folder of the migrations: inside of an installed package, beside it in a checkout."""
    package = Path(__file__).parents[2]
    installed = package / "migrations"
    return installed if installed.is_dir() else package.parent / "migrations"
