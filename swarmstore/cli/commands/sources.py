"""`swarmstore sources`: what totals are made of."""

from __future__ import annotations

from typing import Annotated

import typer

import swarmstore
from swarmstore.cli.options import JsonOption, SchemaOption, UrlOption, existing_store, scenario_names
from swarmstore.cli.output import percent, print_answer, print_table, say
from swarmstore.cli.printed import prints


@prints(lambda: list[swarmstore.TotalPart])
def sources(
    scenario: Annotated[
        str | None,
        typer.Argument(
            metavar="SCENARIO",
            autocompletion=scenario_names,
            help="The scenario's name. The default is the total of all scenarios.",
        ),
    ] = None,
    url: UrlOption = None,
    schema: SchemaOption = "swarmstore",
    json: JsonOption = False,
) -> None:
    """Show what a total is made of.

    A total is the sum of sessions, imports, a total saved by hand, and removed sessions. "saved" is the
    number of sessions that are in the store.

    Example: swarmstore sources troubleshooting
    """
    with existing_store(url, schema, scenario) as store:
        parts = store.sources(scenario)
    print_answer(parts, _print, json=json, url=url)


def _print(parts: list[swarmstore.TotalPart]) -> None:
    if not parts:
        say("there is no total: nothing counts in it yet")
        return
    rows = (
        (
            part.kind,
            part.origin,
            part.contributors if part.kind == "sessions" else None,
            part.waiting if part.kind == "sessions" else None,
            part.session_count,
            percent(part.success_episodes, part.success_episodes + part.failure_episodes),
            part.total_actions,
        )
        for part in parts
    )
    columns = ("part", "import", "#saved", "#pending", "#runs", "#success", "#actions")
    print_table(columns, rows, title="Sources")
