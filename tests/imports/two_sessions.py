"""A small store in a folder: two sessions, their totals and a model."""

from __future__ import annotations

from pathlib import Path

from swarmstore import FileSystemStorage, SessionId
from tests.snapshots import model, simple

IDS = ("1700000000", "1700000060")


def make_store(folder: Path, first: int = 1, second: int = 10) -> FileSystemStorage:
    """Two sessions of scenario s, their totals and a model."""
    files = FileSystemStorage(folder)
    files.save_session("s", simple(first), SessionId(IDS[0]))
    files.save_session("s", simple(second), SessionId(IDS[1]))
    files.save_offline_model("s", model())
    return files
