"""Options that several commands share, and the store they open."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

import typer

import swarmstore
from swarmstore.cli.times import PLACEHOLDER, given_time


def scenario_names(ctx: typer.Context) -> list[str]:
    """Scenarios to complete a name with, none where the store cannot be read at once.

    A shell shows nothing else while somebody types: no error, and no wait for a server that is away.
    """
    url, schema = ctx.params.get("url"), ctx.params.get("schema") or "swarmstore"
    with (
        suppress(Exception),
        swarmstore.LearningStore.open(url, schema=schema, create=False, timeout_seconds=1) as store,
    ):
        names = store.scenarios()
        if os.environ.get("_SWARMSTORE_COMPLETE") == "complete_bash":  # which quotes nothing itself
            return [re.sub(r"([^\w@%+=:,./-])", r"\\\1", name) for name in names]
        return names
    return []


URL = "sqlite:///FILE or postgresql://USER@HOST/DATABASE"
UrlOption = Annotated[
    str | None,
    typer.Option(
        "--url",
        envvar="SWARMSTORE_URL",
        metavar="URL",
        help=f"The database: {URL}. The default is the value of SWARMSTORE_URL, or else a SQLite file "
        "in your data folder.",
    ),
]
SchemaOption = Annotated[
    str,
    typer.Option(
        "--schema",
        envvar="SWARMSTORE_SCHEMA",
        metavar="NAME",
        help="The PostgreSQL schema of the tables. The default is the value of SWARMSTORE_SCHEMA, or else "
        "swarmstore.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
ScenarioArgument = Annotated[
    str,
    typer.Argument(metavar="SCENARIO", help="The scenario's name.", autocompletion=scenario_names),
]
PhaseOption = Annotated[
    swarmstore.LearningPhase | None,
    typer.Option(
        "--phase",
        metavar="PHASE",
        help="Only sessions of this learning phase: bootstrap, release or validate.",
    ),
]
GroupOption = Annotated[
    str | None, typer.Option("--group", metavar="NAME", help="Only sessions of this group.")
]
SinceOption = Annotated[
    int | None,
    typer.Option("--since", parser=given_time, metavar=PLACEHOLDER, help="Only sessions from this time on."),
]
UntilOption = Annotated[
    int | None,
    typer.Option("--until", parser=given_time, metavar=PLACEHOLDER, help="Only sessions up to this time."),
]
LatestOption = Annotated[
    int | None, typer.Option("--latest", min=0, metavar="N", help="Only the newest N of these sessions.")
]


def given_path(text: str) -> Path:
    """A path on the command line; an empty one, as of a variable that is not set, is none."""
    if not text:
        raise typer.BadParameter("the path is empty; give '.' for the current folder")
    return Path(text)


@contextmanager
def existing_store(
    url: str | None, schema: str, scenario: str | None = None
) -> Iterator[swarmstore.LearningStore]:
    """The store to look at: a SQLite file that does not exist is a mistake, not a new store.

    scenario: one that it must have.

    Raises as `LearningStore.open` and `check_scenarios`. What a database needs is loaded here, and not
    for `--help`.
    """
    with swarmstore.LearningStore.open(url, schema=schema, create=False) as store:
        if scenario is not None:
            check_scenarios(store, [scenario])
        yield store


def check_scenarios(store: swarmstore.LearningStore, names: Sequence[str]) -> None:
    """Refuse a scenario that the store does not have. Raises SnapshotNotFoundError."""
    known = store.scenarios()
    name = next((name for name in names if name not in known), None)
    if name is None:
        return
    by_letters = {each.casefold(): each for each in known}
    close = [f"{by_letters[each]!r}" for each in get_close_matches(name.casefold(), by_letters)]
    if not known:
        advice = "the store has none yet"
    elif close:
        advice = f"did you mean {' or '.join(close)}?"
    else:
        advice = "`swarmstore scenarios` lists those that there are"
    raise swarmstore.SnapshotNotFoundError(f"there is no scenario {name!r}; {advice}")
