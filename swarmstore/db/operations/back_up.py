"""A backup of a database that is one file, and its return. Servers have tools of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import inspect

from swarmstore.db.connection.transactions import Database
from swarmstore.db.dialects.database_file import database_file, url_of_file
from swarmstore.db.dialects.urls import shown_url
from swarmstore.db.migrations.runner import check_revision, current_revision
from swarmstore.db.repositories.change_feed import ChangeFeed
from swarmstore.disk import NewFile, is_file, sync_folder
from swarmstore.errors import ConfigurationError, CorruptStoreError, DatabaseMissingError, SchemaMissingError
from swarmstore.settings import Settings


def back_up(url: str, path: Path, settings: Settings) -> None:
    """See `swarmstore.backup`."""
    if is_file(path):
        raise ConfigurationError(f"{path} is there already; name a new file for the backup")
    with closing(Database(url, settings, as_found=True)) as database, NewFile(path) as new:
        check_revision(database, current_revision(database))
        database.dialect.copy_to_file(database.engine, new.temporary, settings.maintenance_seconds)
        new.finish()
        new.put()
    sync_folder(path.parent)


def restore(path: Path, url: str, settings: Settings) -> None:
    """See `swarmstore.restore`."""
    if not is_file(path):
        raise DatabaseMissingError(f"{path} does not exist; name a file that `swarmstore backup` has made")
    identity = _identity_of_backup(path, settings)
    with closing(Database(url, settings)) as database:
        _check_target(database, path, identity)
        database.dialect.copy_from_file(database.engine, path, settings.maintenance_seconds)
        database.write(ChangeFeed(database).begin_epoch)


def _identity_of_backup(path: Path, settings: Settings) -> str:
    with (
        closing(Database(url_of_file(path), settings, as_found=True)) as backup,
        _damage_told(f"{path} is damaged, or not a SQLite database; use another backup"),
    ):
        revision = current_revision(backup)
        if revision is None:
            raise SchemaMissingError(f"{path} has no swarmstore tables; use another backup")
        check_revision(backup, revision)
        return backup.read(ChangeFeed(backup).identity)


def _check_target(database: Database, path: Path, identity: str) -> None:
    """Raise if the backup cannot take the place of what is in this database."""
    target, file = shown_url(database.url), database_file(database.url)
    if file is not None and file.exists() and file.samefile(path):
        raise ConfigurationError(f"{path} is the store itself; name a backup of it, or another target")
    with _damage_told(
        f"{target} is damaged, or not a SQLite database; move it away with its -wal and -shm files, and "
        "restore into a new file"
    ):
        found = current_revision(database)
        if found is None and database.read(lambda s: inspect(s.connection()).get_table_names()):
            raise ConfigurationError(f"{target} has tables of another program; name a new file")
        if found is not None and database.read(ChangeFeed(database).identity) != identity:
            raise ConfigurationError(
                f"{target} is another store than the one in {path}; name a new file, or remove that store "
                "first"
            )


@contextmanager
def _damage_told(message: str) -> Iterator[None]:
    """Say of a damaged file which of the two it is: their errors do not tell."""
    try:
        yield
    except CorruptStoreError as error:
        raise CorruptStoreError(message) from error
