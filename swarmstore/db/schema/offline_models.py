"""Offline models: parameters, recommended paths and the learned action order of a scenario."""

from __future__ import annotations

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped

from swarmstore.db.dialects.column_types import Flag
from swarmstore.db.schema.declarative import STRICT, STRICT_BY_KEY, Base, count, double, key, text


class OfflineModelRow(Base):
    """A scenario's offline model."""

    __tablename__ = "offline_models"
    __table_args__ = ({"comment": "Offline models, one per scenario", **STRICT},)

    scenario_id: Mapped[int] = key("scenarios.id")
    version: Mapped[int] = count("Model format version")
    ucb1_c: Mapped[float] = double("UCB1's exploration constant")
    learning_weight: Mapped[float] = double("Weight of the learned bonus")
    ngram_weight: Mapped[float] = double("Weight of the n-gram bonus")
    maturity_threshold: Mapped[int] = count("Visits from which an action counts as explored")
    error_rate_threshold: Mapped[float] = double("Error rate from which the strategy changes, 0 to 1")
    initial_strategy: Mapped[str] = text("The selection strategy to begin with")
    analyzed_sessions: Mapped[int] = count("Sessions it was made from")
    updated_at: Mapped[int] = count("Seconds since 1970")


def _model_reference() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["scenario_id"], ["offline_models.scenario_id"], ondelete="CASCADE")


class OfflinePath(Base):
    """A recommended run of actions, best first."""

    __tablename__ = "offline_paths"
    __table_args__ = (_model_reference(), {"comment": "Recommended paths of offline models", **STRICT_BY_KEY})

    scenario_id: Mapped[int] = key("scenarios.id")
    rank: Mapped[int] = key("Its place among the paths, from 0")
    success_rate: Mapped[float] = double("0 to 1")
    observations: Mapped[int] = count("Times it was seen")


class OfflinePathAction(Base):
    """One action of a recommended path."""

    __tablename__ = "offline_path_actions"
    __table_args__ = (
        ForeignKeyConstraint(
            ["scenario_id", "rank"], ["offline_paths.scenario_id", "offline_paths.rank"], ondelete="CASCADE"
        ),
        {"comment": "Actions of recommended paths, in order", **STRICT_BY_KEY},
    )

    scenario_id: Mapped[int] = key("scenarios.id")
    rank: Mapped[int] = key("offline_paths.rank")
    step: Mapped[int] = key("Its place in the path, from 0")
    action: Mapped[str] = text("The action")


class OfflineActionOrder(Base):
    """The learned order of a known set of actions."""

    __tablename__ = "offline_action_orders"
    __table_args__ = (_model_reference(), {"comment": "Learned action orders of offline models", **STRICT})

    scenario_id: Mapped[int] = key("scenarios.id")
    action_set_hash: Mapped[int] = count("SipHash-1-3 of the set; an unsigned number in two's complement")
    source: Mapped[str] = text("Llm, Static or Manual")
    lora_id: Mapped[int | None] = count("The LoRA adapter's number, if there is one")
    lora_scale: Mapped[float | None] = double("The strength it is applied with")
    lora_name: Mapped[str | None] = text("Its name")
    validated_accuracy: Mapped[float | None] = double("Measured accuracy, 0 to 1")


class OfflineOrderAction(Base):
    """One action of a learned order."""

    __tablename__ = "offline_order_actions"
    __table_args__ = (
        ForeignKeyConstraint(["scenario_id"], ["offline_action_orders.scenario_id"], ondelete="CASCADE"),
        {"comment": "Actions of learned orders, in order", **STRICT_BY_KEY},
    )

    scenario_id: Mapped[int] = key("scenarios.id")
    discover: Mapped[bool] = key("Whether it expands the search (discover) or changes state", type_=Flag())
    ordinal: Mapped[int] = key("Its place in the order, from 0")
    action: Mapped[str] = text("The action")


OF_MODELS = (OfflineModelRow, OfflinePath, OfflinePathAction, OfflineActionOrder, OfflineOrderAction)
"""All of them; digests of copies keep to this order."""
