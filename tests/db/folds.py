"""Folds that no test could otherwise ask for."""

from __future__ import annotations

from swarmstore import SqlStorage
from swarmstore.db.folding import Folding, due_at
from swarmstore.db.scenarios import GLOBAL


def fold_after_lot(storage: SqlStorage, *scenarios: str) -> None:
    """Fold their totals and the global one as after a lot of an import that made them due.

    It ends before this returns.
    """
    many = due_at(storage.database.settings, GLOBAL)
    due = [GLOBAL, *map(storage.scenario_ids.known, scenarios)]
    folding = Folding(storage.database)
    folding.fold_when_due({total: many for total in due if total is not None}, saved=many)
    folding.finish()
