"""Statements behind a report. Nothing here runs one."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Select, bindparam, case, cast, distinct, func, or_, select, union_all

from swarmstore.db.queries.facts import total_facts
from swarmstore.db.tables import ActionSequence, Scenario, SessionRow, TotalSource, table_of
from swarmstore.db.tables.families import Kind


@cache
def spans() -> Select[*tuple[Any, ...]]:
    """`(scenario, first, newest, saved)`: times of its sessions, seconds since 1970, milliseconds the last."""
    times = (func.min(SessionRow.session_ts), func.max(SessionRow.session_ts), func.max(SessionRow.saved_at_ms))
    return (
        select(Scenario.name, *times)
        .join_from(SessionRow, Scenario, Scenario.id == SessionRow.scenario_id)
        .group_by(Scenario.name)
    )


@cache
def waiting() -> Select[int]:
    """How many sessions a cached total does not have yet."""
    return select(func.count(distinct(TotalSource.session_row_id))).where(TotalSource.folded.is_(False))


@cache
def waiting_for() -> Select[int]:
    """The row ids that the cached total of parameter `total` does not have yet."""
    return select(TotalSource.session_row_id).where(
        TotalSource.total_scenario_id == bindparam("total"), TotalSource.folded.is_(False)
    )


@cache
def curve() -> Select[*tuple[Any, ...]]:
    """`(number, successes, failures, successes and failures of the last sessions)`, added up so far.

    Every `step`th session of scenario `total` and the last one, numbered from 1 by session id.
    """
    by_id = {"order_by": SessionRow.session_id}
    up_to_here = {**by_id, "rows": (None, 0)}
    last_ones = {**by_id, "rows": (1 - ROLLING, 0)}
    won, lost = SessionRow.success_episodes, SessionRow.failure_episodes
    numbered = (
        select(
            func.row_number().over(**by_id).label("number"),
            func.count().over().label("count"),
            *[
                cast(func.sum(column).over(**window), BigInteger).label(f"{column.key}_{name}")
                for name, window in (("so_far", up_to_here), ("lately", last_ones))
                for column in (won, lost)
            ],
        )
        .where(SessionRow.scenario_id == bindparam("total"))
        .subquery("numbered")
    )
    number = numbered.c.number
    chosen = or_(number % bindparam("step", type_=BigInteger) == 0, number == numbered.c.count)
    values = [column for column in numbered.c if column.name not in ("number", "count")]
    return select(number, *values).where(chosen).order_by(number)


ROLLING = 20
"""Sessions that a rolling success rate looks at."""


@cache
def busiest_actions() -> Select[*tuple[Any, ...]]:
    """`(action, how many actions there are)`: the `most` with the most transitions to or from them."""
    pairs = _transitions()
    times = pairs.c.times
    ends = union_all(
        select(pairs.c.action_1.label("action"), times),
        select(pairs.c.action_2, case((pairs.c.action_1 == pairs.c.action_2, 0), else_=times)),
    ).subquery("ends")
    return (
        select(ends.c.action, func.count().over())
        .group_by(ends.c.action)
        .order_by(func.sum(ends.c.times).desc(), ends.c.action)
        .limit(bindparam("most", type_=BigInteger))
    )


@cache
def transitions_between() -> Select[*tuple[Any, ...]]:
    """`(first, second, successes, failures)` of the transitions between parameter `actions`."""
    pairs = _transitions()
    among = [column.in_(bindparam("actions", expanding=True)) for column in (pairs.c.action_1, pairs.c.action_2)]
    return (
        select(pairs.c.action_1, pairs.c.action_2, pairs.c.won, pairs.c.lost)
        .where(*among)
        .order_by(pairs.c.times.desc(), pairs.c.action_1, pairs.c.action_2)
    )


def _transitions() -> Any:
    facts, sequences = total_facts(Kind.TRANSITIONS).order_by(None).subquery("facts"), table_of(ActionSequence)
    won, lost = (func.coalesce(facts.c[name], 0) for name in ("success_count", "failure_count"))
    return (
        select(
            sequences.c.action_1,
            sequences.c.action_2,
            won.label("won"),
            lost.label("lost"),
            (won + lost).label("times"),
        )
        .join_from(facts, sequences, sequences.c.id == facts.c.sequence_id)
        .subquery("pairs")
    )
