"""Administration of a database: its tables, its roles, its health, backups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from swarmstore.contracts.progress import Progress, check_progress
from swarmstore.loading import loading
from swarmstore.locations import url_to_open
from swarmstore.model.limits import check_flag, check_path
from swarmstore.settings import SettingsArguments, settings_from

if TYPE_CHECKING:  # an agent needs none of it
    from swarmstore.db.access.grants import Granted
    from swarmstore.db.doctor import Diagnosis
    from swarmstore.db.operations.distribute_tables import DistributionReport


def shown_url(url: str | None = None) -> str:
    """Give the URL of a database as a person may see it, without its password and other secrets.

    url: as for `LearningStore.open`; nothing is opened.

    Raises InvalidUrlError, ConfigurationError.
    """
    with loading():
        from swarmstore.db.dialects.urls import parse_url
        from swarmstore.db.dialects.urls import shown_url as shown

    return shown(parse_url(url_to_open(url)))


@dataclass(frozen=True, slots=True)
class UpgradeReport:
    """What an upgrade did.

    url: the database, without its password.
    before: the revision that was found, or None if there were no tables.
    after: the revision that the tables have now.
    """

    url: str
    before: str | None
    after: str


def upgrade(url: str | None = None, **settings: Unpack[SettingsArguments]) -> UpgradeReport:
    """Create a database's tables or upgrade them to this version, as `swarmstore upgrade` does.

    url and settings: as for `LearningStore.open`. On PostgreSQL the role becomes the tables' owner.

    Many processes may run it at once: one migrates, the others wait and find it done. Views that were
    dropped are created again.

    Raises InvalidUrlError, ConfigurationError, SchemaAheadError, SchemaDamagedError, SchemaLockedError,
    DatabaseRefusedError, StoreUnavailableError.
    """
    with loading():
        from swarmstore.db.migrations.runner import upgrade as upgrade_database

    chosen = settings_from(settings)
    opened = url_to_open(url, create=chosen.create)
    before, after = upgrade_database(opened, chosen)
    return UpgradeReport(shown_url(opened), before, after)


def grant(
    url: str | None = None,
    *,
    agents: Sequence[str] = (),
    analysts: Sequence[str] = (),
    **settings: Unpack[SettingsArguments],
) -> list[Granted]:
    """Give roles on PostgreSQL exactly the privileges they need, PUBLIC none, and return what each may do.

    agents: roles that do everything a store does, except changing tables.
    analysts: roles that read all tables and views.
    url and settings: as for `LearningStore.open`. The role of the URL must own the tables.

    Other privileges of these roles on the schema's tables are revoked first, all in one transaction. Run
    it again after each upgrade.

    Raises ConfigurationError on SQLite, without a role, and for a role that could write more in any
    case; RoleMissingError, InvalidUrlError, InvalidTextError, SchemaError and its subclasses,
    DatabaseRefusedError for a caller who does not own the tables, StoreUnavailableError.
    """
    with loading():
        from swarmstore.db.access.grants import grant as grant_roles

    return grant_roles(url_to_open(url), agents=agents, analysts=analysts, settings=settings_from(settings))


def backup(path: str | Path, url: str | None = None, **settings: Unpack[SettingsArguments]) -> None:
    """Back up a store in a SQLite file while it is used: what `swarmstore backup` does.

    The backup is one file with the store as it was at one moment. It is checked before it is renamed to
    `path`.

    path: a new file. url and settings: as for `LearningStore.open`; nothing is changed there.

    Raises ConfigurationError for a file that exists and on PostgreSQL, which has tools of its own;
    CorruptStoreError, SchemaError kinds, StoreUnavailableError, OSError for what cannot be written.
    """
    with loading():
        from swarmstore.db.operations.back_up import back_up

    back_up(url_to_open(url), check_path("path", path), settings_from(settings))


def restore(path: str | Path, url: str | None = None, **settings: Unpack[SettingsArguments]) -> None:
    """Put a backup back into a SQLite file: what `swarmstore restore` does.

    Stores that are open on the file continue with the restored data. Older cursors become invalid, so
    followers start again from the first session.

    path: a file that `backup` has made. url and settings: as for `LearningStore.open`: a new file, or
        the store that the backup is of.

    Raises ConfigurationError for another store and on PostgreSQL; CorruptStoreError for a damaged
    backup, before anything is changed; DatabaseMissingError, SchemaError kinds, StoreUnavailableError.
    """
    with loading():
        from swarmstore.db.operations.back_up import restore as restore_file

    restore_file(check_path("path", path), url_to_open(url), settings_from(settings))


def distribute(
    url: str | None = None, *, dry_run: bool = True, **settings: Unpack[SettingsArguments]
) -> DistributionReport:
    """Spread a store's tables over the servers of a Citus cluster by scenario, once for all.

    dry_run: only report what would be changed, which is the default.
    url and settings: as for `LearningStore.open`; the coordinator, as the role that owns the tables.

    Either everything is changed or nothing. Running it again changes nothing, unless an upgrade has added
    tables. Nobody else should have the store open: tables are locked meanwhile, and stores that were
    opened before Citus was installed have to be opened again.

    Raises ConfigurationError on SQLite, without Citus, below Citus 13.2 or PostgreSQL 15, and where a
    table is distributed in another way; InvalidUrlError, SchemaError kinds, DatabaseRefusedError,
    StoreUnavailableError.
    """
    with loading():
        from swarmstore.db.operations.distribute_tables import distribute as distribute_tables

    chosen = settings_from(settings)
    return distribute_tables(url_to_open(url), chosen, dry_run=check_flag("dry_run", dry_run))


def diagnose(
    url: str | None = None,
    *,
    deep: bool = False,
    progress: Progress | None = None,
    **settings: Unpack[SettingsArguments],
) -> Diagnosis:
    """Check a database without changing it, as `swarmstore doctor` does.

    deep: also read every row and page, which takes minutes on a large store.
    progress: called after every check.
    url and settings: as for `LearningStore.open`. A SQLite file is never created.

    Raises InvalidUrlError, ConfigurationError, DatabaseMissingError among them, StoreUnavailableError,
    and CorruptStoreError for a file that is no database.
    """
    with loading():
        from swarmstore.db.doctor import diagnose as diagnose_database

    return diagnose_database(
        url_to_open(url),
        settings_from(settings),
        deep=check_flag("deep", deep),
        progress=check_progress(progress),
    )
