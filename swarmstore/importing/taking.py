"""Taking the files of a store into a database, sessions by lots that are saved while others are read."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, wait
from operator import add
from typing import NamedTuple

from swarmstore.errors import OriginModeError, SnapshotFormatError
from swarmstore.files.layout import FileKind, StoreFile
from swarmstore.files.sidecars import model_in, snapshot_in
from swarmstore.importing.reading import OF_ONE_FILE, Contents, FoundFile, FoundLot, WantedFile, why_not
from swarmstore.importing.report import NO_NUMBERS, ImportProblem, ImportReport, differences
from swarmstore.ledger import ImportTarget, Outcome, PreparedLot, SourceFile
from swarmstore.model.ids import SessionId
from swarmstore.model.keys import GlobalKey, ScenarioKey
from swarmstore.model.snapshot import LearningSnapshot

_Saved = list[tuple[Outcome, SessionId]]


class _Saving(NamedTuple):
    """A lot that is being saved: its files, as they were found, and as they will be."""

    files: Sequence[tuple[StoreFile, FoundFile]]
    lot: PreparedLot
    begun: Future[_Saved]


class Importer:
    """Takes the files of one store in their order: a scenario's sessions before its total."""

    def __init__(self, target: ImportTarget, report: ImportReport, *, counted: bool) -> None:
        """Raises OriginModeError for a store that was imported in the other way."""
        self._target = target
        self._report = report
        self._counted = counted
        self._ledger = target.entries(report.origin)
        self._saving: _Saving | None = None
        self._sums: dict[str | None, Sequence[int]] = {}  # by scenario, None for all of them
        self._in_files: dict[str | None, LearningSnapshot] = {}
        if report.from_here:
            return
        if any(entry.counted != counted for entry in self._ledger.values()):
            before = "files" if counted else "sessions"
            raise OriginModeError(
                f"{report.origin!r} was imported with --totals {before} before; do so again, "
                "or import it as another store with --as NAME"
            )

    def wanted(self, file: StoreFile) -> WantedFile:
        """What is to be found out of a session's file."""
        known = self._ledger.get(file.relative)
        return WantedFile(file, self._counts(file), None if known is None else known.digest)

    def take_sessions(self, files: Sequence[StoreFile], found: FoundLot) -> None:
        """Import sessions, or report why not. They may be saved when this has returned."""
        to_save = []
        for file, of_file in zip(files, found.files, strict=True):
            if of_file.repeated:
                self._report.repeated.append((file.scenario, file.session_id))
            if of_file.problem is not None:
                self._problem(file, of_file.problem)
            elif of_file.unchanged:
                self._taken(file, of_file, Outcome.UNCHANGED)
            else:
                to_save.append((file, of_file))
        if to_save:
            self._save(to_save, found.to_save)

    def take(self, file: StoreFile) -> None:
        """Import a file that is no session, or report why not; or why it cannot even be read."""
        try:
            if file.problem is not None:
                raise SnapshotFormatError(file.problem)
            self._end_saving()
            contents = Contents.read(file)
            source = SourceFile(self._report.origin, file.relative, contents.digest, self._counts(file))
            known = self._ledger.get(file.relative)
            self._take(file, contents, source, unchanged=known is not None and known.digest == source.digest)
        except (*OF_ONE_FILE, OSError) as error:
            self._problem(file, why_not(error, file))

    def finish(self) -> ImportReport:
        """The report, with how the files' totals differ from the sums of sessions."""
        self._end_saving()
        for scenario, in_file in self._in_files.items():
            name = "global" if scenario is None else scenario
            self._report.differences += differences(name, in_file, self._sums.get(scenario, NO_NUMBERS))
        return self._report

    def wait(self) -> None:
        """Wait for what was begun, also when it is not wanted any more."""
        if self._saving is not None:
            wait([self._saving.begun])

    def _counts(self, file: StoreFile) -> bool:
        return self._counted or (self._report.from_here and not file.exported)

    def _problem(self, file: StoreFile, reason: str) -> None:
        self._report.problems.append(ImportProblem(str(file.path), reason))

    def _take(self, file: StoreFile, contents: Contents, source: SourceFile, *, unchanged: bool) -> None:
        report = self._report
        if unchanged and not self._counted:
            counter = report.models if file.kind is FileKind.MODEL else report.totals
            counter[Outcome.UNCHANGED] += 1
        elif file.kind is FileKind.MODEL:
            model = model_in(*contents)
            outcome = (
                Outcome.UNCHANGED if unchanged else self._target.import_model(source, file.scenario, model)
            )
            report.models[outcome] += 1
        else:
            self._take_total(_total_of(file), snapshot_in(*contents), source)

    def _take_total(self, scenario: str | None, snapshot: LearningSnapshot, source: SourceFile) -> None:
        if self._counted:
            self._in_files[scenario] = snapshot
        if self._counted or self._report.from_here:
            self._report.totals[Outcome.UNCHANGED] += 1
            return
        key = GlobalKey() if scenario is None else ScenarioKey(scenario)
        self._report.totals[self._target.import_total(source, key, snapshot)] += 1

    def _save(self, files: Sequence[tuple[StoreFile, FoundFile]], lot: PreparedLot) -> None:
        """Begin to save sessions, while the next ones are read."""
        if self._saving is not None and self._saving.begun.done():
            self._end_saving()  # these must not fail as those did
        before = self._saving
        try:
            begun = self._target.begin_sessions(lot, before and before.begun)
        except OF_ONE_FILE:
            self._end_saving()
            self._save_one_by_one(files, lot)
        else:
            self._saving = _Saving(files, lot, begun)
            self._end(before)

    def _end_saving(self) -> None:
        saving, self._saving = self._saving, None
        self._end(saving)

    def _end(self, saving: _Saving | None) -> None:
        if saving is None:
            return
        try:
            saved = saving.begun.result()
        except OF_ONE_FILE:
            self._save_one_by_one(saving.files, saving.lot)
        else:
            self._saved(saving.files, saved)

    def _save_one_by_one(self, files: Sequence[tuple[StoreFile, FoundFile]], lot: PreparedLot) -> None:
        """What could not be saved together."""
        for pair, alone in zip(files, lot.one_by_one(), strict=True):
            try:
                self._saved([pair], self._target.begin_sessions(alone).result())
            except OF_ONE_FILE as error:
                self._problem(pair[0], str(error))

    def _saved(self, files: Sequence[tuple[StoreFile, FoundFile]], saved: _Saved) -> None:
        for (file, found), (outcome, now) in zip(files, saved, strict=True):
            if outcome is Outcome.RENAMED:
                self._report.renamed.append((file.scenario, file.session_id, now))
            self._taken(file, found, outcome)

    def _taken(self, file: StoreFile, found: FoundFile, outcome: Outcome) -> None:
        self._report.sessions[outcome] += 1
        if self._counted:
            for name in (file.scenario, None):
                before = self._sums.get(name, NO_NUMBERS)
                self._sums[name] = tuple(map(add, before, found.numbers))


def _total_of(file: StoreFile) -> str | None:
    """The scenario whose total is in the file, None for the global one."""
    match file.kind:
        case FileKind.SCENARIO:
            return file.scenario
        case FileKind.GLOBAL:
            return None
        case FileKind.SESSION | FileKind.MODEL:
            raise AssertionError(file.kind)
