"""One line per scenario: what a listing shows without loading whole totals' facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from swarmstore.errors import CountOverflowError, SnapshotFormatError
from swarmstore.model.keys import ScenarioKey
from swarmstore.model.session_ids import SessionId
from swarmstore.model.snapshot import LearningSnapshot


@dataclass(frozen=True, slots=True)
class ScenarioSummary:
    """A scenario: how many sessions are saved, its greatest session id, numbers of its total.

    The numbers are those of an empty total when nothing counts in it. `session_count` is what the
    total says; sessions saved without counting, or removed since, make it differ from `sessions`.
    All five are None where the total cannot be read: a sum in it passes 2^63 - 1, or the file that
    holds it is damaged. `load_scenario` says which.
    """

    scenario: str
    sessions: int
    last_session: SessionId | None
    session_count: int | None = 0
    total_episodes: int | None = 0
    total_actions: int | None = 0
    success_episodes: int | None = 0
    failure_episodes: int | None = 0


class _Listing(Protocol):
    def scenarios(self) -> list[str]: ...
    def list_sessions(self, scenario: str) -> list[SessionId]: ...
    def load(self, key: ScenarioKey) -> LearningSnapshot | None: ...


def summaries_by_loading(backend: _Listing) -> list[ScenarioSummary]:
    """Summaries for a backend that has nothing quicker than to load each total."""
    return [_summary(backend, scenario) for scenario in backend.scenarios()]


def _summary(backend: _Listing, scenario: str) -> ScenarioSummary:
    ids = backend.list_sessions(scenario)
    last = ids[-1] if ids else None
    try:
        total = backend.load(ScenarioKey(scenario))
    except (CountOverflowError, SnapshotFormatError, OSError):
        return ScenarioSummary(scenario, len(ids), last, None, None, None, None, None)
    if total is None:
        return ScenarioSummary(scenario, len(ids), last)
    metadata, episodes = total.metadata, total.episode_transitions
    return ScenarioSummary(
        scenario,
        len(ids),
        last,
        metadata.session_count,
        metadata.total_episodes,
        metadata.total_actions,
        episodes.success_episodes,
        episodes.failure_episodes,
    )
