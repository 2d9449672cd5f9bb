"""`swarmstore verify`: totals compared with what they are made of."""

from __future__ import annotations

from typing import Annotated

import typer

import swarmstore
from swarmstore.cli.options import JsonOption, SchemaOption, UrlOption, existing_store
from swarmstore.cli.output import print_answer, print_rows, say, told
from swarmstore.cli.printed import prints


@prints(lambda: list[swarmstore.Discrepancy])
def verify(
    deep: Annotated[
        bool, typer.Option("--deep", help="Also check every session against its digest.")
    ] = False,
    url: UrlOption = None,
    schema: SchemaOption = "swarmstore",
    json: JsonOption = False,
) -> None:
    """Check that each total equals the sum of its sessions and imports.

    Differences are listed, and the exit code is 1.

    Example: swarmstore verify --deep
    """
    with existing_store(url, schema) as store, told("verifying", "checks") as progress:
        found = store.verify_totals(deep=deep, progress=progress)
    print_answer(found, _print, json=json, url=url)
    if found:
        raise typer.Exit(1)


def _print(found: list[swarmstore.Discrepancy]) -> None:
    if not found:
        say("all totals are consistent", style="green")
        return
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
        say("run `swarmstore rebuild` to repair cached totals; restore changed sessions from a backup")
    if "import" in kinds:
        say(
            "a total in imported files covers less than the sessions imported with it, because the engine "
            "lost updates; import with --totals sessions to count the sessions instead"
        )
