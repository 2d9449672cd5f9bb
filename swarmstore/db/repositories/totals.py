"""Totals within a transaction: load and fold. What they have from elsewhere: `carried_parts`.

A total is the sum of its baselines and of the sessions that `total_sources` counts in it. The
rollup caches that sum for baselines and folded sources; readers add what is pending. Whoever
changes a total locks its rollup first, global before scenario, and reads what it protects in
later statements: at READ COMMITTED each sees what was committed before the lock was granted.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from swarmstore.db.dialects.base import NewRows, insert_rows
from swarmstore.db.dialects.functions import one_of
from swarmstore.db.mapping.total_headers import (
    Part,
    combine,
    rollup_part,
    session_part,
)
from swarmstore.db.repositories.facts import FactRepository, Watch
from swarmstore.db.schema.families import ROLLUPS, SESSIONS, SUMMED, Kind
from swarmstore.db.schema.sessions import GLOBAL, Rollup, SessionRow, TotalSource
from swarmstore.db.statements.totals import mark_folded, pending_counts, set_rollup
from swarmstore.errors import CorruptStoreError
from swarmstore.model.snapshot import LearningSnapshot


class TotalRepository:
    """Totals, by the ids of their scenarios."""

    def __init__(self, facts: FactRepository) -> None:
        self._facts = facts

    def exists(self, session: Session, total: int | None) -> bool:
        """Tell whether anything counts in this total, which None is the id of without one."""
        if total is None:
            return False
        rollup = session.get_one(Rollup, total)
        return rollup.contributors > 0 or bool(self.list_pending(session, total, 1))

    def load(
        self,
        session: Session,
        total: int,
        rollup: Part,
        pending: Mapping[int, Part],
        watch: Watch | None = None,
    ) -> LearningSnapshot | None:
        """Load a total of its rollup and pending sessions by their rows, None when nothing counts in it.

        Raises CountOverflowError, ChangedMeanwhileError.
        """
        part = combine([rollup, *pending.values()])
        if part.contributors == 0:
            return None
        if not pending:
            kinds = tuple(Kind if part.contributors == 1 else SUMMED)  # switches are one session's
            facts = self._facts.load(session, ROLLUPS, total, kinds, watch)
        elif part.contributors == 1:
            facts = self._facts.load(session, SESSIONS, next(iter(pending)), watch=watch)
        else:
            facts = self._facts.load_total(session, total, list(pending), watch)
        return self._facts.snapshot(session, part.header, facts)

    def lock(self, session: Session, totals: Iterable[int]) -> dict[int, Rollup]:
        """Wait for these totals and keep them until the transaction ends."""
        return {total: self.lock_one(session, total) for total in sorted(set(totals))}

    def lock_one(self, session: Session, total: int) -> Rollup:
        """Wait for a total and keep it until the transaction ends."""
        rollup = self.try_lock(session, total, skip_locked=False)
        if rollup is None:
            raise CorruptStoreError(f"the rollup of total {total} is missing; run `swarmstore doctor`")
        return rollup

    def try_lock(self, session: Session, total: int, *, skip_locked: bool) -> Rollup | None:
        """Lock one total; None when somebody has it and `skip_locked` says not to wait."""
        # a statement of its own: locking and reading in one counted a session twice.
        # key_share: FOR NO KEY UPDATE, which lets rows that refer to this one be written meanwhile
        statement = select(Rollup).where(Rollup.scenario_id == total)
        locked = statement.with_for_update(key_share=True, skip_locked=skip_locked)
        return session.scalar(locked.execution_options(populate_existing=True))

    def list_pending(
        self, session: Session, total: int, limit: int | None = None, leaving: Sequence[int] = ()
    ) -> Sequence[SessionRow]:
        """List the first sessions pending for this total, but for some, in the order of folding."""
        statement = counted_in(total).where(TotalSource.folded.is_(False))
        if leaving:
            statement = statement.where(~one_of(TotalSource.session_row_id.expression, "leaving", leaving))
        return session.scalars(statement.limit(limit)).all()

    def count_pending(self, session: Session, scenario: int, limit: int) -> dict[int, int]:
        """Count the sessions pending for the global total and a scenario's, `limit` at most."""
        counts = session.connection().execute(pending_counts(limit), {"scenario_id": scenario}).one()
        return dict(zip((GLOBAL, scenario), counts, strict=True))

    def add_pending(self, session: Session, sessions: Sequence[tuple[int, int]]) -> None:
        """Let sessions, given by row id and scenario, be pending for both of their totals."""
        counting = [(row, total, scenario) for row, scenario in sessions for total in (GLOBAL, scenario)]
        columns = {
            "session_row_id": [row for row, _, _ in counting],
            "total_scenario_id": [total for _, total, _ in counting],
            "scenario_id": [scenario for _, _, scenario in counting],
        }
        insert_rows(session.connection(), NewRows(TotalSource.table, {"folded": False}, columns))

    def fold_together(self, session: Session, into: Sequence[Rollup], limit: int) -> None:
        """Add up to `limit` pending sessions to each of some locked totals, summing each session once.

        Raises CountOverflowError.
        """
        wanted: dict[SessionRow, list[Rollup]] = {}
        for rollup in into:
            for row in self.list_pending(session, rollup.scenario_id, limit):
                wanted.setdefault(row, []).append(rollup)
        alike: dict[tuple[Rollup, ...], list[SessionRow]] = {}
        for row, totals in wanted.items():
            alike.setdefault(tuple(totals), []).append(row)
        for same_totals, rows in alike.items():
            self.fold(session, same_totals, rows)

    def fold(self, session: Session, into: Sequence[Rollup], rows: Sequence[SessionRow]) -> None:
        """Add the same sessions to locked totals and mark them folded. Raises CountOverflowError."""
        if not rows:
            return
        owners, parts = [row.id for row in rows], [session_part(row) for row in rows]
        sums = [(rollup, combine([rollup_part(rollup), *parts])) for rollup in into]
        several = [rollup.scenario_id for rollup, part in sums if part.contributors > 1]
        if several:
            self._facts.add(session, SESSIONS, owners, ROLLUPS, several)
        for rollup, part in sums:
            total = rollup.scenario_id
            if part.contributors == 1:
                self._facts.copy(session, SESSIONS, owners[0], ROLLUPS, total)
            elif rollup.contributors == 1:  # what belongs to one session leaves with the second
                self._facts.delete(session, ROLLUPS, total, [Kind.SWITCHES])
            set_rollup_to(session, rollup, part)
            session.connection().execute(mark_folded(), {"total": total, "owners": owners})


def set_rollup_to(session: Session, rollup: Rollup, part: Part) -> None:
    """Write what a locked total's rollup is from now on."""
    # a statement of its own: the unit of work takes -0.0 for 0.0 and would not write it
    values = {**part.columns(), "rollup_version": secrets.randbits(63)}
    session.connection().execute(set_rollup(tuple(values)), {"total": rollup.scenario_id, **values})
    for name, value in values.items():
        set_committed_value(rollup, name, value)


def counted_in(total: int) -> Select[SessionRow]:
    """The sessions that count in a total, in the order in which they are folded."""
    return (
        select(SessionRow)
        .join(TotalSource, TotalSource.session_row_id == SessionRow.id)
        .where(TotalSource.total_scenario_id == total)
        .order_by(SessionRow.id)
    )
