"""A snapshot's facts as rows of views, in plain Python, with the rates that the views add."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from math import sqrt
from typing import Any

from swarmstore import ActionStats, LearningSnapshot
from swarmstore.db.schema.families import Kind

Row = dict[str, Any]
Facts = Callable[[LearningSnapshot], Iterable[Row]]
Z = 1.959963984540054
LAST_SECOND = 253_402_214_399


def time(seconds: int | None) -> datetime | None:
    return None if seconds is None or seconds > LAST_SECOND else datetime.fromtimestamp(seconds, UTC)


def day(seconds: int | None) -> date | None:
    moment = time(seconds)
    return None if moment is None else moment.date()


def share(part: float | None, whole: float | None) -> float | None:
    return float(part or 0) / float(whole) if whole else None


def rate(good: int | None, bad: int | None) -> float | None:
    return share(good, float(good or 0) + float(bad or 0))


def wilson(good: int | None, bad: int | None) -> Row:
    """Bounds of a rate as E. B. Wilson gave them."""
    s, f = float(good or 0), float(bad or 0)
    n = s + f
    if not n:
        return {"wilson_low": None, "wilson_high": None}
    centre, spread = s + Z * Z / 2, Z * sqrt(s * f / n + Z * Z / 4)
    low = (centre - spread) / (n + Z * Z) if s else 0.0
    high = (centre + spread) / (n + Z * Z) if f else 1.0
    return {"wilson_low": low, "wilson_high": high}


def mean(total: float, count: int) -> float | None:
    return share(0.0 if abs(total) < 1e-280 else total, count)


def counted(good: int | None, bad: int | None) -> Row:
    seen = (good or 0) + (bad or 0)
    return {
        "success_count": good,
        "failure_count": bad,
        "observations": seen if seen < 2**63 else None,
        "success_rate": rate(good, bad),
    }


def done(stats: ActionStats) -> Row:
    return {
        "visits": stats.visits,
        "successes": stats.successes,
        "failures": stats.failures,
        "discoveries": stats.discoveries,
        "total_duration_ms": stats.total_duration_ms,
        "kpi_total": stats.kpi_total,
        "kpi_count": stats.kpi_count,
        "success_rate": share(stats.successes, stats.visits),
        "mean_duration_ms": share(stats.total_duration_ms, stats.visits),
        "mean_kpi": mean(stats.kpi_total, stats.kpi_count),
    }


def transitions(snapshot: LearningSnapshot) -> Iterator[Row]:
    good, bad = (
        snapshot.episode_transitions.success_transitions,
        snapshot.episode_transitions.failure_transitions,
    )
    for key in good.keys() | bad.keys():
        yield {"action": key[0], "next_action": key[1], **counted(good.get(key), bad.get(key))}


def ngrams(snapshot: LearningSnapshot) -> Iterator[Row]:
    for names, counts in (*snapshot.ngram_stats.trigrams.items(), *snapshot.ngram_stats.quadgrams.items()):
        actions = dict(zip(("action_1", "action_2", "action_3", "action_4"), (*names, None), strict=False))
        yield {"length": len(names), **actions, **counted(*counts)}


def contexts(snapshot: LearningSnapshot) -> Iterator[Row]:
    for (before, action), stats in snapshot.contextual_stats.items():
        yield {"previous_action": before, "action": action, **done(stats)}


def actions(snapshot: LearningSnapshot) -> Iterator[Row]:
    for action, stats in snapshot.action_stats.items():
        yield {"action": action, **done(stats)}


def strategies(snapshot: LearningSnapshot) -> Iterator[Row]:
    for name, stats in snapshot.selection_performance.strategy_stats.items():
        yield {
            "strategy": name,
            **{
                field: getattr(stats, field)
                for field in (
                    "visits",
                    "successes",
                    "failures",
                    "usage_count",
                    "episodes_success",
                    "episodes_failure",
                )
            },
            "success_rate": share(stats.successes, stats.visits),
            "episode_success_rate": rate(stats.episodes_success, stats.episodes_failure),
            **wilson(stats.successes, stats.failures),
        }


def switches(snapshot: LearningSnapshot) -> Iterator[Row]:
    for ordinal, event in enumerate(snapshot.selection_performance.switch_history):
        yield {
            "ordinal": ordinal,
            "from_strategy": event.from_,
            "to_strategy": event.to,
            "visits_at_switch": event.visits_at_switch,
            "success_rate_at_switch": event.success_rate_at_switch,
            "from_strategy_success_rate": event.from_strategy_success_rate,
        }


FACTS: dict[Kind, Facts] = {
    Kind.TRANSITIONS: transitions,
    Kind.NGRAMS: ngrams,
    Kind.CONTEXTS: contexts,
    Kind.ACTIONS: actions,
    Kind.STRATEGIES: strategies,
    Kind.SWITCHES: switches,
}


def header(snapshot: LearningSnapshot) -> Row:
    metadata, episodes = snapshot.metadata, snapshot.episode_transitions
    return {
        "created_at": time(metadata.created_at),
        "task_description": metadata.task_description,
        "phase": metadata.phase,
        "group_id": metadata.group_id,
        "current_strategy": snapshot.selection_performance.current_strategy,
        "session_count": metadata.session_count,
        "total_episodes": metadata.total_episodes,
        "total_actions": metadata.total_actions,
        "success_episodes": episodes.success_episodes,
        "failure_episodes": episodes.failure_episodes,
        "success_rate": rate(episodes.success_episodes, episodes.failure_episodes),
    }
