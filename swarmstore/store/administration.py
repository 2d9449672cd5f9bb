"""What is done to a database around the stores on it: its tables, its roles, and how it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Unpack

from swarmstore.contracts.progress import Progress, check_progress
from swarmstore.loading import loading
from swarmstore.locations import url_to_open
from swarmstore.model.limits import check_flag
from swarmstore.settings import SettingsArguments, settings_from

if TYPE_CHECKING:  # an agent needs none of it
    from swarmstore.db.access.grants import Granted
    from swarmstore.db.doctor import Diagnosis


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
    """What an upgrade did: the revision that it found, None without tables, and the one that is there now.

    url: the database, as a person may see it.
    """

    url: str
    before: str | None
    after: str


def upgrade(url: str | None = None, **settings: Unpack[SettingsArguments]) -> UpgradeReport:
    """Bring a database's tables to this version, or make them: what `swarmstore upgrade` does.

    url and settings: as for `LearningStore.open`. On PostgreSQL the role owns what it makes.

    Safe to run from many processes at once: one migrates, the others wait and find it done. Views
    that somebody dropped are made anew.

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
    """Leave roles on PostgreSQL with exactly what they need, and PUBLIC with nothing; what each may do.

    agents: roles that run everything a store does, but for changing tables.
    analysts: roles that read all tables and views.
    url and settings: as for `LearningStore.open`; the role of the URL owns the tables.

    All of it or nothing. What a role had before on the schema's tables is taken away first; doing it
    again changes nothing, and is needed after each upgrade.

    Raises ConfigurationError on SQLite, without a role, and for a role that could write more all the
    same; RoleMissingError, InvalidUrlError, InvalidTextError, SchemaError kinds, DatabaseRefusedError for
    a caller who does not own the tables, StoreUnavailableError.
    """
    with loading():
        from swarmstore.db.access.grants import grant as grant_roles

    return grant_roles(url_to_open(url), agents=agents, analysts=analysts, settings=settings_from(settings))


def diagnose(
    url: str | None = None,
    *,
    deep: bool = False,
    progress: Progress | None = None,
    **settings: Unpack[SettingsArguments],
) -> Diagnosis:
    """Look at how a database is without changing it, all at one moment: what `swarmstore doctor` does.

    deep: also read every row and page, which takes minutes on a large store.
    progress: called after every check.
    url and settings: as for `LearningStore.open`. A SQLite file is never made.

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
