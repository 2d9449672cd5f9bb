"""Options that several commands share, and the store they open."""

from __future__ import annotations

from typing import Annotated

import typer

from swarmstore.db.sqlite_file import database_file
from swarmstore.db.urls import parse_url, shown_url
from swarmstore.errors import StoreUnavailableError
from swarmstore.locations import URL_VARIABLE, default_url
from swarmstore.store import LearningStore

UrlOption = Annotated[
    str | None,
    typer.Option(
        "--url",
        envvar=URL_VARIABLE,
        show_default="SQLite in your data folder",
        help="sqlite:///path/to/file.db or postgresql://user@host/database",
    ),
]
SchemaOption = Annotated[
    str, typer.Option("--schema", envvar="SWARMSTORE_SCHEMA", help="PostgreSQL's schema for the tables.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def existing_url(url: str | None) -> str:
    """The database to look at: a file that does not exist is a mistake, not a new store.

    Raises StoreUnavailableError.
    """
    chosen = url or default_url()
    file = database_file(parse_url(chosen))
    if file is not None and not file.exists():
        raise StoreUnavailableError(
            f"{shown_url(parse_url(chosen))} does not exist; fill it with `swarmstore import DIR`, "
            "or choose another one with --url"
        )
    return chosen


def existing_store(url: str | None, schema: str) -> LearningStore:
    """The store to look at. Raises StoreUnavailableError, SchemaError kinds."""
    return LearningStore.open(existing_url(url), schema=schema)
