"""One line per scenario: what a listing shows without loading whole totals' facts."""

from __future__ import annotations

from dataclasses import dataclass

from swarmstore.model.session_ids import SessionId


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
