"""`swarmstore merge`: any slice of history as one snapshot."""

from __future__ import annotations

from typing import Annotated

import typer

from swarmstore.cli.options import JsonOption, SchemaOption, UrlOption, check_scenario, existing_store
from swarmstore.cli.output import print_json_text
from swarmstore.cli.snapshot_output import print_snapshot


def merge(
    scenario: Annotated[str, typer.Argument(help="The scenario's name.")],
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
    with existing_store(url, schema) as store:
        check_scenario(store, scenario)
        merged = store.merge_sessions(scenario, strategy, latest=latest, since=since, until=until)
    if json:
        print_json_text(merged.to_json())
    else:
        print_snapshot(f"Merge of {scenario}, {strategy}", merged)
