"""Taking the files of a store into a database, sessions by batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from swarmstore.contracts.imports import ImportTarget, Outcome, PreparedBatch, SourceFile
from swarmstore.disk import reason_of
from swarmstore.errors import OriginModeError, SnapshotFormatError
from swarmstore.files.layout import FileKind, StoreFile
from swarmstore.files.sidecars import Contents, model_in, snapshot_in
from swarmstore.transfer.importing.file_contents import OF_ONE_FILE
from swarmstore.transfer.importing.file_totals import TotalsImporter
from swarmstore.transfer.importing.folder_identity import Found
from swarmstore.transfer.importing.import_report import ImportProblem, ImportReport
from swarmstore.transfer.importing.session_reader import FoundBatch, FoundFile, WantedFile

_Files = Sequence[tuple[StoreFile, FoundFile]]


class Importer:
    """Takes the files of one store in their order: a scenario's sessions before its total."""

    def __init__(self, target: ImportTarget, report: ImportReport, store: Found, *, counted: bool) -> None:
        """Raises OriginModeError for a store that was imported in the other way."""
        self._target = target
        self._report = report
        self._counted = counted
        self._ledger = store.ledger
        self._totals = TotalsImporter(target, report, store, counted=counted)
        if not report.from_here and any(entry.counted != counted for entry in self._ledger.values()):
            before = "files" if counted else "sessions"
            raise OriginModeError(
                f"{report.origin!r} was imported with --totals {before} before; do so again, "
                "or import it as another store with --as NAME"
            )

    def wanted(self, file: StoreFile) -> WantedFile:
        """What is to be found out of a session's file."""
        return WantedFile(file, self._counts(file), self._ledger.get(file.relative))

    def take_sessions(self, files: Sequence[StoreFile], found: FoundBatch) -> None:
        """Import sessions, or report why not."""
        to_save, to_remember = [], []
        self._totals.add_sums(files, found)
        for file, of_file in zip(files, found.files, strict=True):
            if of_file.repeat is not None:
                self._report.repeated.append((file.scenario, file.session_id))
            if of_file.problem is not None:
                self._problem(file, of_file.problem)
            elif of_file.left_out is not None:
                if not of_file.unchanged:
                    to_remember.append(of_file.left_out)
                self._report.left_out.append((file.scenario, file.session_id))
                self._taken(file, of_file, Outcome.LEFT_OUT)
            elif of_file.unchanged:
                self._taken(file, of_file, Outcome.UNCHANGED)
            else:
                to_save.append((file, of_file))
        self._save(to_save, found.to_save)  # also without files: it says which names there are, once
        self._target.remember(to_remember)

    def take(self, file: StoreFile) -> None:
        """Import a file that is no session, or report why not; or why it cannot even be read."""
        try:
            if file.problem is not None:
                raise SnapshotFormatError(file.problem)
            contents = Contents.read(file.path)
            source = SourceFile(self._report.origin, file.relative, contents.digest, self._counts(file))
            if file.kind is FileKind.MODEL:
                self._report.models[self._take_model(source, file.scenario, contents)] += 1
            else:
                scenario = None if file.kind is FileKind.GLOBAL else file.scenario
                self._totals.take(source, scenario, snapshot_in(*contents))
        except (*OF_ONE_FILE, OSError) as error:
            self._problem(file, reason_of(error, file.path))

    def finish(self, *, without_global: bool) -> ImportReport:
        """The report, once the totals that no file has are added up."""
        self._totals.finish(without_global=without_global)
        return self._report

    def _counts(self, file: StoreFile) -> bool:
        return self._counted or (self._report.from_here and not file.exported)

    def _problem(self, file: StoreFile, reason: str) -> None:
        self._report.problems.append(ImportProblem(str(file.path), reason))

    def _take_model(self, source: SourceFile, scenario: str, contents: Contents) -> Outcome:
        known = self._ledger.get(source.path)
        if known is not None and known.digest == source.digest:
            return Outcome.UNCHANGED
        return self._target.import_model(source, scenario, model_in(*contents))

    def _save(self, files: _Files, batch: PreparedBatch) -> None:
        """Save sessions together, or one by one where one of them cannot be saved."""
        try:
            saved = self._target.import_sessions(batch)
        except OF_ONE_FILE as error:
            if len(files) == 1:
                self._problem(files[0][0], str(error))
                return
            for pair, prepared in zip(files, batch.files, strict=True):
                self._save([pair], replace(batch, files=[prepared]))
            return
        for (file, found), (outcome, now) in zip(files, saved, strict=True):
            if outcome is Outcome.RENAMED:
                self._report.renamed.append((file.scenario, file.session_id, now))
            elif outcome is Outcome.REPLACED:
                self._report.replaced.append((file.scenario, now))
            self._taken(file, found, outcome)

    def _taken(self, file: StoreFile, found: FoundFile, outcome: Outcome) -> None:
        self._report.sessions[outcome] += 1
        self._totals.add_session(file.scenario, found)
