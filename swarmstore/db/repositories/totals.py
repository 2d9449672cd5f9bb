"""Totals within a transaction: load, fold, replace, and let a session go without losing it.

A total is the sum of its baselines and of the sessions that `total_sources` counts in it. The
rollup caches that sum for baselines and folded sources; readers add what is pending. Whoever
changes a total locks its rollup first, global before scenario, and reads what it protects in
later statements: at READ COMMITTED each sees what was committed before the lock was granted.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from swarmstore.db.dialects.base import NewRows
from swarmstore.db.dialects.functions import database_now_ms, one_of
from swarmstore.db.dialects.registry import insert_rows
from swarmstore.db.mapping.rows import SnapshotRows
from swarmstore.db.mapping.total_headers import (
    NOTHING,
    Part,
    baseline_part,
    combine,
    rollup_part,
    session_part,
)
from swarmstore.db.repositories.facts import FactRepository, new_rows
from swarmstore.db.schema import (
    BASELINES,
    GLOBAL,
    ROLLUPS,
    SESSIONS,
    Baseline,
    Rollup,
    SessionRow,
    TotalSource,
    table_of,
)
from swarmstore.db.schema.baselines import HAND, PRUNED
from swarmstore.db.schema.families import Kind
from swarmstore.db.statements.sessions import of_rows
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

    def load(self, session: Session, rollup: Rollup, pending: Sequence[int]) -> LearningSnapshot | None:
        """Load a cached total with the sessions of these rows, None when nothing counts in it.

        Raises CountOverflowError.
        """
        total = rollup.scenario_id
        rows = session.scalars(of_rows(), {"ids": pending}).all() if pending else []
        part = combine([rollup_part(rollup), *map(session_part, rows)])
        if part.contributors == 0:
            return None
        if not pending:
            facts = self._facts.load(session, ROLLUPS, [total])[total]
        elif part.contributors == 1:
            facts = self._facts.load(session, SESSIONS, pending)[pending[0]]
        else:
            facts = self._facts.load_total(session, total, pending)
        return self._facts.snapshot(session, part.header, facts)

    def lock(self, session: Session, totals: Iterable[int]) -> dict[int, Rollup]:
        """Wait for these totals and keep them until the transaction ends."""
        return {total: self.lock_one(session, total) for total in sorted(set(totals))}

    def lock_one(self, session: Session, total: int) -> Rollup:
        """Wait for a total and keep it until the transaction ends."""
        rollup = self.try_lock(session, total, skip_locked=False)
        if rollup is None:
            raise CorruptStoreError(f"the rollup of total {total} is missing; run `swarmstore doctor`")
        return folded

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
        """List the first sessions pending for this total, in the order in which they are folded."""
        statement = _counted(total).where(TotalSource.folded.is_(False))
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
        insert_rows(session.connection(), NewRows(table_of(TotalSource), {"folded": False}, columns))

    def fold_pending(self, session: Session, rollup: Rollup, limit: int, leaving: Sequence[int]) -> list[int]:
        """Add up to `limit` pending sessions to a locked total, but for those in `leaving`.

        Returns their row ids. Raises CountOverflowError.
        """
        pending = self.list_pending(session, rollup.scenario_id, limit, leaving)
        self.fold(session, [rollup], pending)
        return [row.id for row in pending]

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
            _set(session, rollup, part)
            session.connection().execute(mark_folded(), {"total": total, "owners": owners})

    def clear(self, session: Session, rollup: Rollup) -> bool:
        """Empty a locked total: no parts, no sessions. Whether there was anything."""
        total = rollup.scenario_id
        existed = rollup.contributors > 0 or bool(self.list_pending(session, total, 1))
        session.execute(delete(TotalSource).where(TotalSource.total_scenario_id == total))
        session.execute(delete(Baseline).where(Baseline.scenario_id == total))
        self._facts.delete(session, ROLLUPS, total)
        _set(session, rollup, NOTHING)
        return existed

    def replace(self, session: Session, rollup: Rollup, rows: SnapshotRows) -> None:
        """Make a locked total one baseline, saved by hand: no session counts in it any more."""
        self.clear(session, rollup)
        self.carry(session, rollup, HAND, rows)
        self.rebuild(session, rollup)

    def rebuild(self, session: Session, rollup: Rollup) -> None:
        """Make a locked total's rollup anew from its baselines and folded sessions."""
        total = rollup.scenario_id
        of_total = select(Baseline).where(Baseline.scenario_id == total).order_by(Baseline.id)
        carried = session.scalars(of_total).all()
        counted = session.scalars(_counted(total).where(TotalSource.folded.is_(True))).all()
        parts = [*map(baseline_part, carried), *map(session_part, counted)]
        self._facts.delete(session, ROLLUPS, total)
        if len(parts) == 1:
            source, owner = (BASELINES, carried[0].id) if carried else (SESSIONS, counted[0].id)
            self._facts.copy(session, source, owner, ROLLUPS, total)
        else:
            self._facts.add(session, BASELINES, [row.id for row in carried], ROLLUPS, [total])
            self._facts.add(session, SESSIONS, [row.id for row in counted], ROLLUPS, [total])
        _set(session, rollup, combine(parts))

    def find_baseline(self, session: Session, total: int, origin: str) -> Baseline | None:
        """Find the part that a total carries of this origin."""
        return session.scalar(
            select(Baseline).where(Baseline.scenario_id == total, Baseline.origin == origin)
        )

    def covers(self, session: Session, rows: SnapshotRows, part: Baseline) -> bool:
        """Tell whether a snapshot learned all that a baseline has."""
        facts = self._facts.load(session, BASELINES, [part.id])[part.id]
        if any(rows.header[name] < getattr(part, name) for name in ("success_episodes", "failure_episodes")):
            return False
        for kind in (Kind.TRANSITIONS, Kind.NGRAMS):
            there = {key: counts for key, *counts in zip(*rows.facts[kind], strict=True)}
            for key, *counts in zip(*facts[kind], strict=True):
                now = there.get(key, [0, 0])
                if any((new or 0) < (old or 0) for new, old in zip(now, counts, strict=True)):
                    return False
        return True

    def carry(self, session: Session, rollup: Rollup, origin: str, rows: SnapshotRows) -> None:
        """Keep a locked total's baseline of this origin, in place of an earlier one.

        `rebuild` brings the rollup up to date.
        """
        total = rollup.scenario_id
        before = self.find_baseline(session, total, origin)
        if before is not None:
            session.delete(before)
            session.flush()
        now = session.scalar(select(database_now_ms()))
        part = Baseline(scenario_id=total, origin=origin, newest_saved_at_ms=now, **rows.header)
        session.add(part)
        session.flush()
        of_part = {BASELINES.owner: part.id, "scenario_id": total}
        insert_rows(session.connection(), *new_rows(BASELINES, of_part, rows))

    def move_to_baseline(self, session: Session, rollup: Rollup, rows: Sequence[SessionRow]) -> None:
        """Move folded sessions of a locked total into its baseline of removed sessions."""
        if not rows:
            return
        total, owners, parts = rollup.scenario_id, [row.id for row in rows], list(map(session_part, rows))
        removed = self.find_baseline(session, total, PRUNED)
        is_first = removed is None
        if removed is None:
            removed = Baseline(scenario_id=total, origin=PRUNED, **_baseline_columns(combine(parts)))
            session.add(removed)
            session.flush()
        else:
            columns = _baseline_columns(combine([baseline_part(removed), *parts]))
            session.execute(update(Baseline).where(Baseline.id == removed.id).values(columns))
        if is_first and len(rows) == 1:
            self._facts.copy(session, SESSIONS, owners[0], BASELINES, removed.id)
        else:
            self._facts.add(session, SESSIONS, owners, BASELINES, [removed.id])
            self._facts.delete(session, BASELINES, removed.id, [Kind.SWITCHES])
        contributors = rollup.contributors - len(rows) + (1 if is_first else 0)
        session.execute(update(Rollup).where(Rollup.scenario_id == total).values(contributors=contributors))


def _baseline_columns(part: Part) -> dict[str, object]:
    return {name: value for name, value in part.columns().items() if name != "contributors"}


def _set(session: Session, rollup: Rollup, part: Part) -> None:
    # a statement of its own: the unit of work takes -0.0 for 0.0 and would not write it
    values = {**part.columns(), "stamp": secrets.randbits(63)}
    session.connection().execute(set_rollup(tuple(values)), {"total": rollup.scenario_id, **values})
    for name, value in values.items():
        set_committed_value(rollup, name, value)


def _counted(total: int) -> Select[SessionRow]:
    return (
        select(SessionRow)
        .join(TotalSource, TotalSource.session_row_id == SessionRow.id)
        .where(TotalSource.total_scenario_id == total)
        .order_by(SessionRow.id)
    )
