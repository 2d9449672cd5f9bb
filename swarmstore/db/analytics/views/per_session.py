"""Views of saved sessions: one row for each session, or for each fact of one."""

from __future__ import annotations

from sqlalchemy import FromClause

from swarmstore.db.analytics.views.description import View, ViewColumn, integer, plain, text, time, view
from swarmstore.db.analytics.views.fact_views import described, key_names, named
from swarmstore.db.analytics.views.rates import rate_of_episodes
from swarmstore.db.dialects.view_functions import time_of, time_of_ms
from swarmstore.db.schema.families import SESSIONS, Kind
from swarmstore.db.schema.sessions import Scenario, SessionRow
from swarmstore.db.statements.placed_rows import same_row

SCENARIOS = Scenario.table
ROWS = SessionRow.table
WITH_SCENARIO = ROWS.join(SCENARIOS, SCENARIOS.c.id == ROWS.c.scenario_id)

NAMES = {
    Kind.TRANSITIONS: ("transitions", "Which action followed which"),
    Kind.NGRAMS: ("ngrams", "Runs of three and four actions"),
    Kind.CONTEXTS: ("contexts", "What actions did after another one"),
    Kind.ACTIONS: ("actions", "What actions did"),
    Kind.STRATEGIES: ("strategies", "What selection strategies achieved"),
    Kind.SWITCHES: ("strategy_switches", "Changes of selection strategy, in order"),
}


def per_session() -> list[View]:
    """The session itself, then its facts by kind."""
    return [_sessions(), *map(_facts, Kind)]


def of_scenario(of: FromClause) -> list[ViewColumn]:
    """Which scenario a row is of, joined with `SCENARIOS`."""
    return [
        integer("scenario_id", of.c.scenario_id, "scenarios.id"),
        text("scenario", SCENARIOS.c.name, "The scenario's name"),
    ]


def of_session() -> list[ViewColumn]:
    """Which session a row is of."""
    return [
        *of_scenario(ROWS),
        integer("session_row_id", ROWS.c.id, "sessions.id"),
        text("session_id", ROWS.c.session_id, "The session's id, unique in its scenario"),
        time("session_time", time_of(ROWS.c.session_ts), "The time that the id stands for, if any"),
    ]


def _sessions() -> View:
    return view(
        "saved_sessions",
        "Saved sessions",
        "scenario session_id",
        WITH_SCENARIO,
        [
            *of_session(),
            time("created_at", time_of(ROWS.c.created_at), "When it was made, as the agent said"),
            time("saved_at", time_of_ms(ROWS.c.saved_at_ms), "When it was saved, by the database's clock"),
            *plain(ROWS, "task_description", "phase", "group_id", "current_strategy"),
            *plain(ROWS, "session_count", "total_episodes", "total_actions"),
            *plain(ROWS, "success_episodes", "failure_episodes"),
            rate_of_episodes(ROWS),
        ],
    )


def _facts(kind: Kind) -> View:
    name, comment = NAMES[kind]
    facts = SESSIONS.facts[kind]
    owned = WITH_SCENARIO.join(facts, same_row(SESSIONS.owner_column(kind), ROWS.c.id))
    columns = [*of_session(), *described(kind, facts)]
    order = f"scenario session_id {key_names(kind)}"
    return view(name, f"{comment}, in saved sessions", order, named(kind, facts, owned), columns)
