"""A backend for swarmstore that keeps everything in one file, pickled.

Every call reads the file, and one that changes something writes it anew, whole or not at all. Threads and
processes may share it. It suits small stores, and a pickle must come from a place that you trust.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from filelock import FileLock

from swarmstore import (
    LearningSnapshot,
    OfflineModel,
    RemovedSessions,
    ScenarioKey,
    SessionId,
    SessionKey,
    SnapshotKey,
    StoreClosedError,
    TotalKey,
    TotalParts,
)
from swarmstore.contracts import SimpleBackend


class OneFileBackend(SimpleBackend):
    """Snapshots, parts of totals, removed sessions and offline models, in dictionaries."""

    def __init__(self, path: Path) -> None:
        self._path, self._is_closed = path, False
        self._snapshots: dict[SnapshotKey, LearningSnapshot]
        self._parts_of: dict[TotalKey, TotalParts]
        self._removed_of: dict[str, RemovedSessions]
        self._models: dict[str, OfflineModel | None]  # of every scenario

    def _lock(self) -> AbstractContextManager[object]:
        return FileLock(f"{self._path}.lock").acquire(poll_interval=0.001)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        if self._is_closed:
            raise StoreClosedError
        with self._lock():
            kept = pickle.loads(self._path.read_bytes()) if self._path.exists() else ({}, {}, {}, {})
            self._snapshots, self._parts_of, self._removed_of, self._models = kept
            yield

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._reading():
            yield  # what raises here leaves the file as it was
            kept = self._snapshots, self._parts_of, self._removed_of, self._models
            new = self._path.with_suffix(".new")
            new.write_bytes(pickle.dumps(kept))
            new.replace(self._path)

    def close(self) -> None:
        """Refuse all later calls."""
        self._is_closed = True

    def _check_kept(self, snapshot: LearningSnapshot) -> None:
        """Refuse nothing: a pickle holds whatever a snapshot may have."""

    def _names(self) -> list[str]:
        return sorted(self._models)

    def _ids_in(self, scenario: str) -> list[SessionId]:
        keys = [key for key in self._snapshots if isinstance(key, SessionKey) and key.scenario == scenario]
        return sorted(SessionId(key.session_id) for key in keys)

    def _is_there(self, key: SnapshotKey) -> bool:
        return key in self._snapshots

    def _content(self, key: SnapshotKey) -> LearningSnapshot:
        return self._snapshots[key]

    def _put_session(self, key: SessionKey, snapshot: LearningSnapshot) -> None:
        self._models.setdefault(key.scenario)
        self._snapshots[key] = snapshot

    def _put_total(self, key: TotalKey, total: LearningSnapshot, parts: TotalParts) -> None:
        if isinstance(key, ScenarioKey):
            self._models.setdefault(key.scenario)
        self._snapshots[key], self._parts_of[key] = total, parts

    def _drop(self, key: SnapshotKey) -> None:
        self._snapshots.pop(key, None)
        if not isinstance(key, SessionKey):
            self._parts_of.pop(key, None)

    def _parts(self, key: TotalKey, changing: SessionKey | None = None) -> TotalParts:
        return self._parts_of.get(key, TotalParts())

    def _removed(self, scenario: str) -> RemovedSessions:
        return self._removed_of.get(scenario, RemovedSessions())

    def _put_removed(self, scenario: str, removed: RemovedSessions) -> None:
        self._removed_of[scenario] = removed

    def _model(self, scenario: str) -> OfflineModel | None:
        return self._models.get(scenario)

    def _put_model(self, scenario: str, model: OfflineModel) -> None:
        self._models[scenario] = model
