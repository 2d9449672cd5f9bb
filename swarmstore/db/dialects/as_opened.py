"""What a store found when it was opened, beside its URL, and keeps to: copies in other processes too."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from typing import NamedTuple


class FileIdentity(NamedTuple):
    """Which file it is, as one machine tells files apart."""

    device: int
    inode: int


class AsOpened(NamedTuple):
    """It goes along in pickles, so that there is no secret in it."""

    driver_options: Mapping[str, str]
    """What the driver would take from the environment, or the current folder, at every connection."""
    file: FileIdentity | None
    machine: str

    @classmethod
    def here(cls, driver_options: Mapping[str, str], file: FileIdentity | None) -> AsOpened:
        """That of a store that is open on this machine."""
        return cls(driver_options, file, platform.node())

    def file_here(self) -> FileIdentity | None:
        """The file, None on another machine: its numbers mean nothing there."""
        return self.file if self.machine == platform.node() else None
