"""What a worker has begun, been answered and met, on disk before it goes on."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import msgspec

from swarmstore import SessionId


class Journal(logging.Handler):
    """One process's file, written line by line and waited for.

    As a handler of logs it takes every record for a failure: nothing is to be warned of.
    """

    def __init__(self, file: Path) -> None:
        super().__init__(logging.WARNING)
        self._file = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND)

    def begins(self, number: int) -> None:
        """Say that a save is about to be called."""
        self._write("begins", number)

    def returned(self, number: int, session_id: SessionId) -> None:
        """Say that a save has returned."""
        self._write("returned", number, str(session_id))

    def folded(self) -> None:
        """Say that a fold has returned."""
        self._write("folded")

    def failed(self, what: str) -> None:
        """Say what went wrong."""
        self._write("failed", what)

    def emit(self, record: logging.LogRecord) -> None:
        """Take a warning of the library for a failure."""
        self.failed(self.format(record))

    def _write(self, *line: str | int) -> None:
        os.write(self._file, msgspec.json.encode(line) + b"\n")
        os.fsync(self._file)


@dataclass(slots=True)
class Known:
    """Journals together: numbers of the saves that began, ids of those that returned, and the rest.

    within: the save that the last journal does not tell the end of.
    """

    begun: set[int] = field(default_factory=set)
    returned: dict[int, SessionId] = field(default_factory=dict)
    folds: int = 0
    failures: list[str] = field(default_factory=list)
    within: int | None = None

    @classmethod
    def read(cls, files: Iterable[Path]) -> Self:
        """Read the journals that exist; a last line that a kill has torn says nothing."""
        known = cls()
        for file in files:
            known.within = None
            lines = file.read_bytes().splitlines(keepends=True) if file.exists() else []
            for line in lines:
                if line.endswith(b"\n"):
                    known._note(*msgspec.json.decode(line))
        return known

    def _note(self, word: str, *said: object) -> None:
        match word, *said:
            case "begins", int(number):
                self.begun.add(number)
                self.within = number
            case "returned", int(number), str(session_id):
                self.returned[number] = SessionId(session_id)
                self.within = None
            case "folded", *_:
                self.folds += 1
            case _:
                self.failures.append(" ".join(map(str, said)))


def glance(file: Path) -> tuple[int, bool]:
    """How many saves a process has begun, and whether it is within one; cheaper than `Known`."""
    said = file.read_bytes() if file.exists() else b""
    return said.count(b'["begins"'), said.rfind(b'["begins"') > said.rfind(b'["returned"')
