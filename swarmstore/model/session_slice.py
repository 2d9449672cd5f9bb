"""A slice of history: which sessions a merge is about."""

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
    """Bring a range to what timestamps can be; above all of them it is empty, and the first the greater."""
    return (1, 0) if first > MAX_TOTAL else (first, min(last, MAX_TOTAL))


@dataclass(frozen=True, slots=True)
class SessionSlice:
    """Sessions that pass every filter; of these the `latest`. None filters nothing.

    scenario: its name, None for all scenarios.
    latest: how many of the sessions with the greatest ids.
    since, until: bounds of the time that ids stand for, both included, seconds since 1970; ids
        that stand for none are in no slice with a bound.
    phase, group_id: what the sessions' metadata say.
    """

    scenario: str | None = None
    latest: int | None = None
    since: int | None = None
    until: int | None = None
    phase: LearningPhase | None = None
    group_id: str | None = None

    def has(self, session_id: SessionId, snapshot: LearningSnapshot) -> bool:
        """Whether a session passes the filters on its id and its metadata."""
        metadata, timestamp = snapshot.metadata, session_id.timestamp
        return (
            (self.phase is None or metadata.phase == self.phase)
            and (self.group_id is None or metadata.group_id == self.group_id)
            and (self.since is None or (timestamp is not None and timestamp >= self.since))
            and (self.until is None or (timestamp is not None and timestamp <= self.until))
        )

    def select(self, sessions: Iterable[tuple[SessionId, str, LearningSnapshot]]) -> list[LearningSnapshot]:
        """The slice of these `(id, scenario, snapshot)`, oldest first.

        By session id and then by scenario, both in byte order.
        """
        passing = [entry for entry in sessions if self.has(entry[0], entry[2])]
        passing.sort(key=lambda entry: entry[:2])
        chosen = passing if self.latest is None else passing[max(0, len(passing) - self.latest) :]
        return [snapshot for _, _, snapshot in chosen]
