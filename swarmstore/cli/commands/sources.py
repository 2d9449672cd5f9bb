"""`swarmstore sources`: what totals are made of."""

from __future__ import annotations

from typing import Annotated

import typer

from swarmstore.cli.options import JsonOption, SchemaOption, UrlOption, check_scenario, existing_store
from swarmstore.cli.output import add_row, console, percent, print_json, table


def sources(
    scenario: Annotated[
        str | None, typer.Argument(help="The scenario's name.", show_default="the global total")
    ] = None,
    url: UrlOption = None,
    schema: SchemaOption = "swarmstore",
    json: JsonOption = False,
) -> None:
    """Show what a total is made of: sessions, imports, totals saved by hand, and removed sessions.

    Example: swarmstore sources troubleshooting
    """
    with existing_store(url, schema) as store:
        check_scenario(store, scenario)
        parts = store.sources(scenario)
    if json:
        print_json(parts)
        return
    made = table(
        "part", "import", "#saved sessions", "#pending", "#runs", "#success", "#actions", title="Sources"
    )
    for part in parts:
        add_row(
            made,
            part.kind,
            part.origin,
            part.contributors if part.kind == "sessions" else None,
            part.waiting if part.kind == "sessions" else None,
            part.session_count,
            percent(part.success_episodes, part.success_episodes + part.failure_episodes),
            part.total_actions,
        )
    console.print(made)
