"""Taking sessions out of totals within a transaction: sums are made anew from what is left."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from swarmstore.db.dialects.functions import one_of
from swarmstore.db.repositories import totals
from swarmstore.db.repositories.removed_sessions import remember_removed
from swarmstore.db.schema import GLOBAL, Carried, Folded, ImportedFile, SessionRow, TotalSource
from swarmstore.db.schema.baselines import PRUNED
from swarmstore.db.schema.imports import COPIES
from swarmstore.db.statements import removed_sessions


class LockedTotals:
    """Totals that are kept until the transaction ends: nothing is folded, removed or imported in them."""

    def __init__(self, session: Session, scenario_ids: Iterable[int] | None = None) -> None:
        """Lock the global total and those of these scenarios, by default of all."""
        everything = session.scalars(select(Folded.scenario_id)) if scenario_ids is None else scenario_ids
        self._session = session
        self._locked = totals.lock_totals(session, [GLOBAL, *everything])

    def __getitem__(self, total: int) -> Folded:
        return self._locked[total]

    def add(self, scenario_ids: Collection[int]) -> None:
        """Lock those as well that came meanwhile: their ids are greater, so nobody waits in a circle."""
        self._locked |= totals.lock_totals(self._session, set(scenario_ids) - self._locked.keys())

    def with_baseline(self) -> set[int]:
        """Those of them that have something of removed sessions."""
        pruned = select(Carried.scenario_id).where(
            Carried.origin == PRUNED, one_of(Carried.scenario_id.expression, "totals", list(self._locked))
        )
        return set(self._session.scalars(pruned))


def uncounted(session: Session, row_ids: Sequence[int]) -> list[int]:
    """Those of these sessions that count in no total."""
    these = select(TotalSource.session_row_id).where(
        one_of(TotalSource.session_row_id.expression, "ids", row_ids)
    )
    return sorted(set(row_ids).difference(session.scalars(these)))


def counted_in(session: Session, row_id: int) -> list[int]:
    """The totals that count a session."""
    of_row = TotalSource.session_row_id == row_id
    return list(session.scalars(select(TotalSource.total_scenario_id).where(of_row)))


def count_only_in(session: Session, row_id: int, counted: Sequence[int]) -> None:
    """Let a new session, which waits for both totals, wait only for these."""
    others = TotalSource.total_scenario_id.not_in(counted)
    session.execute(
        delete(TotalSource).where(TotalSource.session_row_id == row_id, others),
        execution_options={"synchronize_session": False},
    )


def cached_in(session: Session, row_ids: Sequence[int]) -> set[int]:
    """The totals whose cached sums have any of these sessions."""
    these = one_of(TotalSource.session_row_id.expression, "ids", row_ids)
    folded = select(TotalSource.total_scenario_id).where(these, TotalSource.folded.is_(True)).distinct()
    return set(session.scalars(folded))


def withdraw(session: Session, rows: Sequence[SessionRow], *, remembered: bool) -> None:
    """Delete sessions and their places in totals, which are locked; `totals.refold` does the rest.

    remembered: they may not be saved again for a while.
    """
    row_ids = [row.id for row in rows]
    if remembered:
        session.execute(removed_sessions.forget_earlier(), {"ids": row_ids})
        remember_removed(session, row_ids, forgotten=True)
    these = one_of(ImportedFile.session_row_id.expression, "ids")
    files = update(ImportedFile).where(these, ImportedFile.origin != COPIES).values(session_row_id=None)
    session.execute(files, {"ids": row_ids}, execution_options={"synchronize_session": False})
    totals.delete_rows(session, row_ids)
