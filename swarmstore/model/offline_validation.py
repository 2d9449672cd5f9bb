"""What an offline model must be before any backend sees it. Every error names the field."""

from __future__ import annotations

from swarmstore.errors import InvalidValueError
from swarmstore.model.limits import (
    MAX_HASH,
    MAX_TOTAL,
    check_count,
    check_double,
    check_kind,
    check_parts,
    check_short_text,
    check_text,
)
from swarmstore.model.offline_model import (
    ActionOrderSource,
    LearnedActionOrder,
    LoraConfig,
    OfflineModel,
    OptimalParameters,
    RecommendedPath,
    StrategyConfig,
)


def check_model(model: OfflineModel) -> None:
    """Refuse an offline model that may not be saved. Raises InvalidValueError kinds."""
    advice = "; `swarmstore.model.json.codec.decode_model` reads one from JSON"
    check_kind("model", model, OfflineModel, advice)
    check_parts("", model, parameters=OptimalParameters, strategy_config=StrategyConfig)
    check_count("version", model.version)
    for name in ("ucb1_c", "learning_weight", "ngram_weight"):
        check_double(f"parameters.{name}", getattr(model.parameters, name))
    check_kind("recommended_paths", model.recommended_paths, list)
    for number, path in enumerate(model.recommended_paths):
        field = f"recommended_paths[{number}]"
        check_kind(field, path, RecommendedPath)
        check_kind(f"{field}.actions", path.actions, list)
        for action in path.actions:
            check_text(f"{field}.actions", action)
        check_double(f"{field}.success_rate", path.success_rate)
        check_count(f"{field}.observations", path.observations, MAX_TOTAL)
    check_count("strategy_config.maturity_threshold", model.strategy_config.maturity_threshold)
    check_double("strategy_config.error_rate_threshold", model.strategy_config.error_rate_threshold)
    check_short_text("strategy_config.initial_strategy", model.strategy_config.initial_strategy)
    check_count("analyzed_sessions", model.analyzed_sessions)
    check_count("updated_at", model.updated_at)
    if model.action_order is not None:
        _check_order(model.action_order)


def _check_order(order: LearnedActionOrder) -> None:
    check_kind("action_order", order, LearnedActionOrder)
    check_parts("action_order", order, discover=list, not_discover=list)
    for name in ("discover", "not_discover"):
        for action in getattr(order, name):
            check_text(f"action_order.{name}", action)
    check_count("action_order.action_set_hash", order.action_set_hash, MAX_HASH)
    if order.source not in tuple(ActionOrderSource):
        known = ", ".join(ActionOrderSource)
        raise InvalidValueError("action_order.source", f"{order.source!r} is not one of {known}")
    if order.lora is not None:
        check_kind("action_order.lora", order.lora, LoraConfig)
        check_count("action_order.lora.id", order.lora.id)
        check_double("action_order.lora.scale", order.lora.scale)
        if order.lora.name is not None:
            check_text("action_order.lora.name", order.lora.name)
    if order.validated_accuracy is not None:
        check_double("action_order.validated_accuracy", order.validated_accuracy)
