"""A slice of history: the sessions that a merge or a list is about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from swarmstore.model.limits import MAX_TOTAL

if TYPE_CHECKING:
    from swarmstore.model.metadata import LearningPhase
    from swarmstore.model.session_ids import SessionId
    from swarmstore.model.snapshot import LearningSnapshot


def within_timestamps(first: int, last: int) -> tuple[int, int]:
    """Limit a range to possible timestamps. A range above all of them becomes empty: first > last."""
    return (1, 0) if first > MAX_TOTAL else (first, min(last, MAX_TOTAL))


@dataclass(frozen=True, slots=True)
class SessionSlice:
    """The sessions that pass all filters, and of these the `latest`. A filter that is None lets all pass.

    scenario: its name, None for all scenarios.
    latest: how many sessions, those with the greatest ids.
    since, until: bounds of the times that ids stand for, both included, in seconds since 1970. An id that
        does not stand for a time passes neither of them.
    phase, group_id: those in the sessions' metadata.
    """

    scenario: str | None = None
    latest: int | None = None
    since: int | None = None
    until: int | None = None
    phase: LearningPhase | None = None
    group_id: str | None = None

    def has(self, session_id: SessionId, snapshot: LearningSnapshot) -> bool:
        """Tell whether a session passes the filters on its id and its metadata."""
        metadata, timestamp = snapshot.metadata, session_id.timestamp
        return (
            (self.phase is None or metadata.phase == self.phase)
            and (self.group_id is None or metadata.group_id == self.group_id)
            and (self.since is None or (timestamp is not None and timestamp >= self.since))
            and (self.until is None or (timestamp is not None and timestamp <= self.until))
        )

    def select(self, sessions: Iterable[tuple[SessionId, str, LearningSnapshot]]) -> list[LearningSnapshot]:
        """Select the slice from `(id, scenario, snapshot)`.

        The result is ordered by session id and then by scenario, both in byte order.
        """
        passing = [entry for entry in sessions if self.has(entry[0], entry[2])]
        passing.sort(key=lambda entry: entry[:2])
        chosen = passing if self.latest is None else passing[max(0, len(passing) - self.latest) :]
        return [snapshot for _, _, snapshot in chosen]
