"""Snapshots as rows and back: a header, and columns of facts sorted by their key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from operator import attrgetter, itemgetter
from typing import Any

from swarmstore.db.sequences import Names
from swarmstore.db.tables.families import KEYS, SESSIONS, Kind
from swarmstore.model.selection import SelectionPerformance, StrategyStats, StrategySwitchEvent
from swarmstore.model.snapshot import LearningPhase, LearningSnapshot, SnapshotMetadata
from swarmstore.model.stats import ActionStats, EpisodeTransitions, NgramStats

COLUMNS = {kind: (KEYS[kind], *SESSIONS.values(kind)) for kind in Kind}
_strategy_values = attrgetter(*SESSIONS.values(Kind.STRATEGIES))
_key = itemgetter(0)
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class SnapshotRows:
    """A snapshot in the form of tables: header columns, and for each kind its rows.

    Rows are `(key, values …)` in the order of COLUMNS, sorted by key.
    """

    header: Mapping[str, Any]
    facts: Mapping[Kind, list[Row]]

    def columns(self, kind: Kind) -> dict[str, Sequence[Any]]:
        """The facts of a kind by column."""
        columns: Iterable[Sequence[Any]] = zip(*self.facts[kind], strict=True)
        return dict(zip(COLUMNS[kind], columns if self.facts[kind] else repeat(()), strict=False))


def sequences_in(snapshot: LearningSnapshot) -> set[Names]:
    """Every action sequence that the snapshot's facts are keyed by."""
    transitions, ngrams = snapshot.episode_transitions, snapshot.ngram_stats
    return {
        *transitions.success_transitions,
        *transitions.failure_transitions,
        *ngrams.trigrams,
        *ngrams.quadgrams,
        *snapshot.contextual_stats,
        *((action,) for action in snapshot.action_stats),
    }


def to_rows(snapshot: LearningSnapshot, ids: Mapping[Names, int]) -> SnapshotRows:
    """Take a snapshot apart; `ids` holds all of `sequences_in`."""
    transitions, ngrams = snapshot.episode_transitions, snapshot.ngram_stats
    successes, failures = transitions.success_transitions, transitions.failure_transitions
    performance = snapshot.selection_performance
    facts: dict[Kind, Iterable[Row]] = {
        Kind.TRANSITIONS: (
            (ids[pair], successes.get(pair), failures.get(pair))
            for pair in successes.keys() | failures.keys()
        ),
        Kind.NGRAMS: (
            (ids[names], *counts)
            for grams in (ngrams.trigrams, ngrams.quadgrams)
            for names, counts in grams.items()
        ),
        Kind.CONTEXTS: (_action_row(ids[pair], s) for pair, s in snapshot.contextual_stats.items()),
        Kind.ACTIONS: (_action_row(ids[action,], s) for action, s in snapshot.action_stats.items()),
        Kind.STRATEGIES: ((name, *_strategy_values(s)) for name, s in performance.strategy_stats.items()),
        Kind.SWITCHES: (
            (
                ordinal,
                switch.from_,
                switch.to,
                switch.visits_at_switch,
                float(switch.success_rate_at_switch),
                float(switch.from_strategy_success_rate),
            )
            for ordinal, switch in enumerate(performance.switch_history)
        ),
    }
    return SnapshotRows(_header(snapshot), {kind: sorted(rows, key=_key) for kind, rows in facts.items()})


def _action_row(sequence_id: int, stats: ActionStats) -> Row:
    # float: an integer is as good, but one parameter of many must not be of another type
    return (
        sequence_id,
        stats.visits,
        stats.successes,
        stats.failures,
        stats.discoveries,
        stats.total_duration_ms,
        float(stats.kpi_total),
        stats.kpi_count,
    )


def _header(snapshot: LearningSnapshot) -> dict[str, Any]:
    metadata, performance = snapshot.metadata, snapshot.selection_performance
    return {
        "version": snapshot.version,
        "scenario_name": metadata.scenario_name,
        "task_description": metadata.task_description,
        "created_at": metadata.created_at,
        "session_count": metadata.session_count,
        "total_episodes": metadata.total_episodes,
        "total_actions": metadata.total_actions,
        "phase": None if metadata.phase is None else str(metadata.phase),
        "group_id": metadata.group_id,
        "success_episodes": snapshot.episode_transitions.success_episodes,
        "failure_episodes": snapshot.episode_transitions.failure_episodes,
        "current_strategy": performance.current_strategy,
        "strategy_start_visits": performance.strategy_start_visits,
        "strategy_start_success_rate": float(performance.strategy_start_success_rate),
    }


def from_rows(rows: SnapshotRows, names_of: Callable[[int], Names]) -> LearningSnapshot:
    """Put a snapshot together; `names_of` gives the actions of a sequence id."""
    header, facts = rows.header, rows.facts
    transitions = [(names_of(key), success, failure) for key, success, failure in facts[Kind.TRANSITIONS]]
    ngrams = [(names_of(key), (success, failure)) for key, success, failure in facts[Kind.NGRAMS]]
    phase = header["phase"]
    snapshot = LearningSnapshot(
        version=header["version"],
        metadata=SnapshotMetadata(
            scenario_name=header["scenario_name"],
            task_description=header["task_description"],
            created_at=header["created_at"],
            session_count=header["session_count"],
            total_episodes=header["total_episodes"],
            total_actions=header["total_actions"],
            phase=None if phase is None else LearningPhase(phase),
            group_id=header["group_id"],
        ),
        episode_transitions=EpisodeTransitions(
            success_episodes=header["success_episodes"], failure_episodes=header["failure_episodes"]
        ),
        ngram_stats=NgramStats(),
        selection_performance=SelectionPerformance(
            strategy_stats={row[0]: StrategyStats(*row[1:]) for row in facts[Kind.STRATEGIES]},
            switch_history=[StrategySwitchEvent(*row[1:]) for row in facts[Kind.SWITCHES]],
            current_strategy=header["current_strategy"],
            strategy_start_visits=header["strategy_start_visits"],
            strategy_start_success_rate=header["strategy_start_success_rate"],
        ),
    )
    # names of each length are tuples of that length: the tables hold nothing else
    fill: Any = snapshot
    for names, success, failure in transitions:
        if success is not None:
            fill.episode_transitions.success_transitions[names] = success
        if failure is not None:
            fill.episode_transitions.failure_transitions[names] = failure
    for names, counts in ngrams:
        (fill.ngram_stats.trigrams if len(names) == 3 else fill.ngram_stats.quadgrams)[names] = counts
    for row in facts[Kind.CONTEXTS]:
        fill.contextual_stats[names_of(row[0])] = ActionStats(*row[1:])
    for row in facts[Kind.ACTIONS]:
        fill.action_stats[names_of(row[0])[0]] = ActionStats(*row[1:])
    return snapshot
