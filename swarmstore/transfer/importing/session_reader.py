"""Reading the files of sessions, up to where only a database can go on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from swarmstore.contracts.imports import MakePreparation, PreparedBatch, PreparedFile, SessionFile, SourceFile
from swarmstore.disk import reason_of
from swarmstore.files.layout import StoreFile
from swarmstore.files.sidecars import Contents, snapshot_in
from swarmstore.model.json.joined_keys import SplitKeys
from swarmstore.model.repeated_totals import Learned
from swarmstore.model.snapshot import LearningSnapshot
from swarmstore.transfer.importing.file_contents import OF_ONE_FILE
from swarmstore.transfer.importing.import_report import numbers_of
from swarmstore.transfer.importing.repeated_sessions import Repeat, RepeatFinder
from swarmstore.transfer.importing.sums import add_up


@dataclass(frozen=True, slots=True)
class WantedFile:
    """A session's file that is to be read. known: what was imported of it before."""

    file: StoreFile
    counted: bool
    known: SourceFile | None


@dataclass(frozen=True, slots=True)
class FoundFile:
    """What reading a session's file told.

    problem: why it cannot be a session. unchanged: it was imported before as it is. repeat: what it
    repeats. left_out: its entry in the ledger, where it is left out for that, and it is `snapshot`.
    numbers: `report.numbers_of` it.
    """

    problem: str | None = None
    unchanged: bool = False
    repeat: Repeat | None = None
    left_out: SourceFile | None = None
    snapshot: LearningSnapshot | None = None
    numbers: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class FoundBatch:
    """The files of a batch as they were found; those to be saved, in their order, as they will be.

    sums: what is imported of scenarios that no file has the total of; or why it cannot be added up.
    """

    files: Sequence[FoundFile]
    to_save: PreparedBatch
    sums: Mapping[str, LearningSnapshot | str]


class _Read(NamedTuple):
    wanted: WantedFile
    session: SessionFile
    repeat: Repeat | None
    learned: Learned


class SessionReader:
    """Reads the sessions of one store, all in their order: what came before tells repeats.

    It needs no database, so it may be in another process than what saves its batches.

    leave_out: whether repeats are left out. files and contents: see `RepeatFinder`. without_total:
    scenarios that no file has the total of.
    """

    def __init__(
        self,
        make_preparation: MakePreparation,
        files: Sequence[StoreFile],
        *,
        origin: str,
        leave_out: bool,
        contents: Mapping[str, Mapping[bytes, str]],
        without_total: frozenset[str],
    ) -> None:
        self._prepare = make_preparation()
        self._origin, self._leave_out, self._without_total = origin, leave_out, without_total
        self._keys = SplitKeys()
        self._finder = RepeatFinder(files, contents)

    def read(self, batch: Sequence[WantedFile]) -> FoundBatch:
        """Read the next files."""
        read = list(map(self._read, batch))
        changed = [each.session for each in read if isinstance(each, _Read) and not self._is_unchanged(each)]
        prepared = self._prepare(changed)
        by_path = {file.source.path: file for file in prepared.files}
        files, to_save = list[FoundFile](), list[PreparedFile]()
        sums = defaultdict[str, list[LearningSnapshot]](list)
        for each in read:
            if isinstance(each, FoundFile):
                files.append(each)
                continue
            session = each.session
            ready = by_path.get(session.source.path)
            file = self._found(each, session.source if ready is None else ready.source)
            files.append(file)
            if file.left_out is None:
                if session.scenario in self._without_total:
                    sums[session.scenario].append(session.snapshot)
                if ready is not None:
                    to_save.append(ready)
        added_up = {scenario: _sum(snapshots) for scenario, snapshots in sums.items()}
        return FoundBatch(files, replace(prepared, files=to_save), added_up)

    def _read(self, wanted: WantedFile) -> FoundFile | _Read:
        file, repeat = wanted.file, None
        try:
            contents = Contents.read(file.path)
            snapshot = snapshot_in(*contents, self._keys)
            learned = Learned.by(snapshot)
            repeat = Repeat.TOTAL if self._finder.is_total(file.scenario, snapshot, learned) else None
            source = SourceFile(self._origin, file.relative, contents.digest, wanted.counted)
            session = SessionFile(source, file.scenario, file.session_id, snapshot)
        except (*OF_ONE_FILE, OSError) as error:
            return FoundFile(problem=reason_of(error, file.path), repeat=repeat)
        return _Read(wanted, session, repeat, learned)

    def _is_unchanged(self, read: _Read) -> bool:
        known = read.wanted.known
        if known is None or read.session.source.digest != known.digest:
            return False
        return self._leave_out or not known.repeated

    def _found(self, read: _Read, source: SourceFile) -> FoundFile:
        """What a session is. source: with its content unless it is unchanged."""
        known, repeat, snapshot = read.wanted.known, read.repeat, read.session.snapshot
        unchanged = source.content is None
        if source.content is not None and repeat is None and read.learned:
            folder = source.path.split("/")[1]
            repeat = Repeat.SESSION if self._finder.is_copy(source.path, folder, source.content) else None
        if known is not None and known.repeated and (unchanged or known.content == source.content):
            repeat = repeat or Repeat.SESSION
        found = FoundFile(unchanged=unchanged, repeat=repeat, numbers=numbers_of(snapshot))
        # what an export wrote was a session of the store that it is of
        may_go = (known is None or known.repeated) and not read.wanted.file.exported
        if repeat is None or not self._leave_out or not may_go:
            return found
        return replace(found, left_out=replace(source, repeated=True), snapshot=snapshot)


def _sum(snapshots: Sequence[LearningSnapshot]) -> LearningSnapshot | str:
    try:
        return add_up(snapshots)
    except OF_ONE_FILE as error:
        return str(error)
