"""Offline models: what an analysis of many sessions learned, for the next run to start with."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from siphash24 import siphash13

from swarmstore.errors import InvalidValueError
from swarmstore.model import limits


class ActionOrderSource(StrEnum):
    """Where an action order comes from."""

    LLM = "Llm"
    STATIC = "Static"
    MANUAL = "Manual"


@dataclass(slots=True)
class LoraConfig:
    """A LoRA adapter: its number on the server, its strength and its name."""

    id: int = 0
    scale: float = 1.0
    name: str | None = None

    def with_name(self, name: str) -> LoraConfig:
        """A copy with this name."""
        return replace(self, name=name)


@dataclass(slots=True)
class LearnedActionOrder:
    """The order in which a known set of actions is tried, so that no LLM has to be asked.

    `action_set_hash` is upstream's u64 over the whole set (see `compute_hash`).
    """

    discover: list[str]
    not_discover: list[str]
    action_set_hash: int
    source: ActionOrderSource = ActionOrderSource.LLM
    lora: LoraConfig | None = None
    validated_accuracy: float | None = None

    @classmethod
    def for_actions(
        cls, discover: list[str], not_discover: list[str], actions: Iterable[str]
    ) -> LearnedActionOrder:
        """An order for this set of actions (upstream's `LearnedActionOrder::new`)."""
        return cls(discover, not_discover, cls.compute_hash(actions))

    @staticmethod
    def compute_hash(actions: Iterable[str]) -> int:
        """Upstream's hash of a set of actions, 0 … 2^64 - 1, whatever their order.

        Rust's `DefaultHasher` over the sorted names: SipHash-1-3 with zero keys, where a string
        is its UTF-8 bytes followed by 0xff.
        """
        names = sorted(action.encode() for action in limits.check_actions("actions", actions))
        digest = siphash13(b"".join(name + b"\xff" for name in names), key=bytes(16)).digest()
        return int.from_bytes(digest, "little")

    def is_exact_match(self, actions: Iterable[str]) -> bool:
        """Tell whether this order was learned for exactly this set of actions, by its hash."""
        return self.action_set_hash == self.compute_hash(actions)

    def match_rate(self, actions: Iterable[str]) -> float:
        """Jaccard similarity of the order's actions and these; two empty sets match fully."""
        known, given = {*self.discover, *self.not_discover}, set(limits.check_actions("actions", actions))
        if not known or not given:
            return 1.0 if known == given else 0.0
        return len(known & given) / len(known | given)

    def with_lora(self, lora: LoraConfig) -> LearnedActionOrder:
        """A copy with this adapter."""
        return replace(self, lora=lora)

    def with_accuracy(self, accuracy: float) -> LearnedActionOrder:
        """A copy with this validated accuracy, 0 … 1."""
        return replace(self, validated_accuracy=accuracy)

    def with_source(self, source: ActionOrderSource) -> LearnedActionOrder:
        """A copy with this source."""
        return replace(self, source=source)


@dataclass(slots=True)
class OptimalParameters:
    """Search parameters: UCB1's exploration constant and the weights of the learned bonuses."""

    ucb1_c: float = math.sqrt(2)
    learning_weight: float = 0.3
    ngram_weight: float = 1.0


@dataclass(slots=True)
class RecommendedPath:
    """A run of actions, its success rate (0 … 1), and the number of observations."""

    actions: list[str]
    success_rate: float
    observations: int


@dataclass(slots=True)
class StrategyConfig:
    """When a node counts as explored, which error rate is too high, and which strategy to begin with."""

    maturity_threshold: int = 10
    error_rate_threshold: float = 0.3
    initial_strategy: str = "ucb1"


@dataclass(slots=True)
class OfflineModel:
    """Upstream's `OfflineModel`. `updated_at`: seconds since 1970."""

    version: int = limits.MODEL_VERSION
    parameters: OptimalParameters = field(default_factory=OptimalParameters)
    recommended_paths: list[RecommendedPath] = field(default_factory=list)
    strategy_config: StrategyConfig = field(default_factory=StrategyConfig)
    analyzed_sessions: int = 0
    updated_at: int = 0
    action_order: LearnedActionOrder | None = None


def check_model(model: OfflineModel) -> None:
    """Refuse an offline model that may not be saved. Raises InvalidValueError kinds."""
    advice = "; `swarmstore.model.json.codec.decode_model` reads one from JSON"
    limits.check_kind("model", model, OfflineModel, advice)
    limits.check_parts("", model, parameters=OptimalParameters, strategy_config=StrategyConfig)
    limits.check_count("version", model.version)
    for name in ("ucb1_c", "learning_weight", "ngram_weight"):
        limits.check_double(f"parameters.{name}", getattr(model.parameters, name))
    limits.check_kind("recommended_paths", model.recommended_paths, list)
    for number, path in enumerate(model.recommended_paths):
        field = f"recommended_paths[{number}]"
        limits.check_kind(field, path, RecommendedPath)
        limits.check_kind(f"{field}.actions", path.actions, list)
        for action in path.actions:
            limits.check_text(f"{field}.actions", action)
        limits.check_double(f"{field}.success_rate", path.success_rate)
        limits.check_count(f"{field}.observations", path.observations, limits.MAX_TOTAL)
    limits.check_count("strategy_config.maturity_threshold", model.strategy_config.maturity_threshold)
    limits.check_double("strategy_config.error_rate_threshold", model.strategy_config.error_rate_threshold)
    limits.check_short_text("strategy_config.initial_strategy", model.strategy_config.initial_strategy)
    limits.check_count("analyzed_sessions", model.analyzed_sessions)
    limits.check_count("updated_at", model.updated_at)
    if model.action_order is not None:
        _check_order(model.action_order)


def _check_order(order: LearnedActionOrder) -> None:
    limits.check_kind("action_order", order, LearnedActionOrder)
    limits.check_parts("action_order", order, discover=list, not_discover=list)
    for name in ("discover", "not_discover"):
        for action in getattr(order, name):
            limits.check_text(f"action_order.{name}", action)
    limits.check_count("action_order.action_set_hash", order.action_set_hash, limits.MAX_HASH)
    if order.source not in tuple(ActionOrderSource):
        known = ", ".join(ActionOrderSource)
        raise InvalidValueError("action_order.source", f"{order.source!r} is not one of {known}")
    if order.lora is not None:
        limits.check_kind("action_order.lora", order.lora, LoraConfig)
        limits.check_count("action_order.lora.id", order.lora.id)
        limits.check_double("action_order.lora.scale", order.lora.scale)
        if order.lora.name is not None:
            limits.check_text("action_order.lora.name", order.lora.name)
    if order.validated_accuracy is not None:
        limits.check_double("action_order.validated_accuracy", order.validated_accuracy)
