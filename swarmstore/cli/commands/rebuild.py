"""`swarmstore rebuild`: cached totals rebuilt."""

from __future__ import annotations

from typing import TypedDict

from swarmstore.cli.options import JsonOption, SchemaOption, UrlOption, existing_store
from swarmstore.cli.output import count_of, print_answer, told
from swarmstore.cli.printed import prints


class Rebuilt(TypedDict):
    """How many cached totals were rebuilt."""

    totals: int


@prints(lambda: Rebuilt)
def rebuild(url: UrlOption = None, schema: SchemaOption = "swarmstore", json: JsonOption = False) -> None:
    """Rebuild all cached totals from their sources.

    Nothing is lost. It repairs what `swarmstore verify` finds.

    Example: swarmstore rebuild
    """
    with existing_store(url, schema) as store, told("rebuilding", "totals") as progress:
        totals = store.rebuild_totals(progress=progress)
    print_answer(Rebuilt(totals=totals), f"{count_of(totals, 'total')} rebuilt", json=json, url=url)
