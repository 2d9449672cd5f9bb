"""A snapshot on the screen: its numbers, then the most frequent of what it counted."""

from __future__ import annotations

from collections.abc import Iterable

from swarmstore import LearningSnapshot
from swarmstore.cli.output import add_row, console, facts, moment, percent, table

_ROWS = 10


def print_snapshot(title: str, snapshot: LearningSnapshot) -> None:
    """Print a snapshot for people."""
    metadata, episodes = snapshot.metadata, snapshot.episode_transitions
    facts(
        title,
        [
            ("scenario", metadata.scenario_name),
            ("task", metadata.task_description),
            ("created", moment(metadata.created_at)),
            ("phase", metadata.phase),
            ("group", metadata.group_id),
            ("sessions", metadata.session_count),
            ("episodes", metadata.total_episodes),
            ("actions", metadata.total_actions),
            (
                "success",
                percent(episodes.success_episodes, episodes.success_episodes + episodes.failure_episodes),
            ),
            ("strategy", snapshot.selection_performance.current_strategy),
        ],
    )
    _actions(snapshot)
    pairs = episodes.success_transitions.keys() | episodes.failure_transitions.keys()
    _runs(
        "Transitions",
        [
            (
                " → ".join(pair),
                episodes.success_transitions.get(pair, 0),
                episodes.failure_transitions.get(pair, 0),
            )
            for pair in pairs
        ],
    )
    for name, grams in (
        ("Runs of three", snapshot.ngram_stats.trigrams),
        ("Runs of four", snapshot.ngram_stats.quadgrams),
    ):
        _runs(name, [(" → ".join(key), *counts) for key, counts in grams.items()])
    _strategies(snapshot)


def _actions(snapshot: LearningSnapshot) -> None:
    if not snapshot.action_stats:
        return
    made = table("action", "#visits", "#success", "#avg ms", "#discoveries", title="Actions")
    for action, stats in sorted(snapshot.action_stats.items(), key=lambda entry: -entry[1].visits)[:_ROWS]:
        success = percent(stats.successes, stats.visits)
        add_row(made, action, stats.visits, success, round(stats.avg_duration()), stats.discoveries)
    console.print(made)


def _runs(title: str, counted: Iterable[tuple[str, int, int]]) -> None:
    frequent = sorted(counted, key=lambda run: (-run[1] - run[2], run[0]))
    if not frequent:
        return
    shown = "" if len(frequent) <= _ROWS else f", the {_ROWS} most frequent of {len(frequent):,}"
    made = table("actions", "#successes", "#failures", "#success", title=title + shown)
    for actions, successes, failures in frequent[:_ROWS]:
        add_row(made, actions, successes, failures, percent(successes, successes + failures))
    console.print(made)


def _strategies(snapshot: LearningSnapshot) -> None:
    strategies = snapshot.selection_performance.strategy_stats
    if not strategies:
        return
    made = table("strategy", "#visits", "#success", "#started", title="Selection strategies")
    for name, stats in sorted(strategies.items()):
        add_row(made, name, stats.visits, percent(stats.successes, stats.visits), stats.usage_count)
    console.print(made)
