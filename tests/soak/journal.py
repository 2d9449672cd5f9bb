"""What a process has begun, been answered and met, on disk before it goes on."""

from __future__ import annotations

import logging
import os
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Self

import msgspec

from swarmstore import SessionId


class Journal(logging.Handler):
    """One process's file, written line by line and waited for. Each line ends with its time.

    As a handler of logs it takes every record for a failure: nothing is to be warned of.
    """

    def __init__(self, file: Path) -> None:
        super().__init__(logging.WARNING)
        self._file = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND)

    def begins(self, number: int, session_id: SessionId | None = None) -> None:
        """Say that a save is about to be called, and under which id of the caller's own."""
        self._write("begins", number, session_id)

    def returned(self, number: int, session_id: SessionId) -> None:
        """Say that a save has returned."""
        self._write("returned", number, session_id)

    def unavailable(self, number: int) -> None:
        """Say that a save has ended without an answer."""
        self._write("unavailable", number)

    def folded(self) -> None:
        """Say that a fold has returned."""
        self._write("did", "fold")

    def takes(self, numbers: Sequence[int]) -> None:
        """Say which saves were found in the store, before they are removed or replaced."""
        self._write("takes", numbers)

    def did(self, what: str) -> None:
        """Say that a change of another kind has returned."""
        self._write("did", what)

    def pauses(self) -> None:
        """Say that nothing is changed from here on until another line."""
        self._write("pauses")

    def seen(self, scenario: str, session_id: SessionId, cursor: str) -> None:
        """Say that a follower was given a session."""
        self._write("seen", scenario, session_id, cursor)

    def begins_anew(self) -> None:
        """Say that a follower's cursor was refused."""
        self._write("begins anew")

    def failed(self, what: str) -> None:
        """Say what went wrong."""
        self._write("failed", what)

    def emit(self, record: logging.LogRecord) -> None:
        """Take a warning of the library for a failure."""
        self.failed(self.format(record))

    def _write(self, *line: object) -> None:
        os.write(self._file, msgspec.json.encode([*line, time.monotonic()], enc_hook=str) + b"\n")
        os.fsync(self._file)


class Window(NamedTuple):
    """From the begin of a backup to the end of its restore, by `time.monotonic()`.

    What a call did that ran in it may be undone.
    """

    begin: float
    end: float


class Call(NamedTuple):
    """When a save was called, and when it returned."""

    begin: float
    end: float


@dataclass(slots=True)
class Known:
    """Journals together: the saves that began, ids of those that returned, and the rest.

    begun: by number the id that the caller gave, if any.
    within: the save that the last journal does not tell the end of.
    taken: the saves that somebody has found in the store and was about to remove or replace.
    calls: of each save that returned, when.
    """

    begun: dict[int, SessionId | None] = field(default_factory=dict)
    returned: dict[int, SessionId] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    within: int | None = None
    taken: set[int] = field(default_factory=set)
    did: Counter[str] = field(default_factory=Counter)
    calls: dict[int, Call] = field(default_factory=dict, compare=False)
    windows: list[Window] = field(default_factory=list)
    _called: dict[int, float] = field(default_factory=dict, compare=False)

    @classmethod
    def read(cls, files: Iterable[Path], windows: Iterable[Window] = ()) -> Self:
        """Read the journals that exist, in the order in which they were written."""
        known = cls(windows=list(windows))
        for file in files:
            known.within = None
            for line in _lines(file):
                known._note(*line)
        return known

    def must_be_there(self, number: int) -> bool:
        """Whether a save has returned, and no restore may have undone it."""
        call = self.calls.get(number)
        return call is not None and not any(
            call.begin <= window.end and window.begin <= call.end for window in self.windows
        )

    def _note(self, word: str, *said: Any) -> None:
        match word, *said:
            case "begins", int(number), given, float(at):
                self.begun[number] = None if given is None else SessionId(given)
                self._called[number] = at
                self.within = number
            case "returned", int(number), str(session_id), float(at):
                self.returned[number] = SessionId(session_id)
                self.calls[number] = Call(self._called.get(number, at), at)
                self.within = None
            case "unavailable", *_:
                self.within = None
            case "takes", list(numbers), _:
                self.taken.update(numbers)
            case "did", str(what), _:
                self.did[what] += 1
            case "failed", str(what), _:
                self.failures.append(what)


@dataclass(slots=True)
class Followed:
    """What a follower was given since it began anew for the last time, by cursor.

    given: how often it was given something in all. anew: how often it had to begin anew.
    twice: what came again under the same cursor.
    """

    seen: dict[str, tuple[str, SessionId]] = field(default_factory=dict)
    cursor: str | None = None
    given: int = 0
    anew: int = 0
    twice: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, files: Iterable[Path]) -> Self:
        """Read a follower's journals, in the order in which they were written."""
        followed = cls()
        for file in files:
            for line in _lines(file):
                followed._note(*line)
        return followed

    def _note(self, word: str, *said: Any) -> None:
        match word, *said:
            case "seen", str(scenario), str(session_id), str(cursor), _:
                if cursor in self.seen:
                    self.twice.append(f"session {session_id} of {scenario} came twice under {cursor}")
                self.seen[cursor] = scenario, SessionId(session_id)
                self.cursor = cursor
                self.given += 1
            case "begins anew", *_:
                self.seen.clear()
                self.cursor = None
                self.anew += 1


def _lines(file: Path) -> Iterable[list[Any]]:
    """The lines of a journal, if it exists; a last one that a kill has torn says nothing."""
    lines = file.read_bytes().splitlines(keepends=True) if file.exists() else []
    return (msgspec.json.decode(line) for line in lines if line.endswith(b"\n"))


def glance(file: Path) -> tuple[int, bool]:
    """How many saves a process has begun, and whether it is within one; cheaper than `Known`."""
    said = file.read_bytes() if file.exists() else b""
    ended = max(said.rfind(b'["returned"'), said.rfind(b'["unavailable"'))
    return said.count(b'["begins"'), said.rfind(b'["begins"') > ended


def has_paused(file: Path) -> bool:
    """Whether a process's last word is that it pauses."""
    said = file.read_bytes() if file.exists() else b""
    return said.endswith(b"\n") and said.splitlines()[-1].startswith(b'["pauses"')
