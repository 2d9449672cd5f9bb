"""`swarmstore verify`, `fold`, `rebuild` and `prune`: keeping a store in order."""

from __future__ import annotations

from typing import Annotated

import typer

from swarmstore.cli.options import JsonOption, SchemaOption, UrlOption, check_scenario, existing_store
from swarmstore.cli.output import print_json, print_rows, say
from swarmstore.cli.progress import told
from swarmstore.contracts.discrepancies import Discrepancy
from swarmstore.errors import ConfigurationError


def verify(
    deep: Annotated[bool, typer.Option("--deep", help="Also compare every session's content.")] = False,
    url: UrlOption = None,
    schema: SchemaOption = "swarmstore",
    json: JsonOption = False,
) -> None:
    """Compare the totals with what they are made of; the exit code is 1 where they differ.

    Example: swarmstore verify --deep
    """
    with existing_store(url, schema) as store, told("verifying") as progress:
        found = store.verify_totals(deep=deep, progress=progress)
    if json:
        print_json(found)
    elif found:
        _print(found)
    else:
        say("all totals are what they are made of", style="green")
    if found:
        raise typer.Exit(1)


def _print(found: list[Discrepancy]) -> None:
    rows = (
        (
            "(global)" if one.scenario is None else one.scenario,
            one.kind,
            one.session_id if one.session_id is not None else " → ".join(one.key),
            one.value,
            one.found,
            one.expected,
        )
        for one in found
    )
    print_rows(("scenario", "kind", "actions", "value", "#found", "#expected"), rows, title="Differences")
    kinds = {one.kind for one in found}
    if kinds != {"import"}:
        say("cached totals are made anew by `swarmstore rebuild`; for sessions there is a backup")
    if "import" in kinds:
        say(
            "a total of imported files covers less than the sessions imported with it: the engine lost "
            "updates; imported with --totals sessions the sessions are counted instead"
        )


def fold(url: UrlOption = None, schema: SchemaOption = "swarmstore", json: JsonOption = False) -> None:
    """Add the sessions that wait to the cached totals; saves do it by themselves now and then.

    Example: swarmstore fold
    """
    with existing_store(url, schema) as store, told("folding") as progress:
        added = store.fold(progress)
    if json:
        print_json({"added": added})
    else:
        say(f"{added:,} times a session was added to a cached total" if added else "nothing was waiting")


def rebuild(url: UrlOption = None, schema: SchemaOption = "swarmstore", json: JsonOption = False) -> None:
    """Make every cached total anew from its parts and sessions; nothing is lost by it.

    Example: swarmstore rebuild
    """
    with existing_store(url, schema) as store, told("rebuilding") as progress:
        totals = store.rebuild_totals(progress)
    if json:
        print_json({"totals": totals})
    else:
        say(f"{totals:,} totals made anew")


def prune(
    scenario: Annotated[str, typer.Argument(help="The scenario's name.")],
    keep_latest: Annotated[int | None, typer.Option(min=0, help="How many sessions to keep.")] = None,
    older_than: Annotated[
        int | None, typer.Option(min=0, metavar="T", help="Remove what is older: seconds since 1970.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count them.")] = False,
    url: UrlOption = None,
    schema: SchemaOption = "swarmstore",
    json: JsonOption = False,
) -> None:
    """Remove a scenario's old sessions; what they taught stays in the totals.

    Example: swarmstore prune troubleshooting --keep-latest 1000 --dry-run
    """
    if (keep_latest is None) == (older_than is None):
        raise ConfigurationError("say either --keep-latest or --older-than")
    with existing_store(url, schema) as store, told("pruning") as progress:
        check_scenario(store, scenario)
        removed = store.prune(
            scenario, keep_latest=keep_latest, older_than=older_than, dry_run=dry_run, progress=progress
        )
    if json:
        print_json({"sessions": removed, "dry_run": dry_run})
    else:
        say(f"{removed:,} sessions {'would be ' if dry_run else ''}removed; the totals stay as they are")
