"""`swarmstore copy`: one database into another."""

from __future__ import annotations

from typing import Annotated

import typer

import swarmstore
from swarmstore.cli.options import URL, JsonOption, existing_store
from swarmstore.cli.output import facts, print_json, told
from swarmstore.cli.printed import prints


@prints(lambda: swarmstore.CopyReport)
def copy(
    from_url: Annotated[str, typer.Argument(metavar="FROM_URL", help=f"The store to copy: {URL}.")],
    to_url: Annotated[
        str,
        typer.Argument(metavar="TO_URL", help="An empty database, or an earlier copy of the same store."),
    ],
    from_schema: Annotated[
        str,
        typer.Option(metavar="NAME", help="The PostgreSQL schema to copy from. The default is swarmstore."),
    ] = "swarmstore",
    to_schema: Annotated[
        str,
        typer.Option(metavar="NAME", help="The PostgreSQL schema to copy into. The default is swarmstore."),
    ] = "swarmstore",
    json: JsonOption = False,
) -> None:
    """Copy a store into an empty database.

    Run it again to bring the copy up to date, or to complete a copy that was interrupted. The store
    that is copied is not changed. On PostgreSQL, run `swarmstore upgrade` on the target first, and
    copy with the role that owns its tables.

    Example: swarmstore copy sqlite:///swarm.db postgresql://admin@db/swarm
    """
    with (
        existing_store(from_url, from_schema) as source,
        swarmstore.LearningStore.open(to_url, schema=to_schema) as target,
        told("copying", "sessions") as progress,
    ):
        report = source.copy_to(target, progress=progress)
    if json:
        print_json(report)
    else:
        _print(report, from_url, to_url)


def _print(report: swarmstore.CopyReport, from_url: str, to_url: str) -> None:
    facts(
        "Copied",
        [
            ("from", swarmstore.shown_url(from_url)),
            ("to", swarmstore.shown_url(to_url)),
            ("scenarios", report.scenarios),
            ("sessions", report.added),
            ("unchanged", report.unchanged or None),
            ("removed", report.removed or None),
        ],
    )
