"""What is saved: a snapshot for each number, told apart by its content alone."""

from __future__ import annotations

import random
import re

from swarmstore import (
    ActionStats,
    EpisodeTransitions,
    LearningSnapshot,
    NgramStats,
    SelectionPerformance,
    SnapshotMetadata,
    StrategyStats,
    StrategySwitchEvent,
)

_ACTIONS = "ABCDEFGH"
_PAIRS = [(a, b) for a in _ACTIONS for b in _ACTIONS]
_NEW = 25  # a run goes on meeting names that the database does not know, in several processes at once
SCENARIOS = ("first", "second", "third")


def scenario_of(number: int) -> str:
    """The scenario that this save belongs to; the first has half of all."""
    return SCENARIOS[(0, 1, 0, 2)[number % 4]]


def snapshot_of(number: int) -> LearningSnapshot:
    """The snapshot of this number. KPIs are whole numbers, so that sums of them are exact too."""
    chance = random.Random(number)

    def counts(most: int) -> tuple[int, int]:
        return chance.randint(0, most), chance.randint(0, most)

    def stats() -> ActionStats:
        a, b, c, d = (chance.randint(0, 99) for _ in range(4))
        return ActionStats(a + b, a, b, c, d, float(chance.randint(-9, 9)), chance.randint(0, 9))

    pairs = chance.sample(_PAIRS, 12)
    return LearningSnapshot(
        metadata=SnapshotMetadata(scenario_of(number), f"save {number}", number, 1, 1, chance.randint(1, 99)),
        episode_transitions=EpisodeTransitions(
            {pair: chance.randint(0, 9) for pair in pairs[:8]} | {("new", str(number % _NEW)): 1},
            {pair: chance.randint(0, 9) for pair in pairs[4:]},
            *counts(3),
        ),
        ngram_stats=NgramStats(
            {(a, b, "x"): counts(9) for a, b in pairs[:6]},
            {(a, b, "x", "y"): counts(9) for a, b in pairs[6:]},
        ),
        selection_performance=SelectionPerformance(
            {name: StrategyStats(*counts(9), *counts(9), *counts(9)) for name in ("UCB1", "Greedy")},
            [StrategySwitchEvent("UCB1", "Greedy", number % 7, 0.25, 0.5)],
            "Greedy",
            number % 7,
            0.5,
        ),
        contextual_stats={pair: stats() for pair in pairs[2:6]},
        action_stats={action: stats() for action in _ACTIONS[: chance.randint(1, 8)]},
    )


def number_of(snapshot: LearningSnapshot) -> int | None:
    """The number that a snapshot says it has."""
    form = re.fullmatch(r"save ([0-9]+)", snapshot.metadata.task_description or "")
    return None if form is None else int(form[1])
