"""`swarmstore merge`: any slice of history as one snapshot."""

from __future__ import annotations

from typing import Annotated

import typer

from swarmstore.cli.options import JsonOption, ScenarioArgument, SchemaOption, UrlOption, existing_store
from swarmstore.cli.snapshot_output import print_snapshot


def merge(
    scenario: ScenarioArgument,
    strategy: Annotated[
        str, typer.Option(help="additive, time-decay:N (half-life in sessions) or success-weighted.")
    ] = "additive",
    latest: Annotated[int | None, typer.Option(min=0, help="Only so many of the newest sessions.")] = None,
    since: Annotated[
        int | None, typer.Option(min=0, metavar="T", help="From here on: seconds since 1970.")
    ] = None,
    until: Annotated[
        int | None, typer.Option(min=0, metavar="T", help="Up to here: seconds since 1970.")
    ] = None,
    url: UrlOption = None,
    schema: SchemaOption = "swarmstore",
    json: JsonOption = False,
) -> None:
    """Merge a scenario's saved sessions, oldest to newest.

    Example: swarmstore merge troubleshooting --strategy time-decay:7 --latest 100
    """
    with existing_store(url, schema, scenario) as store:
        merged = store.merge_sessions(scenario, strategy, latest=latest, since=since, until=until)
    print_snapshot(f"Merge of {scenario}, {strategy}", merged, json=json)
