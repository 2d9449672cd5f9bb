"""Spreading a store's tables over several servers, by scenario."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass

from sqlalchemy import Connection

from swarmstore.db.connection.transactions import Database
from swarmstore.db.dialects.urls import shown_url
from swarmstore.db.migrations.runner import VERSION_TABLE, check_newest, migrating
from swarmstore.db.schema.all_tables import Base
from swarmstore.db.schema.sessions import SessionRow
from swarmstore.errors import ConfigurationError
from swarmstore.settings import Settings


@dataclass(frozen=True, slots=True)
class DistributionReport:
    """How tables are spread over servers, or would be.

    url: the database, without its password.
    whole: the tables of which each server has a copy.
    spread: the tables whose rows are spread over the servers by scenario.
    changed: the tables that this call has changed, or would change with `dry_run`.
    """

    url: str
    whole: list[str]
    spread: list[str]
    changed: list[str]
    dry_run: bool


def distribute(url: str, settings: Settings, *, dry_run: bool) -> DistributionReport:
    """Spread a database's tables by scenario; see `swarmstore.distribute`."""
    tables = Base.metadata.sorted_tables  # those referred to come first
    whole = [table.name for table in tables if "scenario_id" not in table.c]
    first = SessionRow.table.name
    spread = [first, *[table.name for table in tables if "scenario_id" in table.c and table.name != first]]

    def work(connection: Connection) -> list[str]:
        places = (settings.schema, [*whole, VERSION_TABLE], spread)
        return database.dialect.distribute(connection, *places, dry_run=dry_run)

    with closing(Database(url, settings)) as database:
        shown = shown_url(database.url)
        if not database.dialect.has_schemas:
            raise ConfigurationError(
                f"{shown} is one file, which no servers can share; distribute works on postgresql:// URLs"
            )
        check_newest(database, "distribute it")
        if dry_run:
            changed = database.read(lambda session: work(session.connection()))
        else:
            with migrating(url, settings) as connection:
                changed = work(connection)
    return DistributionReport(shown, [*whole, VERSION_TABLE], spread, changed, dry_run)
