"""`swarmstore prune`: old sessions removed, totals as they are."""

from __future__ import annotations

from typing import Annotated

import typer

import swarmstore
from swarmstore.cli.options import JsonOption, ScenarioArgument, SchemaOption, UrlOption, existing_store
from swarmstore.cli.output import print_answer, told
from swarmstore.cli.times import PLACEHOLDER, given_time


def prune(
    scenario: ScenarioArgument,
    keep_latest: Annotated[
        int | None, typer.Option(min=0, metavar="N", help="Keep the newest N sessions.")
    ] = None,
    older_than: Annotated[
        int | None,
        typer.Option(parser=given_time, metavar=PLACEHOLDER, help="Remove sessions from before this time."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Remove nothing, and say how many it would be.")
    ] = False,
    url: UrlOption = None,
    schema: SchemaOption = "swarmstore",
    json: JsonOption = False,
) -> None:
    """Remove a scenario's old sessions. What they taught stays in the totals.

    Example: swarmstore prune troubleshooting --keep-latest 1000 --dry-run
    """
    if (keep_latest is None) == (older_than is None):
        raise swarmstore.ConfigurationError("say either --keep-latest or --older-than")
    with existing_store(url, schema, scenario) as store, told("pruning") as progress:
        removed = store.prune(
            scenario, keep_latest=keep_latest, older_than=older_than, dry_run=dry_run, progress=progress
        )
    line = f"{removed:,} sessions {'would be ' if dry_run else ''}removed; the totals stay as they are"
    print_answer({"sessions": removed, "dry_run": dry_run}, line, json=json)
