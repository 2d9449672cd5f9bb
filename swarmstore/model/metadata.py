"""Where a snapshot comes from, and how much it covers."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from enum import StrEnum

from swarmstore.errors import UnknownPhaseError


class LearningPhase(StrEnum):
    """What a session was run for."""

    BOOTSTRAP = "bootstrap"
    RELEASE = "release"
    VALIDATE = "validate"

    @classmethod
    def parse(cls, text: str) -> LearningPhase:
        """The phase of this name in any case, as upstream's `from_str`. Raises UnknownPhaseError."""
        try:
            return cls(text.lower())
        except ValueError:
            known = ", ".join(cls)
            raise UnknownPhaseError("phase", f"{text!r} is not a phase; use one of {known}") from None


def now_seconds() -> int:
    """Seconds since 1970 by this machine's clock."""
    return int(time.time())


@dataclass(slots=True)
class SnapshotMetadata:
    """Where a snapshot comes from and how much it covers. `created_at`: seconds since 1970."""

    scenario_name: str | None = None
    task_description: str | None = None
    created_at: int = field(default_factory=now_seconds)
    session_count: int = 1
    total_episodes: int = 0
    total_actions: int = 0
    phase: LearningPhase | None = None
    group_id: str | None = None

    def with_scenario(self, name: str) -> SnapshotMetadata:
        """A copy with this scenario name."""
        return replace(self, scenario_name=name)

    def with_task(self, description: str) -> SnapshotMetadata:
        """A copy with this task description."""
        return replace(self, task_description=description)

    def with_phase(self, phase: LearningPhase) -> SnapshotMetadata:
        """A copy with this phase."""
        return replace(self, phase=phase)

    def with_group_id(self, group_id: str) -> SnapshotMetadata:
        """A copy with this group id, by convention `g{milliseconds}`."""
        return replace(self, group_id=group_id)
