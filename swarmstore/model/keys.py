"""Where a snapshot is kept: the global total, one scenario's total, or one session."""

from __future__ import annotations

from dataclasses import dataclass

from swarmstore.model.session_ids import SessionId


@dataclass(frozen=True, slots=True)
class GlobalKey:
    """The total over all scenarios."""

    def __str__(self) -> str:
        return "global"


@dataclass(frozen=True, slots=True)
class ScenarioKey:
    """The total of one scenario."""

    scenario: str

    def __str__(self) -> str:
        return f"scenario:{self.scenario}"


@dataclass(frozen=True, slots=True)
class SessionKey:
    """One session of a scenario."""

    scenario: str
    session_id: SessionId

    def __str__(self) -> str:
        return f"session:{self.scenario}:{self.session_id}"


SnapshotKey = GlobalKey | ScenarioKey | SessionKey
TotalKey = GlobalKey | ScenarioKey


def totals_of(key: SessionKey) -> tuple[TotalKey, TotalKey]:
    """The totals that a session counts in."""
    return ScenarioKey(key.scenario), GlobalKey()
