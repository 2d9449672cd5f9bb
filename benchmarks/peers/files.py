"""A straight Python port of upstream's file store: a JSON file a session, totals in two more.

As upstream it reads, adds up and writes the whole of both totals with every save. It has no locks
and writes files in place. `fsync` waits for the disk after every file, which upstream does not.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import msgspec

from swarmstore import LearningSnapshot, MergeStrategy, merge_snapshots
from swarmstore.model.merge import add_to_total


class FileStore:
    """A folder in upstream's layout."""

    def __init__(self, folder: Path, *, fsync: bool) -> None:
        self.folder = folder
        self._fsync = fsync
        self._sessions = folder / "scenarios" / "scenario" / "sessions"
        self._sessions.mkdir(parents=True, exist_ok=True)
        self._saved = time.time_ns() // 1000  # any number is an id

    def save(self, snapshot: LearningSnapshot) -> None:
        """Write a session, and add it to both totals."""
        self._saved += 1
        folder = self._sessions / str(self._saved)
        folder.mkdir()
        self._write(folder / "stats.json", snapshot.to_json().encode())
        self._write(folder / "meta.json", msgspec.json.encode(snapshot.metadata))
        for total in (
            self.folder / "scenarios" / "scenario" / "stats.json",
            self.folder / "global_stats.json",
        ):
            before = LearningSnapshot.load_json(total) if total.exists() else None
            self._write(total, add_to_total(before, snapshot).to_json().encode())

    def load_total(self) -> LearningSnapshot:
        """Read a scenario's total."""
        return LearningSnapshot.load_json(self.folder / "scenarios" / "scenario" / "stats.json")

    def latest(self, limit: int) -> list[LearningSnapshot]:
        """Read the latest sessions, newest first."""
        names = sorted((entry.name for entry in self._sessions.iterdir()), reverse=True)[:limit]
        return [LearningSnapshot.load_json(self._sessions / name / "stats.json") for name in names]

    def merge(self, strategy: MergeStrategy) -> LearningSnapshot:
        """Read all sessions and merge them, oldest first."""
        return merge_snapshots(self.latest(10**9)[::-1], strategy)

    def _write(self, file: Path, text: bytes) -> None:
        with file.open("wb") as stream:
            stream.write(text)
            if self._fsync:
                stream.flush()
                os.fsync(stream.fileno())
