"""What the file of a total or a session says, and what may be wrong with one."""

from __future__ import annotations

from swarmstore.errors import (
    CountOverflowError,
    InvalidValueError,
    SessionForgottenError,
    SnapshotFormatError,
)
from swarmstore.files.layout import StoreFile
from swarmstore.files.sidecars import Contents, snapshot_in
from swarmstore.model.snapshot import LearningSnapshot

OF_ONE_FILE = (InvalidValueError, SnapshotFormatError, CountOverflowError, SessionForgottenError)
"""What is wrong with a file and stops no import."""


def snapshot_of(file: StoreFile) -> LearningSnapshot | None:
    """What a file holds, None for what cannot be read: an import says why when it comes to it."""
    try:
        return snapshot_in(*Contents.read(file.path))
    except (*OF_ONE_FILE, OSError):
        return None
