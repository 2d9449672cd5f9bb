"""`swarmstore fold`: cached totals brought up to date."""

from __future__ import annotations

from typing import TypedDict

from swarmstore.cli.options import JsonOption, SchemaOption, UrlOption, existing_store
from swarmstore.cli.output import count_of, print_answer, told
from swarmstore.cli.printed import prints


class Folded(TypedDict):
    """How often a session was added to a cached total: once for its scenario, once for the global one."""

    added: int


@prints(lambda: Folded)
def fold(url: UrlOption = None, schema: SchemaOption = "swarmstore", json: JsonOption = False) -> None:
    """Add pending sessions to the cached totals.

    Normally this happens automatically. Results do not depend on it.

    Example: swarmstore fold
    """
    with existing_store(url, schema) as store, told("folding", "totals") as progress:
        added = store.fold(progress=progress)
    line = (
        f"{count_of(added, 'pending addition')} made to the cached totals" if added else "nothing was pending"
    )
    print_answer(Folded(added=added), line, json=json, url=url)
