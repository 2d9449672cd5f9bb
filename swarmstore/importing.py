"""Importing upstream's folder of JSON files into a database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple

from swarmstore.discrepancy import Progress
from swarmstore.errors import (
    ConfigurationError,
    CountOverflowError,
    InvalidValueError,
    OriginModeError,
    SnapshotFormatError,
)
from swarmstore.files.layout import FileKind, StoreFile, walk_store
from swarmstore.files.sidecars import (
    Marker,
    beside,
    content_hash,
    content_of,
    model_in,
    read_marker,
    snapshot_in,
)
from swarmstore.ledger import ImportTarget, Outcome, SessionFile, SourceFile
from swarmstore.model.ids import SessionId
from swarmstore.model.joined_keys import SplitKeys
from swarmstore.model.keys import GlobalKey, ScenarioKey
from swarmstore.model.repeats import TotalsBefore
from swarmstore.model.snapshot import LearningSnapshot
from swarmstore.model.validation import check_short_text

TotalsFrom = Literal["files", "sessions"]
_Batch = list[tuple[StoreFile, SessionFile]]
_Saved = list[tuple[Outcome, SessionId]]
_Saving = tuple[_Batch, Future[_Saved]]

_OF_ONE_FILE = (InvalidValueError, SnapshotFormatError, CountOverflowError)
_BATCH_SESSIONS = 128  # saved in one transaction, or as many as have
_BATCH_BYTES = 8_000_000  # in their files: some 80 MB of memory as objects


@dataclass(frozen=True, slots=True)
class ImportProblem:
    """A file that was not imported, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class TotalDifference:
    """A number that a total's file and the sum of its sessions do not agree on."""

    total: str
    number: str
    in_file: int
    in_sessions: int


@dataclass(slots=True)
class ImportReport:
    """What an import did. `sessions`, `totals` and `models` count files by what became of them.

    from_here: the folder is an export of the very store it is imported into.
    repeated: scenario and id of sessions that equal the totals before them: as priors that were
        saved again, they add everything up twice.
    """

    origin: str
    from_here: bool = False
    sessions: Counter[Outcome] = field(default_factory=Counter)
    totals: Counter[Outcome] = field(default_factory=Counter)
    models: Counter[Outcome] = field(default_factory=Counter)
    renamed: list[tuple[str, str, str]] = field(default_factory=list)
    differences: list[TotalDifference] = field(default_factory=list)
    repeated: list[tuple[str, str]] = field(default_factory=list)
    problems: list[ImportProblem] = field(default_factory=list)


def import_store(
    target: ImportTarget,
    folder: Path,
    *,
    origin: str | None = None,
    totals: TotalsFrom = "files",
    progress: Progress | None = None,
) -> ImportReport:
    """Import a store file by file; a repeat changes nothing, a grown store adds what is new.

    folder: has `scenarios/` or `global_stats.json` in it.
    origin: the store's name in the ledger. Without one, a store some of whose sessions were
        imported before is taken for the same one, and any other is named after its folder.
    totals: `files` takes totals as the files say and does not count sessions again, `sessions`
        counts the sessions and reports where the files' totals differ.
    progress: called after every file.

    An export of the very store it is imported into brings back sessions that are gone without
    counting them again, and counts those that were added to it since, whatever `totals` says.

    A file that cannot be read or held is reported and stops nothing. Raises ConfigurationError
    for a folder that is no store, OriginModeError, and what the database raises.
    """
    files, marker = list(walk_store(folder)), read_marker(folder)
    if not files and marker is None and not (folder / "scenarios").is_dir():
        raise ConfigurationError(f"{folder} is no store: it has neither global_stats.json nor scenarios/")
    name = _name(target, folder, files) if origin is None else check_short_text("origin", origin)
    report = ImportReport(name, from_here=marker is not None and _is_from_here(target, marker, name, files))
    importer = _Importer(target, report, counted=totals == "sessions" and not report.from_here)
    try:
        for done, file in enumerate(files, start=1):
            importer.take(file)
            if progress is not None:
                progress(done, len(files))
        return importer.finish()
    finally:
        importer.wait()


def _is_from_here(target: ImportTarget, marker: Marker, origin: str, files: Sequence[StoreFile]) -> bool:
    """Whether the target is the store that was exported, so that its totals count all that already.

    A copy of it that was empty, or emptied, takes the totals as any other store does.
    """
    if marker.store != target.identity() or target.is_empty():
        return False
    totals = {file.relative for file in files if file.kind in {FileKind.SCENARIO, FileKind.GLOBAL}}
    return not totals & target.entries(origin).keys()


def _name(target: ImportTarget, folder: Path, files: Sequence[StoreFile]) -> str:
    """The origin under which this very store was imported before, else the folder's path."""
    default = str(folder.resolve())
    known = target.origins()
    sessions = {file.relative: file for file in files if file.kind is FileKind.SESSION}
    for origin in () if default in known else known:
        entries = target.entries(origin)
        same = [_digest(sessions[path]) == entries[path].digest for path in entries.keys() & sessions.keys()]
        if all(same) and same:
            return origin
        if any(same):
            raise OriginModeError(
                f"{folder} shares sessions with the imported store {origin!r} and contradicts others of it; "
                "say with --as (origin=) under which name to import it"
            )
    return check_short_text("origin", default)


def _digest(file: StoreFile) -> bytes | None:
    try:
        return _read(file).digest
    except OSError:
        return None


class _Contents(NamedTuple):
    """The bytes of a file, and of its sidecar if it has one."""

    of_file: bytes
    of_sidecar: bytes | None

    @property
    def digest(self) -> bytes:
        """What the ledger knows the file by."""
        return content_hash(self.of_file, self.of_sidecar or b"")


def _read(file: StoreFile) -> _Contents:
    return _Contents(file.path.read_bytes(), content_of(beside(file.path)))


class _Importer:
    """Takes the files of one store in their order: a scenario's sessions before its total."""

    def __init__(self, target: ImportTarget, report: ImportReport, *, counted: bool) -> None:
        self._target = target
        self._report = report
        self._counted = counted
        self._ledger = target.entries(report.origin)
        self._batch: _Batch = []
        self._bytes = 0  # of the batch, as files
        self._saving: _Saving | None = None
        self._keys = SplitKeys()
        self._sums: dict[str | None, Counter[str]] = {}  # by scenario, None for all of them
        self._in_files: dict[str | None, LearningSnapshot] = {}
        self._before: tuple[str, TotalsBefore] = ("", TotalsBefore())
        if report.from_here:
            return
        if any(entry.counted != counted for entry in self._ledger.values()):
            before = "files" if counted else "sessions"
            raise OriginModeError(
                f"{report.origin!r} was imported with --totals {before} before; do so again, "
                "or import it as another store with --as NAME"
            )

    def take(self, file: StoreFile) -> None:
        """Import one file, or report why not."""
        try:
            if file.problem is not None:
                raise SnapshotFormatError(file.problem)
            if file.kind is not FileKind.SESSION:
                self._save_batch()
                self._end_saving()
            contents = _read(file)
            counted = self._counted or (self._report.from_here and not file.exported)
            source = SourceFile(self._report.origin, file.relative, contents.digest, counted)
            known = self._ledger.get(file.relative)
            unchanged = known is not None and known.digest == source.digest
            self._take(file, contents, source, unchanged=unchanged)
        except (*_OF_ONE_FILE, OSError) as error:
            self._report.problems.append(ImportProblem(str(file.path), str(error)))

    def finish(self) -> ImportReport:
        """The report, with how the files' totals differ from the sums of sessions."""
        self._save_batch()
        self._end_saving()
        for scenario, in_file in self._in_files.items():
            name = "global" if scenario is None else scenario
            self._report.differences += _differences(name, in_file, self._sums.get(scenario, Counter()))
        return self._report

    def wait(self) -> None:
        """Wait for what was begun, also when it is not wanted any more."""
        if self._saving is not None:
            wait([self._saving[1]])

    def _take(self, file: StoreFile, contents: _Contents, source: SourceFile, *, unchanged: bool) -> None:
        report, target = self._report, self._target
        if file.kind is FileKind.SESSION:
            self._take_session(file, snapshot_in(*contents, self._keys), source, unchanged=unchanged)
            self._bytes += len(contents.of_file)
            if len(self._batch) >= _BATCH_SESSIONS or self._bytes >= _BATCH_BYTES:
                self._save_batch()
        elif unchanged and not self._counted:
            counter = report.models if file.kind is FileKind.MODEL else report.totals
            counter[Outcome.UNCHANGED] += 1
        elif file.kind is FileKind.MODEL:
            model = model_in(*contents)
            outcome = Outcome.UNCHANGED if unchanged else target.import_model(source, file.scenario, model)
            report.models[outcome] += 1
        else:
            self._take_total(file, snapshot_in(*contents), source)

    def _take_session(
        self, file: StoreFile, snapshot: LearningSnapshot, source: SourceFile, *, unchanged: bool
    ) -> None:
        if self._before[0] != file.scenario:
            self._before = (file.scenario, TotalsBefore())
        if self._before[1].is_repeated_by(snapshot):
            self._report.repeated.append((file.scenario, file.session_id))
        taken = SessionFile(source, file.scenario, file.session_id, snapshot)
        if unchanged:
            self._taken(taken, Outcome.UNCHANGED)
        else:
            self._batch.append((file, taken))

    def _save_batch(self) -> None:
        """Begin to save the sessions read since the last time, while the next ones are read."""
        batch, self._batch, self._bytes = self._batch, [], 0
        if not batch:
            return
        if self._saving is not None and self._saving[1].done():
            self._end_saving()  # these must not fail as those did
        before, sessions = self._saving, [session for _, session in batch]
        try:
            self._saving = batch, self._target.begin_sessions(sessions, before and before[1])
        except _OF_ONE_FILE:
            self._end_saving()
            self._save_one_by_one(batch)
        else:
            self._end(before)

    def _end_saving(self) -> None:
        saving, self._saving = self._saving, None
        self._end(saving)

    def _end(self, saving: _Saving | None) -> None:
        if saving is None:
            return
        batch, begun = saving
        try:
            self._saved([session for _, session in batch], begun.result())
        except _OF_ONE_FILE:
            self._save_one_by_one(batch)

    def _save_one_by_one(self, batch: _Batch) -> None:
        """What could not be saved together."""
        for file, session in batch:
            try:
                self._saved([session], self._target.import_sessions([session]))
            except _OF_ONE_FILE as error:
                self._report.problems.append(ImportProblem(str(file.path), str(error)))

    def _saved(self, batch: Sequence[SessionFile], saved: _Saved) -> None:
        for file, (outcome, now) in zip(batch, saved, strict=True):
            if outcome is Outcome.RENAMED:
                self._report.renamed.append((file.scenario, file.session_id, now))
            self._taken(file, outcome)

    def _taken(self, file: SessionFile, outcome: Outcome) -> None:
        self._report.sessions[outcome] += 1
        if self._counted:
            numbers = {number: read(file.snapshot) for number, read in _NUMBERS.items()}
            for name in (file.scenario, None):
                self._sums.setdefault(name, Counter()).update(numbers)

    def _take_total(self, file: StoreFile, snapshot: LearningSnapshot, source: SourceFile) -> None:
        scenario = file.scenario if file.kind is FileKind.SCENARIO else None
        if self._counted:
            self._in_files[scenario] = snapshot
        if self._counted or self._report.from_here:
            self._report.totals[Outcome.UNCHANGED] += 1
            return
        key = GlobalKey() if scenario is None else ScenarioKey(scenario)
        self._report.totals[self._target.import_total(source, key, snapshot)] += 1


def _differences(total: str, in_file: LearningSnapshot, sums: Counter[str]) -> Iterator[TotalDifference]:
    for number, read in _NUMBERS.items():
        if read(in_file) != sums[number]:
            yield TotalDifference(total, number, read(in_file), sums[number])


_NUMBERS: Mapping[str, Callable[[LearningSnapshot], int]] = {
    "sessions": lambda s: s.metadata.session_count,
    "episodes": lambda s: s.metadata.total_episodes,
    "actions": lambda s: s.metadata.total_actions,
    "successful episodes": lambda s: s.episode_transitions.success_episodes,
    "failed episodes": lambda s: s.episode_transitions.failure_episodes,
    "transitions": lambda s: (
        sum(s.episode_transitions.success_transitions.values())
        + sum(s.episode_transitions.failure_transitions.values())
    ),
    "runs of three": lambda s: sum(map(sum, s.ngram_stats.trigrams.values())),
    "runs of four": lambda s: sum(map(sum, s.ngram_stats.quadgrams.values())),
    "visits of actions": lambda s: sum(stats.visits for stats in s.action_stats.values()),
    "visits in context": lambda s: sum(stats.visits for stats in s.contextual_stats.values()),
    "visits by strategy": lambda s: sum(
        stats.visits for stats in s.selection_performance.strategy_stats.values()
    ),
}
