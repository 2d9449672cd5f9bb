"""A backup of a database that is one file, and its return. Servers have tools of their own."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from sqlalchemy import inspect

from swarmstore.db.connection.transactions import Database
from swarmstore.db.dialects.database_file import url_of_file
from swarmstore.db.dialects.urls import shown_url
from swarmstore.db.migrations.runner import check_revision, current_revision
from swarmstore.db.repositories.change_feed import ChangeFeed
from swarmstore.disk import NewFile, is_file, sync_folder
from swarmstore.errors import ConfigurationError, DatabaseMissingError
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
    with closing(Database(url_of_file(path), settings, as_found=True)) as backup:
        check_revision(backup, current_revision(backup))
        identity = backup.read(ChangeFeed(backup).identity)
    with closing(Database(url, settings)) as database:
        found = current_revision(database)
        if found is None and database.read(lambda s: inspect(s.connection()).get_table_names()):
            raise ConfigurationError(
                f"{shown_url(database.url)} has tables of another program; name a new file"
            )
        if found is not None and database.read(ChangeFeed(database).identity) != identity:
            raise ConfigurationError(
                f"{shown_url(database.url)} is another store than the one in {path}; name a new file, or "
                "remove that store first"
            )
        database.dialect.copy_from_file(database.engine, path, settings.maintenance_seconds)
        database.write(ChangeFeed(database).begin_epoch)
