"""Totals within a transaction: load and fold. What they have from elsewhere: `carried_parts`.

A total is the sum of its baselines and of the sessions that `total_sources` counts in it. The
rollup caches that sum for baselines and folded sources; readers add what is pending. Whoever
changes a total locks its rollup first, global before scenario, and reads what it protects in
later statements: at READ COMMITTED each sees what was committed before the lock was granted.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from sqlalchemy import Select, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from swarmstore.db.connection.transactions import BehindError
from swarmstore.db.dialects.base import NewRows, dialect_of, insert_rows
from swarmstore.db.dialects.functions import one_of
from swarmstore.db.mapping.total_headers import (
    Part,
    combine,
    rollup_part,
    session_part,
)
from swarmstore.db.repositories.facts import FactRepository, Watch
from swarmstore.db.repositories.unsettled_sources import Fate, Unsettled, check_settled, settle
from swarmstore.db.schema.families import ROLLUPS, SESSIONS, SUMMED, Kind
from swarmstore.db.schema.sessions import GLOBAL, Rollup, SessionRow, TotalSource
from swarmstore.db.statements.placed_rows import Rows, row_in, same_row
from swarmstore.db.statements.totals import counting_in, mark_folded, pending_counts, set_rollup
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
        pending: Mapping[tuple[int, int], Part],
        watch: Watch | None = None,
    ) -> LearningSnapshot | None:
        """Load a total of its rollup and pending sessions, given by row id and scenario; None for nothing.

        Raises CountOverflowError, ChangedMeanwhileError.
        """
        part = combine([rollup, *pending.values()])
        if part.contributors == 0:
            return None
        rows = Rows([row for row, _ in pending], sorted({scenario for _, scenario in pending}))
        if not pending:
            kinds = tuple(Kind if part.contributors == 1 else SUMMED)  # switches are one session's
            facts = self._facts.load(session, ROLLUPS, Rows.of_totals([total]), kinds, watch)
        elif part.contributors == 1:
            facts = self._facts.load(session, SESSIONS, rows, watch=watch)
        else:
            facts = self._facts.load_total(session, total, rows, watch)
        return self._facts.snapshot(session, part.header, facts)

    def lock(self, session: Session, totals: Iterable[int]) -> dict[int, Rollup]:
        """Wait for these totals and keep them until the transaction ends."""
        return {total: self.lock_one(session, total) for total in sorted(set(totals))}

    def lock_one(self, session: Session, total: int) -> Rollup:
        """Wait for a total and keep it until the transaction ends."""
        rollup = self.try_lock(session, total, skip_locked=False)
        if rollup is None:
            raise rollup_missing(total)
        return rollup

    def check_there(self, session: Session, total: int) -> None:
        """Refuse to go on without a total's rollup. Raises CorruptStoreError."""
        if session.get(Rollup, total) is None:
            raise rollup_missing(total)

    def try_lock(self, session: Session, total: int, *, skip_locked: bool) -> Rollup | None:
        """Lock one total; None when somebody has it and `skip_locked` says not to wait."""
        # a statement of its own: locking and reading in one counted a session twice.
        # key_share: FOR NO KEY UPDATE, which lets rows that refer to this one be written meanwhile
        statement = select(Rollup).where(Rollup.scenario_id == total)
        locked = statement.with_for_update(key_share=True, skip_locked=skip_locked)
        rollup = session.scalar(locked.execution_options(populate_existing=True))
        if rollup is not None and is_apart(session, total):
            check_settled(session, rollup)
        return rollup

    def list_pending(
        self, session: Session, total: int, limit: int | None = None, leaving: Sequence[int] = ()
    ) -> Sequence[SessionRow]:
        """List the first sessions pending for this total, but for some, in the order of folding."""
        if is_apart(session, total):
            leaving = [*leaving, *Unsettled.parse(session.get_one(Rollup, total).unsettled).row_ids]
        statement = counted_in(total).where(TotalSource.folded.is_(False))
        if leaving:
            statement = statement.where(~one_of(TotalSource.session_row_id.expression, "leaving", leaving))
        return session.scalars(statement.limit(limit)).all()

    def count_pending(self, session: Session, scenario: int, limit: int) -> dict[int, int]:
        """Count the sessions pending for the global total and a scenario's, `limit` at most."""
        counts = session.connection().execute(pending_counts(limit), {"scenario_id": scenario}).one()
        return dict(zip((GLOBAL, scenario), counts, strict=True))

    def add_pending(
        self, session: Session, sessions: Sequence[tuple[int, int]], *, folded: bool = False
    ) -> None:
        """Let sessions, given by row id and scenario, be pending for both of their totals.

        folded: they count in rollups instead, which are made anew.
        """
        counting = [(row, total, scenario) for row, scenario in sessions for total in (GLOBAL, scenario)]
        columns = {
            "session_row_id": [row for row, _, _ in counting],
            "total_scenario_id": [total for _, total, _ in counting],
            "scenario_id": [scenario for _, _, scenario in counting],
        }
        insert_rows(session.connection(), NewRows(TotalSource.table, {"folded": folded}, columns))

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

    def fold_page(self, session: Session, totals: Sequence[int], limit: int) -> int:
        """Lock totals that have no session in common, and add the first `limit` pending ones to theirs.

        How many there were. Raises CountOverflowError.
        """
        rollups = {rollup.scenario_id: rollup for rollup in self._lock_page(session, totals)}
        pending = (
            select(TotalSource.total_scenario_id, SessionRow)
            .join(SessionRow, same_row(SessionRow.table.c.id, TotalSource.table.c.session_row_id))
            .where(one_of(TotalSource.total_scenario_id.expression, "totals"), TotalSource.folded.is_(False))
            .order_by(TotalSource.total_scenario_id, SessionRow.id)
            .limit(limit)
        )
        wanted: dict[Rollup, list[SessionRow]] = {}
        for total, row in session.execute(pending, {"totals": list(rollups)}):
            wanted.setdefault(rollups[total], []).append(row)
        owners = Rows.of([row for rows in wanted.values() for row in rows])
        self._fold(session, wanted, owners, partial(self._facts.fold_own, session, owners))
        return len(owners.ids)

    def _lock_page(self, session: Session, totals: Sequence[int]) -> list[Rollup]:
        """Lock those of these totals that are there, in the order of ids."""
        of_these = select(Rollup).where(one_of(Rollup.scenario_id.expression, "totals"))
        in_order = of_these.order_by(Rollup.scenario_id).with_for_update(key_share=True)
        statement = in_order.execution_options(populate_existing=True)
        apart = Rows.of_totals(sorted(totals)).on_servers(dialect_of(session).spreads(session.connection()))
        return [row for some in apart for row in session.scalars(statement, {"totals": some.scenarios})]

    def fold(
        self, session: Session, into: Sequence[Rollup], rows: Sequence[SessionRow], *, alone: bool = False
    ) -> None:
        """Add the same sessions to locked totals and mark them folded.

        alone: the transaction does nothing else, so that sessions of all servers may be added to the global
        total; `settle` comes behind it.

        Raises CountOverflowError, BehindError where they have to be folded alone before.
        """
        owners = Rows.of(rows)
        if rows and not alone and any(is_apart(session, rollup.scenario_id) for rollup in into):
            raise self.to_be_folded(owners)
        wanted = dict.fromkeys(into if rows else (), rows)
        self._fold(session, wanted, owners, partial(self._facts.add, session, SESSIONS, owners, ROLLUPS))

    def _fold(
        self,
        session: Session,
        wanted: Mapping[Rollup, Sequence[SessionRow]],
        owners: Rows,
        add: Callable[[Rows], None],
    ) -> None:
        """Add sessions to locked totals; their facts by `add`, where not just one counts."""
        sums = {
            rollup: combine([rollup_part(rollup), *map(session_part, rows)])
            for rollup, rows in wanted.items()
        }
        if several := [rollup.scenario_id for rollup, part in sums.items() if part.contributors > 1]:
            add(Rows.of_totals(several))
        if first := [rollup.scenario_id for rollup, part in sums.items() if part.contributors == 1]:
            self._facts.fold_own(session, owners, Rows.of_totals(first), first=True)
        # what belongs to one session leaves with the second
        if second := [rollup.scenario_id for rollup in sums if rollup.contributors == 1]:
            self._facts.delete(session, ROLLUPS, Rows.of_totals(second), [Kind.SWITCHES])
        if not sums:
            return
        totals = [rollup.scenario_id for rollup in sums]
        if is_apart(session, *totals):
            set_rollups(session, sums, str(Unsettled(Fate.FOLD, [*owners.ids])))
        else:
            set_rollups(session, sums)
            session.connection().execute(mark_folded(), {"totals": totals, **owners.named("owners")})

    def to_be_folded(self, wanted: Rows) -> BehindError:
        """Give the error of a transaction in which these must not be pending for the global total."""
        return BehindError(partial(self._fold_alone, wanted=wanted), settle)

    def _fold_alone(self, session: Session, wanted: Rows) -> None:
        rollup = self.lock_one(session, GLOBAL)
        of_these = row_in(TotalSource.table.c.session_row_id, "ids"), TotalSource.folded.is_(False)
        rows = session.scalars(counted_in(GLOBAL).where(*of_these), wanted.named("ids")).all()
        self.fold(session, [rollup], rows, alone=True)

    def check_folded(self, session: Session, wanted: Rows) -> None:
        """Refuse to go on while sessions that are to leave the global total are pending for it.

        Where tables are spread: their sources go from other servers than the total. Raises BehindError.
        """
        if not is_apart(session, GLOBAL):
            return
        pending = select(TotalSource.session_row_id).where(
            row_in(TotalSource.table.c.session_row_id, "ids"),
            TotalSource.total_scenario_id == GLOBAL,
            TotalSource.folded.is_(False),
        )
        if session.scalar(pending.limit(1), wanted.named("ids")) is not None:
            raise self.to_be_folded(wanted)


def is_apart(session: Session, *totals: int) -> bool:
    """Whether one of these totals is the global one, and its sources are on other servers."""
    return GLOBAL in totals and dialect_of(session).spreads(session.connection())


def rollup_missing(total: int) -> CorruptStoreError:
    """The error of a total without its rollup."""
    return CorruptStoreError(f"the rollup of total {total} is missing; run `swarmstore doctor`")


def set_rollups(session: Session, parts: Mapping[Rollup, Part], unsettled: str | None = None) -> None:
    """Write what the rollups of locked totals are from now on.

    unsettled: of the global total where tables are spread, what is to be done to sources.
    """
    apart = is_apart(session, *[rollup.scenario_id for rollup in parts])
    more = {"unsettled": unsettled} if apart else {}
    new = [
        (rollup, {**part.columns(), "rollup_version": secrets.randbits(63), **more})
        for rollup, part in parts.items()
    ]
    # statements of their own: the unit of work takes -0.0 for 0.0 and would not write it
    rows = [{"total": rollup.scenario_id, **values} for rollup, values in new]
    session.connection().execute(set_rollup(tuple(new[0][1])), rows)
    for rollup, values in new:
        for name, value in values.items():
            set_committed_value(rollup, name, value)


def counted_in(total: int) -> Select[SessionRow]:
    """The sessions that count in a total, in the order in which they are folded."""
    return (
        select(SessionRow)
        .join(TotalSource, same_row(TotalSource.table.c.session_row_id, SessionRow.table.c.id))
        .where(counting_in(total, total != GLOBAL))
        .order_by(SessionRow.id)
    )
