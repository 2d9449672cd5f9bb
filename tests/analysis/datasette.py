"""`examples/datasette.json` as it should be: what each table and view means, and questions to begin with."""

from __future__ import annotations

from typing import Any

from swarmstore.db.analytics.views import VIEWS
from swarmstore.db.migrations.runner import VERSION_TABLE
from swarmstore.db.schema.all_tables import Base

QUESTIONS = {
    "does_it_get_better": (
        "Learning curve",
        "Does a scenario get better? Its sessions in order, with the rates just up to each.",
        "SELECT place, session_id, session_time, success_rate, rolling_success_rate, cumulative_success_rate"
        "\nFROM learning_curve\nWHERE scenario = :scenario\nORDER BY place",
    ),
    "what_follows": (
        "What follows an action",
        "How often each action came next, and how often that was in a successful episode.",
        "SELECT next_action, observations, probability, success_rate, wilson_low, wilson_high"
        "\nFROM next_actions\nWHERE scenario = :scenario AND action = :action\nORDER BY probability DESC",
    ),
    "best_and_worst_paths": (
        "Best and worst paths",
        "Runs of actions by what is certain of their success rate: 95 % Wilson bounds.",
        "SELECT length, action_1, action_2, action_3, action_4, observations, success_rate, wilson_low,"
        " wilson_high, best_place, worst_place"
        "\nFROM paths\nWHERE scenario = :scenario AND (best_place <= 10 OR worst_place <= 10)"
        "\nORDER BY length, best_place",
    ),
    "expensive_actions": (
        "Expensive actions",
        "What took the most time altogether, in milliseconds.",
        "SELECT scenario, action, visits, success_rate, mean_duration_ms, total_duration_ms"
        "\nFROM total_actions\nWHERE kind = 'scenario'"
        "\nORDER BY total_duration_ms DESC, visits DESC\nLIMIT 50",
    ),
    "strategies_compared": (
        "Strategies compared",
        "Success of the actions that each selection strategy chose, with 95 % Wilson bounds.",
        "SELECT scenario, strategy, visits, success_rate, wilson_low, wilson_high, episode_success_rate"
        "\nFROM total_strategies\nWHERE kind = 'scenario'\nORDER BY scenario, wilson_low DESC",
    ),
    "fresh": (
        "How fresh the data is",
        "When each scenario's last session was saved.",
        "SELECT scenario, count(*) AS sessions, max(session_time) AS newest_session,"
        " max(saved_at) AS last_saved"
        "\nFROM saved_sessions\nGROUP BY scenario\nORDER BY last_saved DESC",
    ),
}


def metadata() -> dict[str, Any]:
    """The whole file, for `swarm.db`: metadata for Datasette 0.65, for 1.0 its configuration too."""
    tables: dict[str, Any] = {
        table.name: {
            "description": table.comment,
            "columns": {column.name: column.comment for column in table.columns},
        }
        for table in Base.metadata.sorted_tables
    }
    tables |= {
        name: {
            "description": view.description,
            "columns": {column.name: column.description for column in view.columns},
        }
        for name, view in VIEWS.items()
    }
    queries = {
        name: {"title": title, "description": description, "sql": sql}
        for name, (title, description, sql) in QUESTIONS.items()
    }
    return {
        "title": "What the swarm has learned",
        "description": "Begin with the views: names in place of ids, rates and their bounds.",
        "settings": {"sql_time_limit_ms": 10000},
        "databases": {"swarm": {"tables": {**tables, VERSION_TABLE: {"hidden": True}}, "queries": queries}},
    }
