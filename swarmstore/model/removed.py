"""What is kept of removed sessions where there is no database: enough to know one that is saved again."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from enum import Enum
from hashlib import blake2b
from typing import Any

from swarmstore.model.ids import SessionId
from swarmstore.model.snapshot import LearningSnapshot

REPEATABLE_DAYS = 30
"""For so long a save may be repeated after its session was removed, and still counts once."""

_KEPT_SECONDS = REPEATABLE_DAYS * 24 * 3600
Entry = tuple[str, str, int]
"""A session id, the fingerprint of its content, and when it was removed: seconds since 1970."""


class RemovedSessions:
    """The sessions of one scenario that were removed in the last `REPEATABLE_DAYS` days."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._removed_at = {(session_id, content): at for session_id, content, at in entries}

    def add(self, session_id: SessionId, content: LearningSnapshot) -> None:
        """Remember a session that is being removed, and forget those removed long ago."""
        now = int(time.time())
        kept = {key: at for key, at in self._removed_at.items() if at > now - _KEPT_SECONDS}
        self._removed_at = {**kept, (str(session_id), fingerprint(content)): now}

    def has(self, session_id: SessionId, content: LearningSnapshot) -> bool:
        """Whether a session of this content was removed under this id: totals have it already."""
        if not self._removed_at:
            return False
        return (str(session_id), fingerprint(content)) in self._removed_at

    def entries(self) -> list[Entry]:
        """What to make an equal object of."""
        return [(session_id, content, at) for (session_id, content), at in self._removed_at.items()]


def fingerprint(snapshot: LearningSnapshot) -> str:
    """32 hexadecimal digits, the same for equal snapshots whatever the order of their maps."""
    return blake2b(repr(_ordered(snapshot)).encode(), digest_size=16).hexdigest()


def _ordered(value: Any) -> Any:
    if is_dataclass(value):
        return [_ordered(getattr(value, field.name)) for field in fields(value) if field.compare]
    if isinstance(value, dict):
        return sorted((_ordered(key), _ordered(each)) for key, each in value.items())
    if isinstance(value, list | tuple):
        return [_ordered(each) for each in value]
    if isinstance(value, float):
        return value + 0.0  # -0.0 equals 0.0
    return str(value) if isinstance(value, Enum) else value
