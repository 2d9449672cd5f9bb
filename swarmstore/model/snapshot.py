"""A learning snapshot: everything one session learned, or many together."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from operator import attrgetter
from pathlib import Path
from typing import Self

from swarmstore.errors import UnknownPhaseError
from swarmstore.model.ids import SessionId
from swarmstore.model.selection import SelectionPerformance
from swarmstore.model.stats import ActionStats, EpisodeTransitions, NgramStats, Pair
from swarmstore.model.versions import SNAPSHOT_VERSION


class LearningPhase(StrEnum):
    """What a session was run for."""

    BOOTSTRAP = "bootstrap"
    RELEASE = "release"
    VALIDATE = "validate"

    @classmethod
    def parse(cls, text: str) -> LearningPhase:
        """The phase of this name in any case, as upstream's `from_str`.

        Raises UnknownPhaseError.
        """
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


_values = attrgetter(*[column.name for column in fields(ActionStats)])


@dataclass(slots=True)
class LearningSnapshot:
    """Upstream's `LearningSnapshot`, with tuples of names as keys.

    `contextual_stats` is keyed by `(previous action, action)`, `action_stats` by action.

    session_id: the session's own where it was loaded as one, None of all else. It is no part of what
        is compared, copied, saved or written as JSON.
    """

    version: int = SNAPSHOT_VERSION
    metadata: SnapshotMetadata = field(default_factory=SnapshotMetadata)
    episode_transitions: EpisodeTransitions = field(default_factory=EpisodeTransitions)
    ngram_stats: NgramStats = field(default_factory=NgramStats)
    selection_performance: SelectionPerformance = field(default_factory=SelectionPerformance)
    contextual_stats: dict[Pair, ActionStats] = field(default_factory=dict)
    action_stats: dict[str, ActionStats] = field(default_factory=dict)
    session_id: SessionId | None = field(default=None, init=False, compare=False, repr=False)

    @classmethod
    def empty(cls) -> Self:
        """A snapshot of one session that has learned nothing yet, created now."""
        return cls()

    def copy(self) -> LearningSnapshot:
        """A copy that shares nothing that can change, many times faster than `copy.deepcopy`."""
        episodes, performance = self.episode_transitions, self.selection_performance
        return LearningSnapshot(
            self.version,
            replace(self.metadata),
            replace(
                episodes,
                success_transitions=episodes.success_transitions.copy(),
                failure_transitions=episodes.failure_transitions.copy(),
            ),
            NgramStats(self.ngram_stats.trigrams.copy(), self.ngram_stats.quadgrams.copy()),
            replace(
                performance,
                strategy_stats={name: replace(stats) for name, stats in performance.strategy_stats.items()},
                switch_history=performance.switch_history.copy(),
            ),
            {pair: ActionStats(*_values(stats)) for pair, stats in self.contextual_stats.items()},
            {action: ActionStats(*_values(stats)) for action, stats in self.action_stats.items()},
        )

    def as_session(self, session_id: SessionId) -> Self:
        """Let this very snapshot know whose it is; itself."""
        self.session_id = session_id
        return self

    def with_metadata(self, metadata: SnapshotMetadata) -> Self:
        """A copy with other metadata; the statistics are shared with this one."""
        return replace(self, metadata=metadata)

    def to_json(self) -> str:
        """Upstream's JSON text, indented, keys in byte order.

        Raises AmbiguousNameError for a name that ':' makes ambiguous in a joined key.
        """
        from swarmstore.model.codec import encode_snapshot

        return encode_snapshot(self)

    @classmethod
    def from_json(cls, text: str | bytes) -> LearningSnapshot:
        """Read upstream's JSON. Raises SnapshotFormatError with the path of the bad field."""
        from swarmstore.model.codec import decode_snapshot

        return decode_snapshot(text)

    def save_json(self, path: str | Path) -> None:
        """Write `to_json` to a file as a whole: readers see the old text or the new one. Raises OSError."""
        from swarmstore.disk import write_bytes

        write_bytes(Path(path), self.to_json().encode())

    @classmethod
    def load_json(cls, path: str | Path) -> LearningSnapshot:
        """Read a file. Raises SnapshotFormatError naming it, and OSError as `open` does."""
        from swarmstore.model.codec import read_snapshot

        return read_snapshot(Path(path), follow=True)
