"""Folds that no test could otherwise ask for, and what is folded."""

from __future__ import annotations

from sqlalchemy import select

from swarmstore import SqlStorage
from swarmstore.db.operations.fold_totals import Folding, due_at
from swarmstore.db.schema.sessions import GLOBAL, Rollup
from tests.helpers.internals import database_of, repositories_of


def scenario_id(storage: SqlStorage, name: str) -> int | None:
    """The id of a scenario, None without it."""
    return database_of(storage).read(lambda session: repositories_of(storage).scenarios.find(session, name))


def fold_after_batch(storage: SqlStorage, *scenarios: str) -> None:
    """Fold their totals and the global one as after a lot of an import that made them due.

    It ends before this returns.
    """
    many = due_at(database_of(storage).settings, GLOBAL)
    due = [GLOBAL, *(scenario_id(storage, name) for name in scenarios)]
    folding = Folding(repositories_of(storage))
    folding.fold_when_due({total: many for total in due if total is not None}, saved=many)
    folding.finish()


def contributors(storage: SqlStorage) -> list[int]:
    """How many sessions are folded into each total, the global one first."""
    statement = select(Rollup.contributors).order_by(Rollup.scenario_id)
    return database_of(storage).read(lambda session: list(session.scalars(statement)))
