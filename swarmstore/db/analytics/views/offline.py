"""Views of offline models by scenario's name."""

from __future__ import annotations

from sqlalchemy import case

from swarmstore.db.analytics.views.description import View, double, integer, plain, text, time, unsigned, view
from swarmstore.db.analytics.views.per_session import SCENARIOS, of_scenario
from swarmstore.db.dialects.view_functions import time_of, unsigned_of
from swarmstore.db.schema import offline_models

MODELS = offline_models.OfflineModelRow.table
ORDERS = offline_models.OfflineActionOrder.table
ORDERED = offline_models.OfflineOrderAction.table
PATHS = offline_models.OfflinePath.table
STEPS = offline_models.OfflinePathAction.table


def offline() -> list[View]:
    """Models, their recommended paths, and their learned orders of actions."""
    return [_models(), _steps(), _orders()]


def _models() -> View:
    orders = MODELS.join(SCENARIOS, SCENARIOS.c.id == MODELS.c.scenario_id).outerjoin(
        ORDERS, ORDERS.c.scenario_id == MODELS.c.scenario_id
    )
    return view(
        "models",
        "Offline models, one per scenario, with the source of their learned action order, if any",
        "scenario",
        orders,
        [
            *of_scenario(MODELS),
            *plain(MODELS, "version", "analyzed_sessions"),
            time("updated_at", time_of(MODELS.c.updated_at), "When it was made"),
            *plain(MODELS, "ucb1_c", "learning_weight", "ngram_weight", "maturity_threshold"),
            *plain(MODELS, "error_rate_threshold", "initial_strategy"),
            unsigned(
                "action_set_hash", unsigned_of(ORDERS.c.action_set_hash), "SipHash-1-3 of the set of actions"
            ),
            text("order_source", ORDERS.c.source, "Llm, Static or Manual"),
            *plain(ORDERS, "lora_id", "lora_scale"),
            text("lora_name", ORDERS.c.lora_name, "The LoRA adapter's name"),
            *plain(ORDERS, "validated_accuracy"),
        ],
    )


def _steps() -> View:
    steps = STEPS.join(PATHS, (PATHS.c.scenario_id == STEPS.c.scenario_id) & (PATHS.c.rank == STEPS.c.rank))
    return view(
        "model_paths",
        "Recommended paths of offline models, a row for each action",
        "scenario rank step",
        steps.join(SCENARIOS, SCENARIOS.c.id == STEPS.c.scenario_id),
        [
            *of_scenario(STEPS),
            integer("rank", STEPS.c.rank, "The path's place among the paths, from 0"),
            integer("step", STEPS.c.step, "The action's place in the path, from 0"),
            text("action", STEPS.c.action, "The action"),
            double("success_rate", PATHS.c.success_rate, "Of the path, 0 to 1"),
            integer("observations", PATHS.c.observations, "Times the path was seen"),
        ],
    )


def _orders() -> View:
    part = case((ORDERED.c.discover.is_(True), "discover"), else_="not_discover")
    return view(
        "model_action_orders",
        "Learned orders of actions, a row for each action",
        "scenario part ordinal",
        ORDERED.join(SCENARIOS, SCENARIOS.c.id == ORDERED.c.scenario_id),
        [
            *of_scenario(ORDERED),
            text("part", part, "discover: it expands the search; not_discover: it changes state"),
            integer("ordinal", ORDERED.c.ordinal, "Its place in the order, from 0"),
            text("action", ORDERED.c.action, "The action"),
        ],
    )
