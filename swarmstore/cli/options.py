"""Options that several commands share, and the store they open."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from swarmstore.errors import SnapshotNotFoundError, StoreUnavailableError
from swarmstore.locations import URL_VARIABLE, given_or_default

if TYPE_CHECKING:
    from swarmstore.store.learning_store import LearningStore

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


def given_path(text: str) -> Path:
    """A path on the command line; an empty one, as of a variable that is not set, is none."""
    if not text:
        raise typer.BadParameter("the path is empty; give '.' for the current folder")
    return Path(text)


def existing_url(url: str | None) -> str:
    """The database to look at: a file that does not exist is a mistake, not a new store.

    Raises StoreUnavailableError.
    """
    from swarmstore.db.dialects.database_file import database_file, found_at
    from swarmstore.db.dialects.urls import parse_url, shown_url

    chosen = given_or_default(url)
    file = database_file(parse_url(chosen))
    if file is not None and found_at(file) is None:
        raise StoreUnavailableError(
            f"{shown_url(parse_url(chosen))} does not exist; fill it with `swarmstore import DIR`, "
            "or choose another one with --url"
        )
    return chosen


def existing_store(url: str | None, schema: str) -> LearningStore:
    """The store to look at. Raises StoreUnavailableError, SchemaError kinds."""
    return store_at(existing_url(url), schema)


def store_at(url: str | None, schema: str) -> LearningStore:
    """The store to write to; an empty file becomes one. Raises as `LearningStore.open`.

    What a database needs is loaded here, and not for `--help`.
    """
    from swarmstore.store.learning_store import LearningStore

    return LearningStore.open(url, schema=schema)


def check_scenario(store: LearningStore, name: str | None) -> None:
    """Refuse a scenario that the store does not have; None means all.

    Raises SnapshotNotFoundError, InvalidTextError.
    """
    from swarmstore.model.limits import check_text

    if name is None or check_text("scenario", name) in (known := store.scenarios()):
        return
    by_letters = {each.casefold(): each for each in known}
    close = [f"{by_letters[each]!r}" for each in get_close_matches(name.casefold(), by_letters)]
    if not known:
        advice = "the store has none yet"
    elif close:
        advice = f"did you mean {' or '.join(close)}?"
    else:
        advice = "`swarmstore scenarios` lists those that there are"
    raise SnapshotNotFoundError(f"there is no scenario {name!r}; {advice}")
