"""Statements behind a report: they ask the views, and cut every ranking to size. Nothing here runs one.

Actions whose names were lost, which `doctor` finds, are in no ranking.

Parameters: `scenario` its name, `most` how many rows. A ranking's last column is how many rows there are.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Subquery, Text, bindparam, case, cast, func, or_, select, union_all

from swarmstore.db.analytics.view_statements import TABLES
from swarmstore.db.analytics.views.description import Query
from swarmstore.db.analytics.views.rates import as_double
from swarmstore.db.schema.sessions import ACTIONS

_MOST = bindparam("most", type_=BigInteger)
_SCENARIO = bindparam("scenario", type_=Text)


def sessions() -> Query:
    """`(scenario, sessions, first, newest, saved)`: how many there are, and their times."""
    table = TABLES["saved_sessions"]
    time = table.c.session_time
    return select(
        table.c.scenario, func.count(), func.min(time), func.max(time), func.max(table.c.saved_at)
    ).group_by(table.c.scenario)


def totals() -> Query:
    """`(scenario, successes, failures, actions, waiting)` of each total; the global one has no scenario."""
    table = TABLES["totals"]
    names = ("scenario", "success_episodes", "failure_episodes", "total_actions", "waiting")
    return select(*[table.c[name] for name in names])


def curve() -> Query:
    """`(first, last, successes, failures, rolling rate)` of each `step` of `last` sessions."""
    table = TABLES["learning_curve"]
    place, step = table.c.place, bindparam("step", type_=BigInteger)
    ends = or_(place % step == 0, place == bindparam("last", type_=BigInteger))
    won, lost = (
        cast(func.sum(column), BigInteger) for column in (table.c.success_episodes, table.c.failure_episodes)
    )
    rolling = func.max(case((ends, table.c.rolling_success_rate)))
    return (
        select(func.min(place), func.max(place), won, lost, rolling)
        .where(table.c.scenario == _SCENARIO)
        .group_by((place - 1) // step)
        .order_by(func.min(place))
    )


def busiest_actions() -> Query:
    """`(action, …)`: those with the most transitions to or from them."""
    pairs = _pairs()
    ends = union_all(
        select(pairs.c.action, pairs.c.times),
        select(pairs.c.next_action, pairs.c.times).where(pairs.c.next_action != pairs.c.action),
    ).subquery("ends")
    return (
        select(ends.c.action, func.count().over())
        .group_by(ends.c.action)
        .order_by(func.sum(ends.c.times).desc(), ends.c.action)
        .limit(_MOST)
    )


def transitions_between() -> Query:
    """`(successes, failures, action, next action)` between parameter `actions`, frequent ones first."""
    pairs = _pairs()
    among = [
        column.in_(bindparam("actions", expanding=True)) for column in (pairs.c.action, pairs.c.next_action)
    ]
    return (
        select(pairs.c.won, pairs.c.lost, pairs.c.action, pairs.c.next_action)
        .where(*among)
        .order_by(pairs.c.times.desc(), pairs.c.action, pairs.c.next_action)
    )


def _pairs() -> Subquery:
    table = TABLES["total_transitions"]
    won, lost = (func.coalesce(table.c[name], 0) for name in ("success_count", "failure_count"))
    times = as_double(won) + as_double(lost)  # whose sums have no end
    counts = (won.label("won"), lost.label("lost"), times.label("times"))
    return (
        select(table.c.action, table.c.next_action, *counts)
        .where(table.c.scenario == _SCENARIO, table.c.action.is_not(None))
        .subquery("pairs")
    )


def paths(*, best: bool) -> Query:
    """`(successes, failures, four actions, …)`, of runs of three the fourth is None; from either end."""
    table = TABLES["paths"]
    order = table.c.wilson_low.desc() if best else table.c.wilson_high
    actions = [table.c[name] for name in ACTIONS]
    seen = as_double(table.c.success_count) + as_double(table.c.failure_count)
    return (
        select(table.c.success_count, table.c.failure_count, *actions, func.count().over())
        .where(table.c.scenario == _SCENARIO, table.c.action_1.is_not(None))
        .order_by(order, seen.desc(), *[a.asc().nulls_first() for a in actions])
        .limit(_MOST)
    )


def strategies() -> Query:
    """`(strategy, starts, successes, failures, episodes won, episodes lost, …)`, most visits first."""
    names = ("strategy", "usage_count", "successes", "failures", "episodes_success", "episodes_failure")
    return _first("total_strategies", names, "visits", "strategy")


def actions() -> Query:
    """`(action, successes, failures, visits, duration, its mean, mean KPI, …)`, the longest first."""
    names = ("action", "successes", "failures", "visits", "total_duration_ms", "mean_duration_ms", "mean_kpi")
    return _first("total_actions", names, "total_duration_ms", "visits", "action")


def _first(view: str, names: tuple[str, ...], *order: str) -> Query:
    """Rows of a view, the greatest in `order` first, but for its last column, which goes up."""
    table = TABLES[view]
    *falling, rising = [table.c[name] for name in order]
    return (
        select(*[table.c[name] for name in names], func.count().over())
        .where(table.c.scenario == _SCENARIO, rising.is_not(None))
        .order_by(*[column.desc() for column in falling], rising)
        .limit(_MOST)
    )
