"""Imports in lots of a few sessions, so that a small folder has several."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from swarmstore import LearningStore, SqlStorage
from swarmstore.transfer.importing import ImportReport, import_store


def import_in_lots(store: LearningStore, folder: Path, **chosen: Any) -> ImportReport:
    """As `store.import_store`, two sessions at a time."""
    storage = store.storage
    assert isinstance(storage, SqlStorage)
    return import_store(storage.import_target(), folder, batch=2, **chosen)
