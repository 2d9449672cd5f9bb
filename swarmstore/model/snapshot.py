"""A learning snapshot: everything one session learned, or many together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from operator import attrgetter
from pathlib import Path
from typing import Self

from swarmstore.disk import write_bytes
from swarmstore.loading import loading
from swarmstore.model.limits import SNAPSHOT_VERSION
from swarmstore.model.metadata import SnapshotMetadata
from swarmstore.model.next_actions import NextAction, next_actions
from swarmstore.model.selection import SelectionPerformance
from swarmstore.model.session_ids import SessionId
from swarmstore.model.stats import ActionStats, EpisodeTransitions, NgramStats, Pair

_values = attrgetter(*[column.name for column in fields(ActionStats)])


@dataclass(slots=True)
class LearningSnapshot:
    """Upstream's `LearningSnapshot`, with tuples of names as keys.

    `contextual_stats` is keyed by `(previous action, action)`, `action_stats` by action.

    session_id: the id of a session that was loaded, otherwise None. It is not compared, copied, saved or
        written as JSON.
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
        """Return a copy that shares nothing mutable, many times faster than `copy.deepcopy`."""
        episodes, performance = self.episode_transitions, self.selection_performance
        return LearningSnapshot(
            self.version,
            replace(self.metadata),
            replace(
                episodes,
                success_transitions=episodes.success_transitions.copy(),
                failure_transitions=episodes.failure_transitions.copy(),
            ),
            NgramStats.of_lengths(counts.copy() for counts in self.ngram_stats.by_length()),
            replace(
                performance,
                strategy_stats={name: replace(stats) for name, stats in performance.strategy_stats.items()},
                switch_history=performance.switch_history.copy(),
            ),
            {pair: ActionStats(*_values(stats)) for pair, stats in self.contextual_stats.items()},
            {action: ActionStats(*_values(stats)) for action, stats in self.action_stats.items()},
        )

    def as_session(self, session_id: SessionId) -> Self:
        """Set the session id of this snapshot, and return the snapshot."""
        self.session_id = session_id
        return self

    def with_metadata(self, metadata: SnapshotMetadata) -> Self:
        """Return a copy with other metadata, which shares the statistics of this one."""
        return replace(self, metadata=metadata)

    def next_actions(self, action: str, candidates: Iterable[str] | None = None) -> list[NextAction]:
        """List what may follow an action, ordered by the lower bound of the success rate, highest first.

        candidates: the actions to list, even if they never followed. By default, all actions that ever
            followed. Each call goes through all transitions.

        Raises InvalidValueError for candidates that are no list, as one text.
        """
        return next_actions(self.episode_transitions, action, candidates)

    def to_json(self) -> str:
        """Upstream's JSON text, indented, keys in byte order.

        Raises AmbiguousNameError for a name with a ':' that joined keys cannot hold.
        """
        with loading():
            from swarmstore.model.json.codec import encode, snapshot_to_wire

        return encode(snapshot_to_wire(self))

    @classmethod
    def from_json(cls, text: str | bytes) -> LearningSnapshot:
        """Read upstream's JSON. Raises SnapshotFormatError with the path of the bad field."""
        with loading():
            from swarmstore.model.json.codec import decode_snapshot

        return decode_snapshot(cls, text)

    def save_json(self, path: str | Path) -> None:
        """Write `to_json` to a file, of which readers see the old or the new content. Raises OSError."""
        write_bytes(Path(path), self.to_json().encode())

    @classmethod
    def load_json(cls, path: str | Path) -> LearningSnapshot:
        """Read a file. Raises SnapshotFormatError naming it, and OSError as `open` does."""
        with loading():
            from swarmstore.model.json.codec import read_snapshot

        return read_snapshot(cls, Path(path), follow=True)
