"""Views of how scenarios learn: success session by session, and what was done on which day."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import FromClause, Subquery, func, select

from swarmstore.db.analytics.views.description import (
    Expression,
    View,
    ViewColumn,
    day,
    double,
    integer,
    plain,
    text,
    view,
)
from swarmstore.db.analytics.views.fact_views import described, key_names, named
from swarmstore.db.analytics.views.per_session import ROWS, SCENARIOS, WITH_SCENARIO, of_session
from swarmstore.db.analytics.views.per_total import HOW_MANY, total
from swarmstore.db.analytics.views.rates import rate, rate_of_episodes
from swarmstore.db.dialects.view_functions import day_of
from swarmstore.db.schema.families import SESSIONS, SUMMED, Kind
from swarmstore.db.statements.placed_rows import same_row

ROLLING = 10  # sessions


def learning() -> list[View]:
    """The learning curve, then sums per day, which any two periods are compared by."""
    return [_curve(), _session_days(), _fact_days(Kind.TRANSITIONS), _fact_days(Kind.ACTIONS)]


def _curve() -> View:
    def over(column: Expression, sessions: int | None) -> Expression:
        first = None if sessions is None else 1 - sessions
        return func.sum(column).over(partition_by=scenario, order_by=ROWS.c.session_id, rows=(first, 0))

    # the name beside the id: a filter on either is applied before the window
    scenario = [ROWS.c.scenario_id, SCENARIOS.c.name]
    good, bad = ROWS.c.success_episodes, ROWS.c.failure_episodes
    place = func.row_number().over(partition_by=scenario, order_by=ROWS.c.session_id)
    return view(
        "learning_curve",
        "Success session by session, in the order of session ids",
        "scenario place",
        WITH_SCENARIO,
        [
            *of_session(),
            integer("place", place, "Its place among the scenario's sessions, from 1"),
            *plain(ROWS, good.name, bad.name),
            double("success_rate", rate(good, bad), "Of this session; NULL without episodes"),
            double(
                "rolling_success_rate",
                rate(over(good, ROLLING), over(bad, ROLLING)),
                f"Of this session and the {ROLLING - 1} before it; NULL without episodes",
            ),
            double(
                "cumulative_success_rate",
                rate(over(good, None), over(bad, None)),
                "Of this session and all before it; NULL without episodes",
            ),
        ],
    )


def _of_day(source: FromClause) -> list[ViewColumn]:
    return [
        integer("scenario_id", source.c.scenario_id, "scenarios.id"),
        text("scenario", source.c.scenario, "The scenario's name"),
        day("day", source.c.day, "The day (UTC) of the sessions' ids; NULL for those that are no time"),
        integer("sessions", source.c.sessions, "Sessions of that day that have it"),
    ]


def _by_day(facts: FromClause, key: Sequence[Expression], sums: Sequence[Expression]) -> Subquery:
    group = [
        ROWS.c.scenario_id,
        SCENARIOS.c.name.label("scenario"),
        day_of(ROWS.c.session_ts).label("day"),
        *key,
    ]
    counts = [HOW_MANY.label("sessions"), *[total(c).label(c.name) for c in sums]]
    return select(*group, *counts).select_from(facts).group_by(*group).subquery("days")


def _session_days() -> View:
    names = ("success_episodes", "failure_episodes", "total_actions")
    days = _by_day(WITH_SCENARIO, [], [ROWS.c[name] for name in names])
    return view(
        "session_days",
        "Saved sessions added up per day",
        "scenario day",
        days,
        [*_of_day(days), *plain(ROWS, *names, of=days), rate_of_episodes(days)],
    )


def _fact_days(kind: Kind) -> View:
    facts = SESSIONS.facts[kind]
    owned = WITH_SCENARIO.join(facts, same_row(SESSIONS.owner_column(kind), ROWS.c.id))
    days = _by_day(owned, [facts.c[SUMMED[kind]]], [facts.c[name] for name in SESSIONS.values(kind)])
    return view(
        f"{kind.value.removesuffix('s')}_days",
        f"{kind.value.capitalize()} in saved sessions added up per day",
        f"scenario day {key_names(kind)}",
        named(kind, days),
        [*_of_day(days), *described(kind, days)],
    )
