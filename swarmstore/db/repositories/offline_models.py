"""Offline models within a transaction: save in place of the one before, load."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from swarmstore.db.connection.transactions import Database
from swarmstore.db.dialects.base import NewRows, Values, insert_rows
from swarmstore.db.dialects.functions import insert
from swarmstore.db.schema.declarative import Base
from swarmstore.db.schema.offline_models import (
    OfflineActionOrder,
    OfflineModelRow,
    OfflineOrderAction,
    OfflinePath,
    OfflinePathAction,
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


class OfflineModelRepository:
    """Offline models, one for each scenario."""

    def __init__(self, database: Database) -> None:
        self._dialect = database.dialect

    def load(self, session: Session, scenario_id: int) -> OfflineModel | None:
        """Load the scenario's model, None when there is none."""
        row = session.get(OfflineModelRow, scenario_id)
        if row is None:
            return None
        return OfflineModel(
            version=row.version,
            parameters=OptimalParameters(row.ucb1_c, row.learning_weight, row.ngram_weight),
            recommended_paths=_load_paths(session, scenario_id),
            strategy_config=StrategyConfig(
                row.maturity_threshold, row.error_rate_threshold, row.initial_strategy
            ),
            analyzed_sessions=row.analyzed_sessions,
            updated_at=row.updated_at,
            action_order=_load_order(session, scenario_id),
        )

    def replace(self, session: Session, scenario_id: int, model: OfflineModel) -> None:
        """Replace the scenario's model."""
        self._replace_row(session, scenario_id, model)
        _replace_order(session, scenario_id, model.action_order)

    def replace_analysis(self, session: Session, scenario_id: int, model: OfflineModel) -> OfflineModel:
        """Replace all of the scenario's model but its action order; the model as it is then."""
        self._replace_row(session, scenario_id, model)
        return replace(model, action_order=_load_order(session, scenario_id))

    def replace_older(self, session: Session, scenario_id: int, model: OfflineModel) -> bool:
        """Replace the scenario's model unless that one is as new; whether it was replaced."""
        replaced = self._replace_row(session, scenario_id, model, only_older=True)
        if replaced:
            _replace_order(session, scenario_id, model.action_order)
        return replaced

    def _replace_row(
        self, session: Session, scenario_id: int, model: OfflineModel, *, only_older: bool = False
    ) -> bool:
        """Write the model's own row and its paths; whether that was done."""
        row = {
            "version": model.version,
            "ucb1_c": float(model.parameters.ucb1_c),
            "learning_weight": float(model.parameters.learning_weight),
            "ngram_weight": float(model.parameters.ngram_weight),
            "maturity_threshold": model.strategy_config.maturity_threshold,
            "error_rate_threshold": float(model.strategy_config.error_rate_threshold),
            "initial_strategy": model.strategy_config.initial_strategy,
            "analyzed_sessions": model.analyzed_sessions,
            "updated_at": model.updated_at,
        }
        table = OfflineModelRow.table
        # the upsert comes first: its row lock makes two who save one model take turns
        statement = insert(self._dialect.name, table).values(scenario_id=scenario_id, **row)
        older = table.c.updated_at < statement.excluded.updated_at if only_older else None
        given = {name: statement.excluded[name] for name in row}
        upsert = statement.on_conflict_do_update(index_elements=["scenario_id"], set_=given, where=older)
        if session.connection().execute(upsert.returning(table.c.scenario_id)).first() is None:
            return False
        session.execute(delete(OfflinePath).where(OfflinePath.scenario_id == scenario_id))
        _insert_paths(session, scenario_id, model.recommended_paths)
        return True


def _replace_order(session: Session, scenario_id: int, order: LearnedActionOrder | None) -> None:
    session.execute(delete(OfflineActionOrder).where(OfflineActionOrder.scenario_id == scenario_id))
    if order is None:
        return
    lora = order.lora
    row = OfflineActionOrder(
        scenario_id=scenario_id,
        action_set_hash=_signed(order.action_set_hash),
        source=str(order.source),
        lora_id=None if lora is None else lora.id,
        lora_scale=None if lora is None else float(lora.scale),
        lora_name=None if lora is None else lora.name,
        validated_accuracy=None if order.validated_accuracy is None else float(order.validated_accuracy),
    )
    session.add(row)
    session.flush()
    actions = [
        (discover, ordinal, action)
        for discover, names in ((True, order.discover), (False, order.not_discover))
        for ordinal, action in enumerate(names)
    ]
    _insert(session, OfflineOrderAction, scenario_id, ("discover", "ordinal", "action"), actions)


def _insert_paths(session: Session, scenario_id: int, paths: Sequence[RecommendedPath]) -> None:
    rows = [(rank, float(path.success_rate), path.observations) for rank, path in enumerate(paths)]
    _insert(session, OfflinePath, scenario_id, ("rank", "success_rate", "observations"), rows)
    steps = [
        (rank, step, action) for rank, path in enumerate(paths) for step, action in enumerate(path.actions)
    ]
    _insert(session, OfflinePathAction, scenario_id, ("rank", "step", "action"), steps)


def _insert(
    session: Session, model: type[Base], scenario_id: int, names: Sequence[str], rows: Sequence[Values]
) -> None:
    columns = {name: [row[place] for row in rows] for place, name in enumerate(names)}
    insert_rows(session.connection(), NewRows(model.table, {"scenario_id": scenario_id}, columns))


def _load_paths(session: Session, scenario_id: int) -> list[RecommendedPath]:
    steps = session.execute(
        select(OfflinePathAction.rank, OfflinePathAction.action)
        .where(OfflinePathAction.scenario_id == scenario_id)
        .order_by(OfflinePathAction.rank, OfflinePathAction.step)
    )
    actions = {rank: [action for _, action in run] for rank, run in groupby(steps, key=lambda step: step[0])}
    paths = session.scalars(
        select(OfflinePath).where(OfflinePath.scenario_id == scenario_id).order_by(OfflinePath.rank)
    )
    return [RecommendedPath(actions.get(p.rank, []), p.success_rate, p.observations) for p in paths]


def _load_order(session: Session, scenario_id: int) -> LearnedActionOrder | None:
    row = session.get(OfflineActionOrder, scenario_id)
    if row is None:
        return None
    actions = session.scalars(
        select(OfflineOrderAction)
        .where(OfflineOrderAction.scenario_id == scenario_id)
        .order_by(OfflineOrderAction.ordinal)
    ).all()
    lora = None
    if row.lora_id is not None and row.lora_scale is not None:
        lora = LoraConfig(row.lora_id, row.lora_scale, row.lora_name)
    return LearnedActionOrder(
        discover=[entry.action for entry in actions if entry.discover],
        not_discover=[entry.action for entry in actions if not entry.discover],
        action_set_hash=row.action_set_hash % 2**64,
        source=ActionOrderSource(row.source),
        lora=lora,
        validated_accuracy=row.validated_accuracy,
    )


def _signed(number: int) -> int:
    """A u64 in two's complement, which BIGINT holds."""
    return number - 2**64 if number >= 2**63 else number
