"""`swarmstore upgrade`: the tables."""

from __future__ import annotations

import swarmstore
from swarmstore.cli.options import JsonOption, SchemaOption, UrlOption
from swarmstore.cli.output import print_answer
from swarmstore.cli.printed import prints


@prints(lambda: swarmstore.UpgradeReport)
def upgrade(url: UrlOption = None, schema: SchemaOption = "swarmstore", json: JsonOption = False) -> None:
    """Create the tables, or upgrade them to this version of swarmstore.

    Many processes may run it at once.

    Example: swarmstore upgrade --url postgresql://admin@db.example/swarm
    """
    done = swarmstore.upgrade(url, schema=schema)
    line = f"upgraded from {done.before or 'nothing'} to revision {done.after}"
    if done.before == done.after:
        line = f"up to date (revision {done.after})"
    print_answer(done, line, json=json, url=url)
