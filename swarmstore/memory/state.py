"""What a store in memory holds, and how it is changed: wholly or not at all."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from swarmstore.contracts.change_feed import EPOCH_BITS, Change, Cursor
from swarmstore.errors import StoreClosedError
from swarmstore.forking import new_lock
from swarmstore.memory.before_images import BeforeImages
from swarmstore.model.forgetting import forgotten
from swarmstore.model.keys import SessionKey, TotalKey, totals_of
from swarmstore.model.offline_model import OfflineModel
from swarmstore.model.removed_sessions import Fate, RemovedSessions
from swarmstore.model.session_ids import SessionId, SessionIdGenerator
from swarmstore.model.snapshot import LearningSnapshot
from swarmstore.model.total_parts import TotalParts

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


@dataclass(slots=True)
class _Scenario:
    sessions: dict[SessionId, LearningSnapshot] = field(default_factory=dict)
    removed: RemovedSessions = field(default_factory=RemovedSessions)
    model: OfflineModel | None = None


class MemoryState:
    """The content of one store. Of two calls at once one comes after the other."""

    def __init__(self) -> None:
        self._scenarios: dict[str, _Scenario] = {}
        self._totals: dict[TotalKey, LearningSnapshot] = {}
        self._parts: dict[TotalKey, TotalParts] = {}
        self._changes: dict[SessionKey, Change] = {}
        self._epoch = secrets.randbits(EPOCH_BITS)
        self._position = 0
        self._ids = SessionIdGenerator()
        self._before = BeforeImages()
        self._lock = new_lock()
        self._is_closed = False

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """What each call does within: all of its changes or, where anything is raised, none.

        Raises StoreClosedError.
        """
        with self._lock.current:
            if self._is_closed:
                raise StoreClosedError
            self._before.restore()  # of a call that was interrupted
            yield
            self._before.drop()

    def _keep(self, key: SessionKey, snapshot: LearningSnapshot) -> None:
        session_id = SessionId(key.session_id)
        self._remove(key)
        sessions = self._scenario(key.scenario).sessions
        self._before.of(self, "_position")
        self._before.of_entry(sessions, session_id)
        self._before.of_entry(self._changes, key)
        sessions[session_id] = snapshot.copy()
        self._position += 1
        cursor = Cursor(self._epoch, self._position, check=0)
        self._changes[key] = Change(key.scenario, session_id, time.time_ns() // 10**6, str(cursor))

    def _remove(self, key: SessionKey, fate: Fate | None = None) -> bool:
        """Remove a session. fate: FORGOTTEN, else what totals have of it goes into their baselines."""
        session_id = SessionId(key.session_id)
        sessions, removed = self._sessions(key.scenario), self._removed(key.scenario)
        content = sessions.get(session_id)
        if content is None:
            return False
        totals = [self._parts_of(total) for total in totals_of(key)]
        counts = any(key in parts.sessions for parts in totals)
        now = fate or (Fate.KEPT if counts else Fate.NOTHING)
        self._before.of_entry(sessions, session_id)
        self._before.of_entry(self._changes, key)
        self._before.of(removed, "_removed")
        del sessions[session_id], self._changes[key]
        for parts in totals:
            self._before.of(parts, "baseline")
            self._before.of_entry(parts.sessions, key)
            parts.keep(key, content)
        removed.add(session_id, content, now)
        return True

    def _put(self, mapping: dict[_Key, _Value], key: _Key, value: _Value | None) -> None:
        """Set an entry, or remove it."""
        self._before.of_entry(mapping, key)
        if value is None:
            mapping.pop(key, None)
        else:
            mapping[key] = value

    def _refuse_forgotten(self, key: SessionKey, snapshot: LearningSnapshot) -> None:
        if self._removed(key.scenario).fate(SessionId(key.session_id), snapshot) is Fate.FORGOTTEN:
            raise forgotten(key)

    def _parts_of(self, total: TotalKey) -> TotalParts:
        return self._parts.get(total, TotalParts())

    def _content(self, key: SessionKey) -> LearningSnapshot:
        return self._scenarios[key.scenario].sessions[SessionId(key.session_id)]

    def _removed(self, scenario: str) -> RemovedSessions:
        return self._scenarios.get(scenario, _Scenario()).removed

    def _scenario(self, name: str) -> _Scenario:
        if name not in self._scenarios:
            self._put(self._scenarios, name, _Scenario())
        return self._scenarios[name]

    def _sessions(self, name: str) -> dict[SessionId, LearningSnapshot]:
        return self._scenarios.get(name, _Scenario()).sessions

    def _free_id(self, sessions: dict[SessionId, LearningSnapshot]) -> SessionId:
        while (made := self._ids.next()) in sessions:
            pass
        return made
