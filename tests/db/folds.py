"""Folds that no test could otherwise ask for."""

from __future__ import annotations

from swarmstore import SqlStorage
from swarmstore.db.folding import Folding, due_at
from swarmstore.db.scenarios import GLOBAL


def fold_after_lot(storage: SqlStorage, scenario: str) -> None:
    """Fold both totals as after a lot of an import that made them due. It ends before this returns."""
    scenario_id = storage.scenario_ids.known(scenario)
    assert scenario_id is not None
    many = due_at(storage.database.settings, GLOBAL)
    folding = Folding(storage.database)
    folding.fold_when_due({GLOBAL: many, scenario_id: many}, saved=many)
    folding.finish()
