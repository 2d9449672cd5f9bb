"""`swarmstore distribute`: tables over several servers."""

from __future__ import annotations

from typing import Annotated

import typer

import swarmstore
from swarmstore.cli.options import JsonOption, SchemaOption, UrlOption
from swarmstore.cli.output import facts, print_answer
from swarmstore.cli.printed import prints


@prints(lambda: swarmstore.DistributionReport)
def distribute(
    apply: Annotated[
        bool, typer.Option("--apply", help="Do it; without this, only show what would be done.")
    ] = False,
    url: UrlOption = None,
    schema: SchemaOption = "swarmstore",
    json: JsonOption = False,
) -> None:
    """Spread the tables over the servers of a Citus cluster, by scenario. PostgreSQL only.

    Run it on the coordinator as the owner of the tables, while nobody else uses the store.

    Example: swarmstore distribute --url postgresql://admin@db.example/swarm
    """
    report = swarmstore.distribute(url, dry_run=not apply, schema=schema)
    print_answer(report, _print, json=json, url=url)


def _print(report: swarmstore.DistributionReport) -> None:
    done = "would be changed; run it with --apply" if report.dry_run else "changed"
    facts(
        f"{len(report.changed)} tables {done}",
        [("on every server", ", ".join(report.whole)), ("by scenario", ", ".join(report.spread))],
    )
