"""Taking sessions out of totals within a transaction: sums are made anew from what is left."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from swarmstore.db.dialects.functions import one_of
from swarmstore.db.repositories.all import Repositories
from swarmstore.db.repositories.removed_sessions import delete_rows, remember_removed
from swarmstore.db.schema.baselines import PRUNED, Baseline
from swarmstore.db.schema.imports import COPIES, ImportedFile
from swarmstore.db.schema.sessions import GLOBAL, Rollup, SessionRow, TotalSource
from swarmstore.db.statements import removed_sessions

_SOURCES = TotalSource.table
_OF_ROWS = one_of(_SOURCES.c.session_row_id, "ids")


class LockedTotals:
    """Totals that are kept until the transaction ends: nothing is folded, removed or imported in them."""

    def __init__(
        self, repositories: Repositories, session: Session, scenario_ids: Iterable[int] | None = None
    ) -> None:
        """Lock the global total and those of these scenarios, by default of all."""
        everything = session.scalars(select(Rollup.scenario_id)) if scenario_ids is None else scenario_ids
        self.session = session
        self._repositories = repositories
        self._locked = repositories.totals.lock(session, [GLOBAL, *everything])

    def __getitem__(self, total: int) -> Rollup:
        return self._locked[total]

    def add(self, scenario_ids: Collection[int]) -> None:
        """Lock those as well that came meanwhile: their ids are greater, so nobody waits in a circle."""
        new = set(scenario_ids) - self._locked.keys()
        self._locked |= self._repositories.totals.lock(self.session, new)

    def with_baseline(self) -> set[int]:
        """Those of them that have something of removed sessions."""
        pruned = select(Baseline.scenario_id).where(
            Baseline.origin == PRUNED, one_of(Baseline.scenario_id.expression, "totals", list(self._locked))
        )
        return set(self.session.scalars(pruned))

    def uncounted(self, row_ids: Sequence[int]) -> list[int]:
        """Those of these sessions that count in no total."""
        counted = select(TotalSource.session_row_id).where(_OF_ROWS)
        return sorted(set(row_ids).difference(self.session.scalars(counted, {"ids": row_ids})))

    def cached_in(self, row_ids: Sequence[int]) -> set[int]:
        """The totals whose rollups have any of these sessions."""
        folded = select(TotalSource.total_scenario_id).where(_OF_ROWS, TotalSource.folded.is_(True))
        return set(self.session.scalars(folded.distinct(), {"ids": row_ids}))

    def counted_in(self, row_id: int) -> list[int]:
        """The totals that count a session."""
        of_row = TotalSource.session_row_id == row_id
        return list(self.session.scalars(select(TotalSource.total_scenario_id).where(of_row)))

    def count_only_in(self, row_id: int, counted: Sequence[int]) -> None:
        """Let a new session, which is pending for both totals, be so only for these."""
        of_row, others = _SOURCES.c.session_row_id == row_id, _SOURCES.c.total_scenario_id.not_in(counted)
        self.session.execute(delete(_SOURCES).where(of_row, others))

    def withdraw(self, rows: Sequence[SessionRow], *, remembered: bool) -> None:
        """Delete sessions and their places in totals; `rebuild` does the rest.

        remembered: they may not be saved again for a while.
        """
        session, row_ids = self.session, [row.id for row in rows]
        if remembered:
            session.execute(removed_sessions.forget_earlier(), {"ids": row_ids})
            remember_removed(session, row_ids, forgotten=True)
        files = ImportedFile.table
        these = one_of(files.c.session_row_id, "ids")
        left = update(files).where(these, files.c.origin != COPIES).values(session_row_id=None)
        session.execute(left, {"ids": row_ids})
        delete_rows(session, row_ids)

    def rebuild(self, totals: Iterable[int]) -> None:
        """Make the rollups of some of them anew."""
        for total in sorted(totals):
            self._repositories.sessions.carried.rebuild(self.session, self._locked[total])
