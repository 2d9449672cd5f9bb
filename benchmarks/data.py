"""Snapshots of a given size, the same ones for the same seed."""

from __future__ import annotations

import random
from collections.abc import Iterator

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

_ACTIONS = [f"Action{number:02}" for number in range(40)]
_STRATEGIES = ("UCB1", "Greedy", "Thompson", "Random")
# shares of a session's rows, as in real runs; sessions of one scenario share most of their keys
_SHARES = {"transitions": 0.22, "trigrams": 0.33, "quadgrams": 0.22, "contexts": 0.17}
_KEYS_PER_ROW = 2.5  # keys that a scenario has, for each row of a session


def snapshots(rows: int, count: int, seed: int = 1) -> Iterator[LearningSnapshot]:
    """`count` sessions of one scenario with about `rows` rows each.

    Their keys come from a pool of 2.5 times as many, frequent ones first.
    """
    chance = random.Random(seed)
    pools = {
        name: [_names(chance, length) for _ in range(round(rows * share * _KEYS_PER_ROW))]
        for (name, share), length in zip(_SHARES.items(), (2, 3, 4, 2), strict=True)
    }
    for number in range(count):
        yield _snapshot(chance, rows, pools, number)


def _names(chance: random.Random, length: int) -> tuple[str, ...]:
    return tuple(chance.choices(_ACTIONS, k=length))


def _snapshot(
    chance: random.Random, rows: int, pools: dict[str, list[tuple[str, ...]]], number: int
) -> LearningSnapshot:
    keys = {name: _chosen(chance, pools[name], round(rows * share)) for name, share in _SHARES.items()}
    actions = _ACTIONS[: max(4, min(40, rows // 16))]
    made: dict[str, dict] = {  # type: ignore[type-arg]
        "success": {key: chance.randint(1, 9) for key in keys["transitions"]},
        "failure": {key: chance.randint(1, 9) for key in keys["transitions"][::3]},
        "trigrams": {key: (chance.randint(0, 9), chance.randint(0, 9)) for key in keys["trigrams"]},
        "quadgrams": {key: (chance.randint(0, 9), chance.randint(0, 9)) for key in keys["quadgrams"]},
    }
    return LearningSnapshot(
        metadata=SnapshotMetadata("scenario", f"run {number}", 1_700_000_000 + number, 1, 2, rows),
        episode_transitions=EpisodeTransitions(made["success"], made["failure"], 1, number % 2),
        ngram_stats=NgramStats(made["trigrams"], made["quadgrams"]),
        selection_performance=SelectionPerformance(
            {name: StrategyStats(*[chance.randint(0, 9) for _ in range(6)]) for name in _STRATEGIES},
            [StrategySwitchEvent("UCB1", "Greedy", visits, 0.5, 0.25) for visits in (10, 20)],
            "Greedy",
            20,
            0.5,
        ),
        contextual_stats={key: _stats(chance) for key in keys["contexts"]},  # type: ignore[misc]
        action_stats={action: _stats(chance) for action in actions},
    )


def _chosen(chance: random.Random, pool: list[tuple[str, ...]], count: int) -> list[tuple[str, ...]]:
    """Half of the rows are the scenario's usual ones, the rest come from anywhere in its pool."""
    usual = dict.fromkeys(pool[: count // 2])
    while len(usual) < min(count, len(set(pool))):
        usual[chance.choice(pool)] = None
    return list(usual)


def _stats(chance: random.Random) -> ActionStats:
    visits, successes, failures, discoveries = (chance.randint(0, 9) for _ in range(4))
    return ActionStats(visits, successes, failures, discoveries, chance.randint(0, 9999), chance.random(), 3)
