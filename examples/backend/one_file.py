"""A backend for swarmstore that keeps everything in one file, pickled.

Every call reads the file, and one that changes something writes it anew, whole or not at all. Threads and
processes may share it. It suits small stores, and a pickle must come from a place that you trust.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

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
    """Scenarios with their sessions, totals, offline models and removed sessions, in dictionaries."""

    def __init__(self, path: Path) -> None:
        self._path, self._is_closed = path, False
        self._scenarios: dict[str, dict[SessionId, LearningSnapshot]]
        self._totals: dict[TotalKey, tuple[LearningSnapshot, TotalParts]]
        self._models: dict[str, OfflineModel]
        self._removed_of: dict[str, RemovedSessions]

    @contextmanager
    def _reading(self) -> Iterator[None]:
        if self._is_closed:
            raise StoreClosedError
        with FileLock(f"{self._path}.lock").acquire(poll_interval=0.001):
            kept: Any = pickle.loads(self._path.read_bytes()) if self._path.exists() else ({}, {}, {}, {})
            self._scenarios, self._totals, self._models, self._removed_of = kept
            yield

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._reading():
            yield  # what raises here leaves the file as it was
            new = self._path.with_suffix(".new")
            new.write_bytes(pickle.dumps((self._scenarios, self._totals, self._models, self._removed_of)))
            new.replace(self._path)

    def close(self) -> None:
        """Refuse all later calls."""
        self._is_closed = True

    def _check_kept(self, snapshot: LearningSnapshot) -> None:
        """Refuse nothing: a pickle holds whatever a snapshot may have."""

    def _names(self) -> list[str]:
        return sorted(self._scenarios)

    def _ids_in(self, scenario: str) -> list[SessionId]:
        return sorted(self._scenarios.get(scenario, {}))

    def _is_there(self, key: SnapshotKey) -> bool:
        if isinstance(key, SessionKey):
            return key.session_id in self._scenarios.get(key.scenario, {})
        return key in self._totals

    def _content(self, key: SnapshotKey) -> LearningSnapshot:
        if isinstance(key, SessionKey):
            return self._scenarios[key.scenario][key.session_id]
        return self._totals[key][0]

    def _put_session(self, key: SessionKey, snapshot: LearningSnapshot) -> None:
        self._scenarios.setdefault(key.scenario, {})[SessionId(key.session_id)] = snapshot

    def _put_total(self, key: TotalKey, total: LearningSnapshot, parts: TotalParts) -> None:
        if isinstance(key, ScenarioKey):
            self._scenarios.setdefault(key.scenario, {})
        self._totals[key] = total, parts

    def _drop(self, key: SnapshotKey) -> None:
        if isinstance(key, SessionKey):
            del self._scenarios[key.scenario][key.session_id]
        else:
            self._totals.pop(key, None)

    def _parts(self, key: TotalKey, changing: SessionKey | None = None) -> TotalParts:
        return self._totals[key][1] if key in self._totals else TotalParts()

    def _removed(self, scenario: str) -> RemovedSessions:
        return self._removed_of.get(scenario, RemovedSessions())

    def _put_removed(self, scenario: str, removed: RemovedSessions) -> None:
        self._removed_of[scenario] = removed

    def _model(self, scenario: str) -> OfflineModel | None:
        return self._models.get(scenario)

    def _put_model(self, scenario: str, model: OfflineModel) -> None:
        self._scenarios.setdefault(scenario, {})
        self._models[scenario] = model
