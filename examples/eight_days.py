"""A small swarm that learns to repair builds, with a store as its memory.

Each session loads what the ones before have learned, chooses actions by it, and saves what it saw
itself. The world is made up and the agents are real: three selection strategies take turns when
they fail. The same sessions each time, 8 days of 5; on the fifth day searching becomes slow and
finds less.

    python examples/eight_days.py sqlite:///swarm.db
"""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Callable

from swarmstore import EpisodeTransitions, LearningPhase, LearningStore, SessionRecorder

FIRST_DAY = 1_793_577_600  # 2026-11-02 in UTC
DAYS, SESSIONS_A_DAY, EPISODES, STEPS = 8, 5, 4, 10
SLOW_FROM = 4  # this day on, counted from 0
ACTIONS = ("ReadLog", "Search", "Patch", "RunTests", "Rollback")
PATCH_SUCCEEDS = {"ReadLog": 0.75, "Search": 0.55}  # by the action before it, else 0.1
DURATIONS = {"ReadLog": 40, "Search": 250, "Patch": 900, "RunTests": 4000, "Rollback": 120}

Seen = tuple[int, int]
Score = Callable[[random.Random, Seen, int], float]


def _ucb1(_chance: random.Random, seen: Seen, of: int) -> float:
    visits = sum(seen)
    return math.inf if not visits else seen[0] / visits + math.sqrt(math.log(of) / visits)


def _greedy(_chance: random.Random, seen: Seen, _of: int) -> float:
    return (seen[0] + 1) / (sum(seen) + 2)


def _thompson(chance: random.Random, seen: Seen, _of: int) -> float:
    # a draw from Beta(successes + 1, failures + 1): one of so many even draws, by its place among them
    return sorted(chance.random() for _ in range(sum(seen) + 1))[seen[0]]


STRATEGIES: dict[str, Score] = {"UCB1": _ucb1, "Greedy": _greedy, "Thompson": _thompson}


def run(store: LearningStore) -> None:
    """Record all sessions, each with what is in the store before it as its prior."""
    chance = random.Random(8)
    prior = EpisodeTransitions()
    for day in range(DAYS):
        for number in range(SESSIONS_A_DAY):
            phase = LearningPhase.BOOTSTRAP if day < 2 else LearningPhase.RELEASE
            session_id = str(FIRST_DAY + 86400 * day + 3600 * (8 + number))
            with store.record("repair", task="make the build pass", phase=phase, session_id=session_id) as on:
                _session(on, chance, prior, slow=day >= SLOW_FROM)
            prior = store.load_scenario("repair").episode_transitions


def _session(on: SessionRecorder, chance: random.Random, prior: EpisodeTransitions, *, slow: bool) -> None:
    names = list(STRATEGIES)
    current = int(chance.random() * len(names))
    on.switch_strategy(names[current])
    for _ in range(EPISODES):
        repaired = _episode(on, chance, prior, STRATEGIES[names[current]], slow=slow)
        on.end_episode(repaired)
        if not repaired:
            current = (current + 1) % len(names)
            on.switch_strategy(names[current])


def _episode(
    on: SessionRecorder, chance: random.Random, prior: EpisodeTransitions, score: Score, *, slow: bool
) -> bool:
    before, patched = "Start", False
    for _ in range(STEPS):
        seen = {
            action: (
                prior.success_transitions.get((before, action), 0),
                prior.failure_transitions.get((before, action), 0),
            )
            for action in ACTIONS
        }
        of = sum(map(sum, seen.values())) + 1
        action = max(ACTIONS, key=lambda name: (score(chance, seen[name], of), chance.random()))
        succeeds = {
            "ReadLog": 0.95,
            "Search": 0.4 if slow else 0.8,
            "Patch": PATCH_SUCCEEDS.get(before, 0.1) * (0.6 if slow and before == "Search" else 1.0),
            "RunTests": 0.9 if patched else 0.02,
            "Rollback": 1.0,
        }
        success = chance.random() < succeeds[action]
        patched = action != "Rollback" and (patched or (action == "Patch" and success))
        slowness = 3 if slow and action == "Search" else 1
        on.action(
            action,
            success,
            duration_ms=int(DURATIONS[action] * (0.5 + chance.random()) * slowness),
            discoveries=int(3 * chance.random()) if action == "Search" else 0,
            kpi=1.0 if action == "RunTests" and success else None,
        )
        if action == "RunTests" and success:
            return True
        before = action
    return False


if __name__ == "__main__":
    with LearningStore.open(sys.argv[1] if len(sys.argv) > 1 else None) as opened:
        run(opened)
