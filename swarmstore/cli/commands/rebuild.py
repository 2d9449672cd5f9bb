"""`swarmstore rebuild`: cached totals made anew."""

from __future__ import annotations

from swarmstore.cli.options import JsonOption, SchemaOption, UrlOption, existing_store
from swarmstore.cli.output import print_answer, told


def rebuild(url: UrlOption = None, schema: SchemaOption = "swarmstore", json: JsonOption = False) -> None:
    """Make every cached total anew from its parts and sessions; nothing is lost by it.

    Example: swarmstore rebuild
    """
    with existing_store(url, schema) as store, told("rebuilding") as progress:
        totals = store.rebuild_totals(progress=progress)
    print_answer({"totals": totals}, f"{totals:,} totals made anew", json=json)
