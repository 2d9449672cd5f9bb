"""Reading the files of sessions, up to where only a database can go on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
from swarmstore.importing.report import numbers_of
from swarmstore.ledger import MakePreparation, PreparedLot, SessionFile, SourceFile
from swarmstore.model.joined_keys import SplitKeys
from swarmstore.model.repeats import TotalsBefore

OF_ONE_FILE = (InvalidValueError, SnapshotFormatError, CountOverflowError, SessionForgottenError)
"""What is wrong with a file and stops no import."""


def why_not(error: Exception, file: StoreFile) -> str:
    """The reason that a report gives for a file, whose path it gives as well."""
    return reason_of(error, file.path) if isinstance(error, OSError) else str(error)


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
        """What the ledger knows the file by."""
        return content_hash(self.of_file, self.of_sidecar or b"")


@dataclass(frozen=True, slots=True)
class WantedFile:
    """A session's file that is to be read. known: the digest of what was imported of it before."""

    file: StoreFile
    counted: bool
    known: bytes | None


@dataclass(frozen=True, slots=True)
class FoundFile:
    """What reading a session's file told.

    problem: why it cannot be a session. unchanged: it was imported before as it is. repeated: it
    equals the totals before it. numbers: `report.numbers_of` it, where it counts.
    """

    problem: str | None = None
    unchanged: bool = False
    repeated: bool = False
    numbers: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class FoundLot:
    """The files of a lot as they were found; those to be saved, in their order, as they will be."""

    files: Sequence[FoundFile]
    to_save: PreparedLot


class SessionReader:
    """Reads the sessions of one store, all in their order: what came before tells repeats.

    It needs no database, so it may be in another process than what saves its lots.
    """

    def __init__(self, origin: str, make_preparation: MakePreparation) -> None:
        self._origin = origin
        self._prepare = make_preparation()
        self._keys = SplitKeys()
        self._before: tuple[str, TotalsBefore] = ("", TotalsBefore())

    def read(self, lot: Sequence[WantedFile]) -> FoundLot:
        """Read the next files."""
        found, to_save = list[FoundFile](), list[SessionFile]()
        for wanted in lot:
            repeated = False
            try:
                contents = Contents.read(wanted.file)
                snapshot = snapshot_in(*contents, self._keys)
                scenario, session_id = wanted.file.scenario, wanted.file.session_id
                if self._before[0] != scenario:
                    self._before = (scenario, TotalsBefore())
                repeated = self._before[1].is_repeated_by(snapshot)
                source = SourceFile(self._origin, wanted.file.relative, contents.digest, wanted.counted)
                session = SessionFile(source, scenario, session_id, snapshot)
                unchanged = source.digest == wanted.known
                numbers = numbers_of(snapshot) if wanted.counted else ()
            except (*OF_ONE_FILE, OSError) as error:
                found.append(FoundFile(problem=why_not(error, wanted.file), repeated=repeated))
                continue
            found.append(FoundFile(None, unchanged, repeated, numbers))
            if not unchanged:
                to_save.append(session)
        return FoundLot(found, self._prepare(to_save))
