"""`swarmstore copy`: one database into another."""

from __future__ import annotations

from typing import Annotated

import typer

import swarmstore
from swarmstore.cli.options import URLS, JsonOption, existing_store
from swarmstore.cli.output import facts, print_answer, told


def copy(
    from_url: Annotated[str, typer.Argument(metavar="FROM_URL", help=URLS)],
    to_url: Annotated[
        str, typer.Argument(metavar="TO_URL", help="Where to: an empty database, or such a copy.")
    ],
    from_schema: Annotated[str, typer.Option(help="PostgreSQL's schema to copy from.")] = "swarmstore",
    to_schema: Annotated[str, typer.Option(help="PostgreSQL's schema to copy into.")] = "swarmstore",
    json: JsonOption = False,
) -> None:
    """Copy a store into another database; again it brings over what has changed since.

    An interrupted copy is completed by the next one. On PostgreSQL the tables are made first, with
    `swarmstore upgrade`, and the role owns them. Nothing is deleted where it is copied from.

    Example: swarmstore copy sqlite:///swarm.db postgresql://admin@db.example/swarm
    """
    with (
        existing_store(from_url, from_schema) as source,
        swarmstore.LearningStore.open(to_url, schema=to_schema) as target,
        told("copying") as progress,
    ):
        report = source.copy_to(target, progress=progress)
    print_answer(report, _print, json=json)


def _print(report: swarmstore.CopyReport) -> None:
    facts(
        "Copied",
        [
            ("scenarios", report.scenarios),
            ("sessions", report.added),
            ("there before", report.unchanged or None),
            ("removed since", report.removed or None),
        ],
    )
