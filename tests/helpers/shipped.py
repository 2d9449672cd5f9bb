"""The store of real runs in `examples`."""

from __future__ import annotations

from pathlib import Path

from swarmstore import LearningStore

SHIPPED = Path(__file__).parents[2] / "examples" / "store"


def import_shipped(url: str) -> None:
    """Into a database with swarmstore's tables."""
    with LearningStore.open(url) as store:
        store.import_store(SHIPPED, origin="shipped")
