"""`swarmstore fold`: cached totals brought up to date."""

from __future__ import annotations

from swarmstore.cli.options import JsonOption, SchemaOption, UrlOption, existing_store
from swarmstore.cli.output import print_answer, told


def fold(url: UrlOption = None, schema: SchemaOption = "swarmstore", json: JsonOption = False) -> None:
    """Add the pending sessions to the cached totals; saves do it by themselves now and then.

    Example: swarmstore fold
    """
    with existing_store(url, schema) as store, told("folding") as progress:
        added = store.fold(progress=progress)
    line = f"{added:,} times a session was added to a cached total" if added else "nothing was pending"
    print_answer({"added": added}, line, json=json)
