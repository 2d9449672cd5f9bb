"""MemoryStorage: the simplest backend. Its data is lost when the object is."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import NoReturn, TypeVar

from swarmstore.contracts.change_feed import EPOCH_BITS, Change, Cursor, position_after
from swarmstore.contracts.simple_backend import SimpleBackend
from swarmstore.errors import ConfigurationError, StoreClosedError
from swarmstore.forking import new_lock
from swarmstore.model.keys import ScenarioKey, SessionKey, SnapshotKey, TotalKey
from swarmstore.model.offline_model import OfflineModel
from swarmstore.model.removed_sessions import RemovedSessions
from swarmstore.model.session_ids import SessionId
from swarmstore.model.snapshot import LearningSnapshot
from swarmstore.model.total_parts import TotalParts

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class MemoryStorage(SimpleBackend):
    """Snapshots, sessions, totals and offline models in dictionaries (see `LearningBackend`).

    Threads may share it: calls are executed one after the other.
    """

    def __init__(self) -> None:
        self._scenarios: dict[str, dict[SessionId, LearningSnapshot]] = {}
        self._models: dict[str, OfflineModel] = {}
        self._removed_of: dict[str, RemovedSessions] = {}
        self._totals: dict[TotalKey, LearningSnapshot] = {}
        self._parts_of: dict[TotalKey, TotalParts] = {}
        self._saved: dict[SessionKey, tuple[int, int]] = {}  # its position, and when, in milliseconds
        self._epoch = secrets.randbits(EPOCH_BITS)
        self._position = 0
        self._undo = list[Callable[[], object]]()  # what a call has changed, so that it may be interrupted
        self._lock = new_lock()
        self._is_closed = False

    def __reduce__(self) -> NoReturn:
        raise ConfigurationError("a store in memory cannot be sent to another process; use a file or copy_to")

    def changes(self, after: str | None = None) -> Iterator[Change]:
        """Iterate over the sessions after the cursor, in the order of saving."""
        cursor = None if after is None else Cursor.parse(after)
        with self._reading():
            # nothing is kept to check cursors by: this object never goes back to a backup
            start = 0 if cursor is None else position_after(cursor, self._epoch, self._position, ())
            behind = sorted((each, key) for key, each in self._saved.items() if each[0] > start)
            return iter(
                [
                    Change(key.scenario, key.session_id, saved_at_ms, str(Cursor(self._epoch, position, 0)))
                    for (position, saved_at_ms), key in behind
                ]
            )

    def renew_cursors(self) -> None:
        """Make all older cursors invalid."""
        with self._writing():
            self._may_restore(self, "_epoch")
            self._epoch = secrets.randbits(EPOCH_BITS)

    def identity(self) -> str:
        """Return a random number that only this object has."""
        with self._reading():
            return f"{self._epoch:016x}"

    def close(self) -> None:
        """Delete all data."""
        with self._lock.current:
            self._is_closed = True
            self._scenarios.clear()
            self._models.clear()
            self._totals.clear()
            self._parts_of.clear()
            self._saved.clear()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """All of a call's changes are made or, where anything is raised, none. Raises StoreClosedError."""
        with self._lock.current:
            if self._is_closed:
                raise StoreClosedError
            # of a call that was interrupted: the last change first, and again after another interrupt
            while self._undo:
                self._undo[-1]()
                self._undo.pop()
            yield
            self._undo.clear()

    def _check_kept(self, snapshot: LearningSnapshot) -> None:
        """All that databases hold is held."""

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
        return self._totals[key]

    def _put_session(self, key: SessionKey, snapshot: LearningSnapshot) -> None:
        session_id = SessionId(key.session_id)
        self._put(self._changed(key.scenario), session_id, snapshot.copy())
        self._may_restore(self, "_position")
        self._position += 1
        saved = (self._position, time.time_ns() // 10**6)
        self._put(self._saved, SessionKey(key.scenario, session_id), saved)

    def _put_total(self, key: TotalKey, total: LearningSnapshot, parts: TotalParts) -> None:
        if isinstance(key, ScenarioKey):
            self._changed(key.scenario)
        self._put(self._totals, key, total)
        self._put(self._parts_of, key, parts)

    def _drop(self, key: SnapshotKey) -> None:
        if isinstance(key, SessionKey):
            self._put(self._changed(key.scenario), key.session_id, None)
            self._put(self._saved, key, None)
        else:
            self._put(self._totals, key, None)
            self._put(self._parts_of, key, None)

    def _parts(self, key: TotalKey, changing: SessionKey | None = None) -> TotalParts:
        parts = self._parts_of.get(key, TotalParts())
        if changing is not None:
            self._may_restore(parts, "baseline", "last")
            self._may_restore_entry(parts.sessions, changing)
        return parts

    def _removed(self, scenario: str) -> RemovedSessions:
        return self._removed_of.get(scenario, RemovedSessions())

    def _put_removed(self, scenario: str, removed: RemovedSessions) -> None:
        self._put(self._removed_of, scenario, removed)

    def _model(self, scenario: str) -> OfflineModel | None:
        return self._models.get(scenario)

    def _put_model(self, scenario: str, model: OfflineModel) -> None:
        self._changed(scenario)
        self._put(self._models, scenario, model)

    def _changed(self, scenario: str) -> dict[SessionId, LearningSnapshot]:
        """The sessions of a scenario, which is made where it is missing."""
        if scenario not in self._scenarios:
            self._put(self._scenarios, scenario, {})
        return self._scenarios[scenario]

    def _put(self, mapping: dict[_Key, _Value], key: _Key, value: _Value | None) -> None:
        """Set an entry, or remove it."""
        self._may_restore_entry(mapping, key)
        if value is None:
            mapping.pop(key, None)
        else:
            mapping[key] = value

    def _may_restore(self, owner: object, *names: str) -> None:
        self._undo += [partial(setattr, owner, name, getattr(owner, name)) for name in names]

    def _may_restore_entry(self, mapping: dict[_Key, _Value], key: _Key) -> None:
        """Remember an entry that is about to change, or that there is none. Their order may change."""
        if key in mapping:
            self._undo.append(partial(mapping.__setitem__, key, mapping[key]))
        else:
            self._undo.append(partial(mapping.pop, key, None))
