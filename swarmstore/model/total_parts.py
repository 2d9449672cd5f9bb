"""What a total is made of: sessions, imported totals, a total saved by hand, sums of removed sessions."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple

from swarmstore.model.keys import SessionKey
from swarmstore.model.merge import Additive, merge_snapshots
from swarmstore.model.snapshot import LearningSnapshot


class PartKind(StrEnum):
    """What a part of a total comes from."""

    SESSIONS = "sessions"
    IMPORT = "import"
    HAND = "hand"
    BASELINE = "baseline"


@dataclass(frozen=True, slots=True)
class TotalPart:
    """One part of a total, and its numbers. They add up to those of the total.

    kind: `sessions` for saved sessions, with one part for each `origin` that they were imported from and
        one part for all others (None); `import` for the total in the files of `origin`; `hand` for a
        total that was saved by hand; `baseline` for what removed sessions had added.
    contributors: how many sessions, 1 for other kinds.
    waiting: how many of these sessions are pending. Results include them.
    """

    kind: PartKind
    origin: str | None = None
    contributors: int = 1
    waiting: int = 0
    session_count: int = 0
    total_episodes: int = 0
    total_actions: int = 0
    success_episodes: int = 0
    failure_episodes: int = 0


class Place(NamedTuple):
    """When a session came to a total: its position among all that did, and seconds since 1970."""

    position: int
    seconds: int


Placed = tuple[Place, LearningSnapshot]
Load = Callable[[SessionKey], LearningSnapshot]


@dataclass(slots=True)
class TotalParts:
    """The parts of one total, for a backend that adds each session up when it is saved.

    whole: the total as it was saved by hand, or found. foreign: another program wrote it, so that it
    may have any session in it.
    """

    whole: LearningSnapshot | None = None
    foreign: bool = False
    baseline: Placed | None = None
    sessions: dict[SessionKey, Place] = field(default_factory=dict)
    last: int = 0

    def count(self, key: SessionKey, seconds: int) -> None:
        """Let a session count."""
        self.last += 1
        self.sessions[key] = Place(self.last, seconds)

    def keep(self, key: SessionKey, snapshot: LearningSnapshot) -> None:
        """Keep in the baseline what a session has added that is about to be removed."""
        place = self.sessions.pop(key, None)
        if place is not None:
            before = [] if self.baseline is None else [self.baseline]
            self.baseline = _added_up([*before, (place, snapshot)])

    def without(self, keys: Collection[SessionKey]) -> TotalParts:
        """The parts that are left when these sessions are forgotten."""
        left = {key: place for key, place in self.sessions.items() if key not in keys}
        return replace(self, sessions=left)

    def total(self, load: Load) -> LearningSnapshot | None:
        """The total that these parts are, None of nothing. Raises CountOverflowError."""
        parts = [(place, load(key)) for key, place in self.sessions.items()]
        if self.baseline is not None:
            parts.append(self.baseline)
        if self.whole is not None:
            parts.append((Place(0, 0), self.whole))
        return _added_up(parts)[1] if parts else None

    def listed(self, load: Load) -> list[TotalPart]:
        """Each part with its numbers. Raises CountOverflowError."""
        sessions = [load(key) for key in self.sessions]
        parts = [
            (PartKind.SESSIONS, merge_snapshots(sessions, Additive()) if sessions else None),
            (PartKind.HAND, self.whole),
            (PartKind.BASELINE, None if self.baseline is None else self.baseline[1]),
        ]
        return [
            TotalPart(kind, None, len(sessions) if kind is PartKind.SESSIONS else 1, 0, *numbers_of(sums))
            for kind, sums in sorted(parts, key=lambda part: part[0])
            if sums is not None
        ]


def numbers_of(total: LearningSnapshot) -> tuple[int, int, int, int, int]:
    """How many sessions, episodes, actions, successful and failed episodes a total has."""
    metadata, episodes = total.metadata, total.episode_transitions
    return (
        metadata.session_count,
        metadata.total_episodes,
        metadata.total_actions,
        episodes.success_episodes,
        episodes.failure_episodes,
    )


def _added_up(parts: list[Placed]) -> Placed:
    """The sum of parts, in the place of the newest."""
    in_order = sorted(parts, key=lambda part: part[0])
    newest = in_order[-1][0]
    total = merge_snapshots([snapshot for _, snapshot in in_order], Additive())
    if len(parts) > 1:
        total.metadata.created_at = newest.seconds
    return newest, total
