"""FileSystemStorage: upstream's folder of JSON files as a backend.

Every file is written as a whole and one process at a time changes a folder. Unlike the databases
it has no transactions: a crash in the middle of `save_session` may leave a session that no total
counts. Names with ':' are refused where upstream's joined keys cannot hold them.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

from filelock import FileLock

from swarmstore.contracts.discrepancies import Progress
from swarmstore.contracts.summaries import ScenarioSummary, summaries_by_loading
from swarmstore.disk import holding, is_file, make_folder, read_bytes, use_folder, write_bytes
from swarmstore.errors import AmbiguousNameError, SessionConflictError, SnapshotFormatError, StoreClosedError
from swarmstore.files import layout
from swarmstore.files.part_files import read_parts, remove_total, write_total
from swarmstore.files.removed_files import read_removed, write_removed
from swarmstore.forking import Renewed
from swarmstore.model.forgetting import ForgetReport, Forgetting, forget_parts, forgotten
from swarmstore.model.json import codec
from swarmstore.model.keys import SessionKey, SnapshotKey, TotalKey, totals_of
from swarmstore.model.limits import MAX_TOTAL, check_text
from swarmstore.model.merge import MergeStrategy, add_to_total, check_strategy, merge_snapshots
from swarmstore.model.metadata import SnapshotMetadata, now_seconds
from swarmstore.model.offline_analyzer import AnalysisInput, analysis_input_of
from swarmstore.model.offline_model import OfflineModel
from swarmstore.model.offline_validation import check_model
from swarmstore.model.paths import check_path
from swarmstore.model.removed_sessions import Fate, RemovedSessions
from swarmstore.model.session_ids import SessionId, SessionIdGenerator
from swarmstore.model.session_slice import SessionSlice
from swarmstore.model.snapshot import LearningSnapshot
from swarmstore.model.total_parts import TotalPart, TotalParts
from swarmstore.model.validation import (
    check_bound,
    check_key,
    check_limit,
    check_range,
    check_session,
    check_slice,
    check_total,
)
from swarmstore.model.versions import MODEL_VERSION, SNAPSHOT_VERSION, check_version


class FileSystemStorage:
    """Snapshots, sessions, totals and offline models in a folder (see `LearningBackend`).

    Beyond what the protocols say, saving may raise AmbiguousNameError and TextTooLongError for names
    that files cannot hold and CountOutOfRangeError for a newer version than 1, loading SnapshotFormatError
    for a torn or newer file, and both OSError, as for what is no file. Listings pass over what is odd
    or cannot be read, with a warning in the log.
    """

    def __init__(self, base_dir: str | Path) -> None:
        """Use a folder, which is made where it is missing. Raises OSError."""
        self._folder = check_path("base_dir", base_dir).absolute()  # the current folder may change
        self._is_closed = False
        use_folder(self._folder)
        self._ids = SessionIdGenerator()
        self._lock = Renewed(partial(FileLock, self._base / layout.LOCK))

    def __repr__(self) -> str:
        return f"FileSystemStorage({str(self._folder)!r})"

    def __reduce__(self) -> tuple[type[FileSystemStorage], tuple[Path]]:
        return type(self), (self._folder,)

    @property
    def base_dir(self) -> Path:
        """The folder."""
        return self._folder

    @property
    def _base(self) -> Path:
        """The folder, as each call uses it. Raises StoreClosedError."""
        self._check_open()
        return self._folder

    def _check_open(self) -> None:
        if self._is_closed:
            raise StoreClosedError

    def save(self, key: SnapshotKey, snapshot: LearningSnapshot) -> None:
        """Keep a snapshot in place of the one before; a session saved so counts in no total."""
        check_key(key)
        if isinstance(key, SessionKey):
            check_session(snapshot)
        else:
            check_total(snapshot)
        check_version(snapshot.version, SNAPSHOT_VERSION)
        text = snapshot.to_json()
        with holding(self._lock.current):
            path = layout.path_of(self._base, key)
            if isinstance(key, SessionKey):
                self._refuse_forgotten(key, snapshot)
                self._keep_removed(key)
                self._write_session(path, text, snapshot.metadata)
            else:
                write_total(path, self._base, text, TotalParts(whole=snapshot))

    def load(self, key: SnapshotKey) -> LearningSnapshot | None:
        """The snapshot, None when there is none. Raises SnapshotFormatError for a torn file."""
        check_key(key)
        try:
            found = codec.read_snapshot(LearningSnapshot, layout.path_of(self._base, key), within=self._base)
        except FileNotFoundError:
            return None
        return found.as_session(SessionId(key.session_id)) if isinstance(key, SessionKey) else found

    def delete(self, key: SnapshotKey) -> bool:
        """Remove a snapshot; of a session also its folder."""
        check_key(key)
        with holding(self._lock.current):
            path = layout.path_of(self._base, key)
            if not is_file(path, within=self._base):
                return False
            if isinstance(key, SessionKey):
                self._keep_removed(key)
                path.unlink()
                shutil.rmtree(path.parent)
            else:
                remove_total(path)
        return True

    def _keep_removed(self, key: SessionKey) -> None:
        """Keep what is known of a session that goes now, and what it has added in baselines.

        A torn one held nothing that could be saved again.
        """
        totals = {total: self._parts(total) for total in totals_of(key)}
        counting = [total for total, parts in totals.items() if key in parts.sessions]
        with suppress(SnapshotFormatError):
            content = self.load(key)
            if content is not None:
                self._remember(key, content, Fate.KEPT if counting else Fate.NOTHING)
                for total in counting:
                    totals[total].keep(key, content)
                    path = layout.path_of(self._base, total)
                    write_total(path, self._base, read_bytes(path, within=self._base).decode(), totals[total])

    def _remember(self, key: SessionKey, content: LearningSnapshot, fate: Fate) -> None:
        folder = layout.scenario_folder(self._base, key.scenario)
        removed = read_removed(folder, self._base)
        removed.add(SessionId(key.session_id), content, fate)
        write_removed(folder, self._base, removed)

    def _removed(self, scenario: str) -> RemovedSessions:
        return read_removed(layout.scenario_folder(self._base, scenario), self._base)

    def _refuse_forgotten(self, key: SessionKey, snapshot: LearningSnapshot) -> None:
        if self._removed(key.scenario).fate(SessionId(key.session_id), snapshot) is Fate.FORGOTTEN:
            raise forgotten(key)

    def _parts(self, key: TotalKey) -> TotalParts:
        return read_parts(layout.path_of(self._base, key), self._base, self.exists)

    def delete_sessions(self, scenario: str, session_ids: Sequence[SessionId]) -> int:
        """Remove sessions; totals keep what they added. How many there were."""
        layout.scenario_folder(self._base, check_text("scenario", scenario))
        return sum(self.delete(SessionKey(scenario, session_id)) for session_id in session_ids)

    def exists(self, key: SnapshotKey) -> bool:
        """Whether there is a snapshot."""
        check_key(key)
        return is_file(layout.path_of(self._base, key), within=self._base)

    def save_session(
        self, scenario: str, snapshot: LearningSnapshot, session_id: SessionId | None = None
    ) -> SessionId:
        """Save a session once and count it in both totals."""
        check_text("scenario", scenario)
        if session_id is not None:
            check_key(SessionKey(scenario, session_id))
        check_session(snapshot)
        check_version(snapshot.version, SNAPSHOT_VERSION)
        text = snapshot.to_json()
        with holding(self._lock.current):
            key = SessionKey(scenario, session_id or self._free_id(scenario))
            before = self.load(key)
            if before is not None:
                if before != snapshot:
                    raise SessionConflictError(
                        f"session {key.session_id!r} of scenario {scenario!r} holds other content; "
                        "leave the id out to have one made, or delete that session first"
                    )
                return SessionId(key.session_id)
            self._refuse_forgotten(key, snapshot)
            counts_already = self._removed(scenario).fate(SessionId(key.session_id), snapshot) is not None
            keys = () if counts_already else totals_of(key)
            totals = {total: add_to_total(self.load(total), snapshot).to_json() for total in keys}
            parts = {total: self._parts(total) for total in keys}
            self._write_session(layout.path_of(self._base, key), text, snapshot.metadata)
            for total, merged in totals.items():
                parts[total].count(key, now_seconds())
                write_total(layout.path_of(self._base, total), self._base, merged, parts[total])
        return SessionId(key.session_id)

    def forget(self, wanted: Forgetting, *, dry_run: bool = False) -> ForgetReport:
        """Remove sessions together with what they added to totals, which are written first."""
        with holding(self._lock.current):
            names = self.scenarios() if wanted.scenario is None else [wanted.scenario]
            keys = [SessionKey(name, session_id) for name in names for session_id in self.list_sessions(name)]
            sessions = [(key, self._content(key)) for key in keys if wanted.may_be(key.session_id)]
            done = forget_parts(wanted, sessions, cache(self._parts), cache(self._removed), self._content)
            if not dry_run:
                contents = dict(sessions)
                for key in done.sessions:
                    self._remember(key, contents[key], Fate.FORGOTTEN)
                for of, total in done.totals.items():
                    path = layout.path_of(self._base, of)
                    if total is None:
                        remove_total(path)
                    else:
                        write_total(path, self._base, total.to_json(), done.parts[of])
                for key in done.sessions:
                    shutil.rmtree(layout.path_of(self._base, key).parent)
            return done.report(dry_run=dry_run)

    def sources(self, key: TotalKey) -> list[TotalPart]:
        """What a total is made of; one that another program wrote is one part."""
        check_key(key)
        with holding(self._lock.current):
            return self._parts(key).listed(self._content)

    def check_names(self, key: SessionKey, *actions: str) -> None:
        """Refuse a key that no file name holds, and actions with ':', which joined keys may not hold.

        Raises InvalidTextError, TextTooLongError, AmbiguousNameError.
        """
        check_key(key)
        layout.path_of(self._base, key)
        for action in actions:
            if ":" in action:
                problem = f"{action!r} has a ':', which keys joined by ':' cannot hold; the databases can"
                raise AmbiguousNameError("action", problem)

    def query_range(self, scenario: str, from_: int, to: int) -> list[LearningSnapshot]:
        """Sessions whose id stands for a time in `from_ … to`, by id."""
        first, last = check_range(from_, to)
        return self._load_all(
            scenario,
            [
                session_id
                for session_id in self.list_sessions(scenario)
                if session_id.timestamp is not None and first <= session_id.timestamp <= last
            ],
        )

    def query_since(self, scenario: str, since: int) -> list[LearningSnapshot]:
        """Sessions whose id stands for `since` or a later time, by id."""
        return self.query_range(scenario, check_bound("since", since), MAX_TOTAL)

    def query_latest(self, scenario: str, limit: int) -> list[LearningSnapshot]:
        """The sessions with the greatest ids, greatest first."""
        most = check_limit(limit)
        return self._load_all(scenario, self.list_sessions(scenario)[::-1][:most])

    def list_sessions(self, scenario: str) -> list[SessionId]:
        """All session ids in byte order."""
        return layout.session_names(self._base, check_text("scenario", scenario))

    def scenarios(self) -> list[str]:
        """All scenario names in byte order."""
        return layout.scenario_names(self._base)

    def summaries(self) -> list[ScenarioSummary]:
        """One line per scenario."""
        return summaries_by_loading(self)

    def merge_sessions(self, wanted: SessionSlice, strategy: MergeStrategy | str) -> LearningSnapshot:
        """Merge a slice of history, reading every session's file."""
        checked, chosen = check_slice(wanted), check_strategy(strategy)
        names = self.scenarios() if checked.scenario is None else [checked.scenario]
        keys = [SessionKey(name, session_id) for name in names for session_id in self.list_sessions(name)]
        loaded = [(key.session_id, key.scenario, self.load(key)) for key in keys]
        sessions = [(sid, name, snapshot) for sid, name, snapshot in loaded if snapshot is not None]
        return merge_snapshots(checked.select(sessions), chosen)

    def latest_analysis_input(self, scenario: str, limit: int) -> AnalysisInput:
        """What offline analysis looks at in the newest sessions."""
        return analysis_input_of(self.query_latest(scenario, limit))

    def load_offline_model(self, scenario: str) -> OfflineModel | None:
        """The scenario's offline model, None when there is none."""
        folder = layout.scenario_folder(self._base, check_text("scenario", scenario))
        try:
            return codec.read_model(folder / layout.MODEL, within=self._base)
        except FileNotFoundError:
            return None

    def save_offline_model(self, scenario: str, model: OfflineModel) -> None:
        """Keep the scenario's offline model in place of the one before."""
        check_text("scenario", scenario)
        check_model(model)
        check_version(model.version, MODEL_VERSION)
        text = codec.encode_model(model)
        with holding(self._lock.current):
            self._write(layout.scenario_folder(self._base, scenario) / layout.MODEL, text)

    def save_analysis(self, scenario: str, model: OfflineModel) -> OfflineModel:
        """Keep a model but for its action order: what is stored stays."""
        with holding(self._lock.current):  # which this thread may take again
            before = self.load_offline_model(scenario)
            kept = replace(model, action_order=None if before is None else before.action_order)
            self.save_offline_model(scenario, kept)
        return kept

    def identity(self) -> str:
        """Where the folder is: a copy of it is another store."""
        return str(self._base.resolve())

    def fold(self, *, progress: Progress | None = None) -> int:  # noqa: ARG002 - there is nothing to tell
        """Nothing to do: totals are always up to date."""
        self._check_open()
        return 0

    def close(self) -> None:
        """Refuse further calls; no file stays open."""
        self._is_closed = True

    def _content(self, key: SessionKey) -> LearningSnapshot:
        return codec.read_snapshot(LearningSnapshot, layout.path_of(self._base, key), within=self._base)

    def _load_all(self, scenario: str, session_ids: list[SessionId]) -> list[LearningSnapshot]:
        loaded = [self.load(SessionKey(scenario, session_id)) for session_id in session_ids]
        return [snapshot for snapshot in loaded if snapshot is not None]

    def _free_id(self, scenario: str) -> SessionId:
        while self.exists(SessionKey(scenario, made := self._ids.next())):
            pass
        return made

    def _write_session(self, path: Path, text: str, metadata: SnapshotMetadata) -> None:
        self._write(path.with_name(layout.META), codec.encode_metadata(metadata))
        self._write(path, text)

    def _write(self, path: Path, text: str) -> None:
        make_folder(path.parent, self._base)
        write_bytes(path, text.encode())
