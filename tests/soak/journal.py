"""What a worker has begun and what it has been answered, on disk before it goes on."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from swarmstore import SessionId


class Journal:
    """One worker's file, written line by line and waited for."""

    def __init__(self, file: Path) -> None:
        self._stream = file.open("a")

    def begins(self, number: int) -> None:
        """Say that a save is about to be called."""
        self._write(f"begins {number}")

    def returned(self, number: int, session_id: SessionId) -> None:
        """Say that a save has returned."""
        self._write(f"returned {number} {session_id}")

    def _write(self, line: str) -> None:
        self._stream.write(line + "\n")
        self._stream.flush()
        os.fsync(self._stream.fileno())


@dataclass(slots=True)
class Known:
    """All journals together: numbers of the saves that began, and the ids of those that returned."""

    begun: set[int] = field(default_factory=set)
    returned: dict[int, SessionId] = field(default_factory=dict)

    @classmethod
    def read(cls, files: Iterable[Path]) -> Self:
        """Read journals; the last line may be torn by a kill, and then says nothing."""
        known = cls()
        for file in files:
            for line in file.read_text().splitlines(keepends=True):
                if not line.endswith("\n"):
                    continue
                word, number, *rest = line.split()
                if word == "begins":
                    known.begun.add(int(number))
                else:
                    known.returned[int(number)] = SessionId(rest[0])
        return known
