"""Snapshots to rows and back, as a program would do it that has no swarmstore but for its classes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from swarmstore import (
    ActionStats,
    EpisodeTransitions,
    LearningSnapshot,
    NgramStats,
    SelectionPerformance,
    SnapshotMetadata,
    StrategyStats,
)

HEADER = (
    "version, scenario_name, task_description, created_at, session_count, total_episodes, total_actions,"
    " success_episodes, failure_episodes, strategy_start_visits, strategy_start_success_rate"
)
COUNTS = {"success_count": "bigint", "failure_count": "bigint"}
ACTIONS = {
    "visits": "bigint",
    "successes": "bigint",
    "failures": "bigint",
    "discoveries": "bigint",
    "total_duration_ms": "bigint",
    "kpi_total": "double precision",
    "kpi_count": "bigint",
}
STRATEGIES = dict.fromkeys(
    ("visits", "successes", "failures", "usage_count", "episodes_success", "episodes_failure"), "bigint"
)
SEQUENCES = {"transitions": COUNTS, "ngrams": COUNTS, "contexts": ACTIONS, "actions": ACTIONS}
FOUND = (
    f"SELECT f.scenario_id, {HEADER} FROM rollups f JOIN scenarios s ON s.id = f.scenario_id WHERE s.name = "
)
Rows = Iterable[Sequence[Any]]


def facts_query(kind: str) -> str:
    """The statement that reads a kind of a total's facts, with the names; its parameter comes last."""
    if kind == "strategies":
        return f"SELECT strategy, {', '.join(STRATEGIES)} FROM rollup_strategies WHERE scenario_id = "
    columns = ", ".join(f"f.{name}" for name in SEQUENCES[kind])
    return (
        f"SELECT a.id, a.action_1, a.action_2, a.action_3, a.action_4, {columns} FROM rollup_{kind} f"
        " JOIN action_sequences a ON a.id = f.sequence_id WHERE f.scenario_id = "
    )


class Names:
    """The ids of the sequences that were read."""

    def __init__(self) -> None:
        self.ids: dict[tuple[str, ...], int] = {}

    def snapshot(self, header: Sequence[Any], facts: Mapping[str, Rows]) -> LearningSnapshot:
        """What was read, as the classes that swarmstore gives."""
        version, scenario, task, created, sessions, episodes, actions, won, lost, *_ = header
        transitions = self._keyed(facts["transitions"], 2)
        trigrams: dict[Any, tuple[int, int]] = {}
        quadgrams: dict[Any, tuple[int, int]] = {}
        for key, *names, succeeded, failed in facts["ngrams"]:
            run = tuple(names) if names[3] is not None else tuple(names[:3])
            self.ids[run] = key
            (quadgrams if len(run) == 4 else trigrams)[run] = (succeeded, failed)
        return LearningSnapshot(
            version=version,
            metadata=SnapshotMetadata(scenario, task, created, sessions, episodes, actions),
            episode_transitions=EpisodeTransitions(
                {pair: counts[0] for pair, counts in transitions if counts[0] is not None},
                {pair: counts[1] for pair, counts in transitions if counts[1] is not None},
                won,
                lost,
            ),
            ngram_stats=NgramStats(trigrams, quadgrams),
            selection_performance=SelectionPerformance(
                {name: StrategyStats(*values) for name, *values in facts["strategies"]}
            ),
            contextual_stats={pair: ActionStats(*v) for pair, v in self._keyed(facts["contexts"], 2)},
            action_stats={name: ActionStats(*v) for (name,), v in self._keyed(facts["actions"], 1)},
        )

    def _keyed(self, rows: Rows, length: int) -> list[tuple[Any, Sequence[Any]]]:
        made = []
        for row in rows:
            names = tuple(row[1 : 1 + length])
            self.ids[names] = row[0]
            made.append((names, row[5:]))
        return made

    def rows(self, snapshot: LearningSnapshot) -> dict[str, list[tuple[Any, ...]]]:
        """A session's facts by kind, keys first; all of its sequences were read before."""
        ids, episodes, ngrams = self.ids, snapshot.episode_transitions, snapshot.ngram_stats
        won, lost = episodes.success_transitions, episodes.failure_transitions
        return {
            "transitions": [(ids[pair], won.get(pair), lost.get(pair)) for pair in won.keys() | lost.keys()],
            "ngrams": [
                (ids[run], *pair) for of in (ngrams.trigrams, ngrams.quadgrams) for run, pair in of.items()
            ],
            "contexts": [(ids[pair], *_values(stats)) for pair, stats in snapshot.contextual_stats.items()],
            "actions": [(ids[name,], *_values(stats)) for name, stats in snapshot.action_stats.items()],
            "strategies": [
                (name, *(getattr(stats, column) for column in STRATEGIES))
                for name, stats in snapshot.selection_performance.strategy_stats.items()
            ],
        }


def _values(stats: ActionStats) -> tuple[Any, ...]:
    return tuple(getattr(stats, column) for column in ACTIONS)


def header_values(snapshot: LearningSnapshot) -> tuple[Any, ...]:
    """The values of HEADER."""
    metadata, episodes = snapshot.metadata, snapshot.episode_transitions
    return (
        snapshot.version,
        metadata.scenario_name,
        metadata.task_description,
        metadata.created_at,
        metadata.session_count,
        metadata.total_episodes,
        metadata.total_actions,
        episodes.success_episodes,
        episodes.failure_episodes,
        0,
        0.0,
    )
