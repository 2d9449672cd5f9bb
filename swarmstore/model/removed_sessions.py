"""What backends without a database keep of removed sessions, to recognize one that is saved again."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from enum import Enum, StrEnum
from hashlib import blake2b
from typing import Any

from swarmstore.errors import SessionForgottenError
from swarmstore.model.keys import SessionKey
from swarmstore.model.session_ids import SessionId
from swarmstore.model.snapshot import LearningSnapshot

REPEATABLE_DAYS = 30
"""For so long a save may be repeated after its session was removed, and still counts once."""

_KEPT_SECONDS = REPEATABLE_DAYS * 24 * 3600


class Fate(StrEnum):
    """What became of the counts that a removed session had added to totals."""

    KEPT = "kept"  # in a baseline
    NOTHING = "nothing"  # it counted in no total
    FORGOTTEN = "forgotten"  # and it may not be saved again


Entry = tuple[str, str, int, Fate]
"""A session id, the fingerprint of its content, when it was removed (seconds since 1970), its fate."""


class RemovedSessions:
    """The sessions of one scenario that were removed in the last `REPEATABLE_DAYS` days."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._removed = {(session_id, content): (at, fate) for session_id, content, at, fate in entries}

    def with_one(self, session_id: SessionId, content: LearningSnapshot, fate: Fate) -> RemovedSessions:
        """Add a session that is being removed, and drop those removed long ago."""
        now = int(time.time())
        key = (str(session_id), fingerprint(content))
        if fate is Fate.NOTHING and self._fate(key) is Fate.KEPT:  # a repeat: the baseline has it still
            fate = Fate.KEPT
        kept = [entry for entry in self.entries() if entry[2] > now - _KEPT_SECONDS]
        return RemovedSessions([*kept, (*key, now, fate)])

    def fate(self, session_id: SessionId, content: LearningSnapshot) -> Fate | None:
        """Return the fate of a session with this content that was removed under this id, or None."""
        return self._fate((str(session_id), fingerprint(content))) if self._removed else None

    def fates(self, session_id: SessionId) -> set[Fate]:
        """Return the fates of all sessions that were removed under this id."""
        return {fate for (removed, _), (_, fate) in self._removed.items() if removed == session_id}

    def entries(self) -> list[Entry]:
        """Return what an equal object can be made from."""
        return [
            (session_id, content, at, fate) for (session_id, content), (at, fate) in self._removed.items()
        ]

    def _fate(self, key: tuple[str, str]) -> Fate | None:
        return self._removed[key][1] if key in self._removed else None


def fingerprint(snapshot: LearningSnapshot) -> str:
    """Compute 32 hexadecimal digits, the same for equal snapshots whatever the order of their maps."""
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


def forgotten(key: SessionKey) -> SessionForgottenError:
    """Make the error for saving a session that was forgotten."""
    return SessionForgottenError(
        f"session {str(key.session_id)!r} of scenario {key.scenario!r} was forgotten with this content; "
        "to count it all the same, save it under another id"
    )
