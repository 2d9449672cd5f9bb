"""What the files of a folder hold: their bytes, and digests of these and of what they say."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from swarmstore.disk import read_bytes, reason_of
from swarmstore.errors import (
    CountOverflowError,
    InvalidValueError,
    SessionForgottenError,
    SnapshotFormatError,
)
from swarmstore.files.layout import StoreFile
from swarmstore.files.sidecars import beside, content_hash, content_of, snapshot_in
from swarmstore.model.snapshot import LearningSnapshot

OF_ONE_FILE = (InvalidValueError, SnapshotFormatError, CountOverflowError, SessionForgottenError)
"""What is wrong with a file and stops no import."""


def why_not(error: Exception, path: Path) -> str:
    """The reason that a report gives for a file, whose path it gives as well."""
    return reason_of(error, path) if isinstance(error, OSError) else str(error)


class Contents(NamedTuple):
    """The bytes of a file, and of its sidecar if it has one."""

    of_file: bytes
    of_sidecar: bytes | None

    @classmethod
    def read(cls, file: StoreFile) -> Contents:
        """Raises OSError."""
        return cls(read_bytes(file.path), content_of(beside(file.path)))

    @property
    def digest(self) -> bytes:
        """What the ledger knows the file's bytes by."""
        return content_hash(self.of_file, self.of_sidecar or b"")


def snapshot_of(file: StoreFile) -> LearningSnapshot | None:
    """What a file holds, None for what cannot be read: an import says why when it comes to it."""
    try:
        return snapshot_in(*Contents.read(file))
    except (*OF_ONE_FILE, OSError):
        return None
