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
from swarmstore.db.statements.placed_rows import Rows, row_in

_SOURCES = TotalSource.table
_OF_ROWS = row_in(_SOURCES.c.session_row_id, "ids")


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

    def uncounted(self, rows: Sequence[SessionRow]) -> list[SessionRow]:
        """Those of these sessions that count in no total."""
        sources = select(TotalSource.session_row_id).where(_OF_ROWS)
        counted = set(self.session.scalars(sources, Rows.of(rows).named("ids")))
        return [row for row in rows if row.id not in counted]

    def cached_in(self, rows: Sequence[SessionRow]) -> set[int]:
        """The totals whose rollups have any of these sessions."""
        folded = select(TotalSource.total_scenario_id).where(_OF_ROWS, TotalSource.folded.is_(True))
        return set(self.session.scalars(folded.distinct(), Rows.of(rows).named("ids")))

    def counted_in(self, row: SessionRow) -> list[int]:
        """The totals that count a session."""
        totals = select(TotalSource.total_scenario_id).where(_OF_ROWS)
        return list(self.session.scalars(totals, Rows.of([row]).named("ids")))

    def count_only_in(self, row: Rows, counted: Sequence[int]) -> None:
        """Let a new session, which is pending for both totals, be so only for these."""
        others = _SOURCES.c.total_scenario_id.not_in(counted)
        self.session.execute(delete(_SOURCES).where(_OF_ROWS, others), row.named("ids"))

    def fold_at_once(self, row: Rows) -> None:
        """Let a new session be in the rollups that count it; `rebuild` does the rest."""
        self.session.execute(update(_SOURCES).where(_OF_ROWS).values(folded=True), row.named("ids"))

    def withdraw(self, rows: Sequence[SessionRow], *, remembered: bool) -> None:
        """Delete sessions and their places in totals; `rebuild` does the rest.

        remembered: they may not be saved again for a while.
        """
        session, leaving = self.session, Rows.of(rows)
        self._repositories.totals.check_folded(session, leaving)
        if remembered:
            session.execute(removed_sessions.forget_earlier(), leaving.named("ids"))
            remember_removed(session, leaving, forgotten=True)
        files = ImportedFile.table
        these = one_of(files.c.session_row_id, "ids")
        left = update(files).where(these, files.c.origin != COPIES).values(session_row_id=None)
        session.execute(left, {"ids": leaving.ids})
        delete_rows(session, leaving)

    def rebuild(self, totals: Iterable[int]) -> None:
        """Make the rollups of some of them anew."""
        for total in sorted(totals):
            self._repositories.sessions.carried.rebuild(self.session, self._locked[total])
