"""A snapshot on the screen: its numbers, then the most frequent of what it counted."""

from __future__ import annotations

from collections.abc import Iterable

import swarmstore
from swarmstore.cli.output import facts, percent, print_json_text, print_table, say_database
from swarmstore.cli.times import moment

_ROWS = 10


def print_snapshot(
    title: str,
    snapshot: swarmstore.LearningSnapshot,
    *,
    json: bool,
    url: str | None,
    of_all: bool = False,
) -> None:
    """Print a snapshot, as upstream's JSON or for people.

    of_all: it is of all scenarios, and has the name and task of the newest session's.
    """
    if json:
        print_json_text(snapshot.to_json())
        return
    metadata, episodes = snapshot.metadata, snapshot.episode_transitions
    newest = "newest " if of_all else ""
    facts(
        title,
        [
            (f"{newest}scenario", metadata.scenario_name),
            (f"{newest}task", metadata.task_description),
            ("created (UTC)", moment(metadata.created_at)),
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
    won, lost = episodes.success_transitions, episodes.failure_transitions
    _runs("Transitions", ((pair, won.get(pair, 0), lost.get(pair, 0)) for pair in won.keys() | lost.keys()))
    for name, ngrams in snapshot.ngram_stats.by_name().items():
        _runs(name.capitalize(), ((run, *counts) for run, counts in ngrams.items()))
    _strategies(snapshot)
    say_database(url)


def _actions(snapshot: swarmstore.LearningSnapshot) -> None:
    busiest = sorted(snapshot.action_stats.items(), key=lambda entry: -entry[1].visits)[:_ROWS]
    if busiest:
        rows = (
            (
                action,
                stats.visits,
                percent(stats.successes, stats.visits),
                round(stats.avg_duration()),
                stats.discoveries,
            )
            for action, stats in busiest
        )
        print_table(("action", "#visits", "#success", "#avg ms", "#discoveries"), rows, title="Actions")


def _runs(title: str, counted: Iterable[tuple[Iterable[str], int, int]]) -> None:
    rows = [(" → ".join(run), good, bad, percent(good, good + bad)) for run, good, bad in counted]
    rows.sort(key=lambda row: (-row[1] - row[2], row[0]))
    if rows:
        more = "" if len(rows) <= _ROWS else f", the {_ROWS} most frequent of {len(rows):,}"
        print_table(("actions", "#ok", "#failed", "#success"), rows[:_ROWS], title=title + more)


def _strategies(snapshot: swarmstore.LearningSnapshot) -> None:
    strategies = snapshot.selection_performance.strategy_stats
    if strategies:
        rows = (
            (name, stats.visits, percent(stats.successes, stats.visits), stats.usage_count)
            for name, stats in sorted(strategies.items())
        )
        print_table(("strategy", "#visits", "#success", "#started"), rows, title="Selection strategies")
