"""Writing a store as upstream's folder of JSON files, so that the engine itself can read it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock

from swarmstore.contracts.capabilities import Identified
from swarmstore.contracts.imports import Outcome
from swarmstore.contracts.progress import Progress
from swarmstore.contracts.storage import LearningBackend
from swarmstore.disk import holding, use_folder
from swarmstore.errors import CorruptStoreError, CountOverflowError, SnapshotFormatError
from swarmstore.files.layout import GLOBAL, LOCK, META, MODEL, STATS
from swarmstore.files.sidecars import INDEX, Texts, encode_index, model_texts, read_index, snapshot_texts
from swarmstore.files.upstream_limits import Limit
from swarmstore.model.keys import GlobalKey, ScenarioKey, SessionKey, SnapshotKey, TotalKey
from swarmstore.model.repeated_totals import Learned, TotalsBefore
from swarmstore.model.session_ids import SessionId, upstream_ids
from swarmstore.transfer import export_folder

_UNREADABLE = (CountOverflowError, CorruptStoreError, SnapshotFormatError)


@dataclass(frozen=True, slots=True)
class ExportProblem:
    """Something that was not exported, such as `session:SCENARIO:ID`, and why."""

    key: str
    reason: str


@dataclass(slots=True)
class ExportReport:
    """What an export did.

    sessions, totals, models: how many files were added, replaced or left unchanged.
    removed: sessions of an earlier export that the store no longer has.
    renamed: sessions that have another id in the export, because SwarmEngine cannot order theirs.
    encoded: scenarios whose folder has another name, with that name.
    kept_beside: what SwarmEngine's files cannot hold and sidecars do, with the number of files.
    repeated: scenario and id of sessions that equal the total before them. Usually an agent saved its
        prior again, and everything counts twice.
    """

    folder: str
    sessions: Counter[Outcome] = field(default_factory=Counter)
    totals: Counter[Outcome] = field(default_factory=Counter)
    models: Counter[Outcome] = field(default_factory=Counter)
    removed: int = 0
    renamed: int = 0
    encoded: list[tuple[str, str]] = field(default_factory=list)
    kept_beside: Counter[Limit] = field(default_factory=Counter)
    repeated: list[tuple[str, str]] = field(default_factory=list)
    problems: list[ExportProblem] = field(default_factory=list)


def export_store(source: LearningBackend, folder: Path, *, progress: Progress | None = None) -> ExportReport:
    """Write a store into a folder; `LearningStore.export_store` says how."""
    store = source.identity() if isinstance(source, Identified) else ""
    use_folder(folder)
    export_folder.check_folder(folder, store)
    with holding(FileLock(folder / LOCK)):
        export_folder.check_folder(folder, store)  # again: somebody may have been quicker
        export_folder.check_foreign(folder, source)
        export_folder.mark(folder, store)
        return _Exporter(source, folder, progress).run()


class _Exporter:
    def __init__(self, source: LearningBackend, base: Path, progress: Progress | None) -> None:
        self._source = source
        self._base = base
        self._folders = export_folder.ScenarioFolders(base)
        self._progress = progress
        self._report = ExportReport(str(base))
        self._done = self._todo = 0

    def run(self) -> ExportReport:
        names = self._source.scenarios()
        self._todo = sum(len(self._source.list_sessions(name)) + 1 for name in names) + 1
        written = {name for name in names if self._scenario(name)}
        self._report.removed += export_folder.remove_scenarios(self._base, but=written)
        self._total(GlobalKey(), self._base / GLOBAL)
        return self._report

    def _scenario(self, name: str) -> bool:
        """Export a scenario; False for one of which there is nothing but the name."""
        ids, key = self._source.list_sessions(name), ScenarioKey(name)
        model = self._source.load_offline_model(name)
        if not ids and model is None and not self._source.exists(key):
            self._tell()
            return False
        folder = self._folders.of(name)
        if folder.name != name:
            self._report.encoded.append((name, folder.name))
        self._sessions(name, folder, ids)
        if model is None:
            export_folder.remove_file(folder / MODEL)
        else:
            self._report.models[self._put(folder / MODEL, model_texts(model))] += 1
        self._total(key, folder / STATS)
        return True

    def _sessions(self, scenario: str, folder: Path, ids: list[SessionId]) -> None:
        report = self._report
        folders = upstream_ids(ids, lambda session_id: self._created(SessionKey(scenario, session_id)))
        report.renamed += sum(made != session_id for session_id, made in folders.items())
        sessions = {made: str(session_id) for session_id, made in folders.items()}
        # what goes, and what another session's folder needs, goes before the index says otherwise
        removed = export_folder.remove_sessions(folder, read_index(folder), but=sessions)
        report.removed += sum(session_id not in folders for session_id in removed)
        self._index(scenario, folder, sessions)
        before = TotalsBefore()
        for session_id, made in folders.items():
            if not self._session(SessionKey(scenario, session_id), folder / "sessions" / made, before):
                del sessions[made]
            self._tell()
        self._index(scenario, folder, sessions)

    def _index(self, scenario: str, folder: Path, sessions: Mapping[str, str]) -> None:
        export_folder.put(self._base, folder / INDEX, encode_index(scenario, sessions))

    def _session(self, key: SessionKey, folder: Path, before: TotalsBefore) -> bool:
        """Export a session; False for one that was removed meanwhile."""
        try:
            snapshot = self._source.load(key)
        except _UNREADABLE as error:
            self._not_exported(key, error)
            return True
        if snapshot is None:
            return False
        if before.is_repeated_by(snapshot, Learned.by(snapshot)):
            self._report.repeated.append((key.scenario, key.session_id))
        texts = snapshot_texts(snapshot)
        export_folder.put(self._base, folder / META, texts.meta)  # without the snapshot it is no session yet
        self._report.sessions[self._put(folder / STATS, texts)] += 1
        return True

    def _total(self, key: TotalKey, path: Path) -> None:
        try:
            total = self._source.load(key)
        except CountOverflowError as error:
            self._not_exported(key, error)
        else:
            if total is None:
                export_folder.remove_file(path)
            else:
                self._report.totals[self._put(path, snapshot_texts(total))] += 1
        self._tell()

    def _created(self, key: SessionKey) -> int:
        try:
            snapshot = self._source.load(key)
        except _UNREADABLE:  # reported when its turn comes
            return 0
        return 0 if snapshot is None else snapshot.metadata.created_at

    def _put(self, path: Path, texts: Texts) -> Outcome:
        self._report.kept_beside.update(texts.limits)
        return export_folder.put_texts(self._base, path, texts)

    def _not_exported(self, key: SnapshotKey, error: Exception) -> None:
        self._report.problems.append(ExportProblem(str(key), str(error)))

    def _tell(self) -> None:
        self._done += 1
        if self._progress is not None:
            self._progress(self._done, max(self._done, self._todo))
