"""`swarmstore prune`: old sessions removed, totals as they are."""

from __future__ import annotations

from typing import Annotated, TypedDict

import typer

from swarmstore.cli.options import (
    JsonOption,
    SchemaOption,
    UrlOption,
    check_scenarios,
    existing_store,
    scenario_names,
)
from swarmstore.cli.output import count_of, print_json, say, say_database, told
from swarmstore.cli.printed import prints
from swarmstore.cli.times import PLACEHOLDER, given_time


class PrunedScenario(TypedDict):
    """A scenario, and how many of its sessions were removed, or would be."""

    scenario: str
    sessions: int


class Pruned(TypedDict):
    """What was removed, or with `dry_run` what would be."""

    dry_run: bool
    scenarios: list[PrunedScenario]


@prints(lambda: Pruned)
def prune(
    scenarios: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SCENARIO",
            autocompletion=scenario_names,
            help="The names of one or more scenarios.",
        ),
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="Prune all scenarios.")] = False,
    keep_latest: Annotated[
        int | None, typer.Option(min=0, metavar="N", help="Keep the newest N sessions of each scenario.")
    ] = None,
    older_than: Annotated[
        int | None,
        typer.Option(
            parser=given_time,
            metavar=PLACEHOLDER,
            help="Remove only sessions from before this time, for instance 30d.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Remove nothing, and say how many it would be.")
    ] = False,
    url: UrlOption = None,
    schema: SchemaOption = "swarmstore",
    json: JsonOption = False,
) -> None:
    """Remove old sessions, but keep what they taught in the totals.

    With --keep-latest and --older-than together, a session is removed when it is older and not among
    the newest. The exit code is 0 also when there is nothing to remove.

    Example: swarmstore prune --all --keep-latest 1000 --older-than 30d
    """
    if bool(scenarios) == all_:
        raise typer.BadParameter("name scenarios, or give --all")
    if keep_latest is None and older_than is None:
        raise typer.BadParameter("give --keep-latest, --older-than or both")
    removed: dict[str, int] = {}
    with existing_store(url, schema) as store:
        if scenarios:
            check_scenarios(store, scenarios)
        for name in dict.fromkeys(scenarios or store.scenarios()):
            with told(f"pruning {name}", "sessions") as progress:
                removed[name] = store.prune(
                    name, keep_latest=keep_latest, older_than=older_than, dry_run=dry_run, progress=progress
                )
            if not json:
                say(f"{name}: {count_of(removed[name], 'session')} {'would be ' if dry_run else ''}removed")
    if json:
        pruned = [PrunedScenario(scenario=name, sessions=count) for name, count in removed.items()]
        print_json(Pruned(dry_run=dry_run, scenarios=pruned))
    else:
        say_database(url)
