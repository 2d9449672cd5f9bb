"""What totals carry from elsewhere: kept, replaced, and made part of their rollups. See `totals`."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from swarmstore.db.dialects.base import insert_rows
from swarmstore.db.dialects.functions import database_now_ms
from swarmstore.db.mapping.rows import SnapshotRows
from swarmstore.db.mapping.total_headers import NOTHING, Part, combine, header_of, session_part
from swarmstore.db.repositories.facts import FactRepository, new_rows
from swarmstore.db.repositories.totals import TotalRepository, counted_in, is_apart, set_rollups
from swarmstore.db.repositories.unsettled_sources import Fate, Unsettled, wait_for_removals
from swarmstore.db.schema.baselines import BASELINES, HAND, PRUNED, Baseline
from swarmstore.db.schema.families import ROLLUPS, SESSIONS, Kind
from swarmstore.db.schema.sessions import GLOBAL, Rollup, SessionRow, TotalSource
from swarmstore.db.statements.placed_rows import Rows
from swarmstore.db.statements.totals import counting_in


class CarriedParts:
    """The baselines of totals, by their origins."""

    def __init__(self, facts: FactRepository, totals: TotalRepository) -> None:
        self._facts, self._totals = facts, totals

    def clear(self, session: Session, rollup: Rollup) -> bool:
        """Empty a locked total: no parts, no sessions. Whether there was anything."""
        total = rollup.scenario_id
        existed = rollup.contributors > 0 or bool(self._totals.list_pending(session, total, 1))
        sources, unsettled = counting_in(total, total != GLOBAL), None
        if is_apart(session, total):
            pending = select(TotalSource.session_row_id).where(sources, TotalSource.folded.is_(False))
            unsettled = str(Unsettled(Fate.DROP, [*session.scalars(pending)]))
        else:
            session.execute(delete(TotalSource).where(sources))
        session.execute(delete(Baseline).where(Baseline.scenario_id == total))
        self._facts.delete(session, ROLLUPS, Rows.of_totals([total]))
        set_rollups(session, {rollup: NOTHING}, unsettled)
        return existed

    def replace(self, session: Session, rollup: Rollup, rows: SnapshotRows) -> None:
        """Make a locked total one baseline, saved by hand: no session counts in it any more."""
        self.clear(session, rollup)
        self.set(session, rollup, HAND, rows)
        self.rebuild(session, rollup)

    def rebuild(self, session: Session, rollup: Rollup) -> None:
        """Make a locked total's rollup anew from its baselines and folded sessions."""
        total = rollup.scenario_id
        of_total = select(Baseline).where(Baseline.scenario_id == total).order_by(Baseline.id)
        carried = session.scalars(of_total).all()
        folded = counted_in(total).where(TotalSource.folded.is_(True))
        apart = is_apart(session, total)
        dropped = apart and rollup.unsettled is not None  # by this transaction
        if apart and not dropped:
            wait_for_removals(session)
        counted = [] if dropped else session.scalars(folded).all()
        parts = [*map(baseline_part, carried), *map(session_part, counted)]
        self._facts.delete(session, ROLLUPS, Rows.of_totals([total]))
        if len(parts) == 1:
            source, owner = (BASELINES, Rows.of(carried)) if carried else (SESSIONS, Rows.of(counted))
            self._facts.copy(session, source, owner, ROLLUPS, Rows.of_totals([total]))
        else:
            self._facts.add(session, BASELINES, Rows.of(carried), ROLLUPS, Rows.of_totals([total]))
            self._facts.add(session, SESSIONS, Rows.of(counted), ROLLUPS, Rows.of_totals([total]))
        set_rollups(session, {rollup: combine(parts)}, rollup.unsettled)

    def find(self, session: Session, total: int, origin: str) -> Baseline | None:
        """Find the part that a total carries of this origin."""
        return session.scalar(
            select(Baseline).where(Baseline.scenario_id == total, Baseline.origin == origin)
        )

    def covers(self, session: Session, rows: SnapshotRows, part: Baseline) -> bool:
        """Tell whether a snapshot learned all that a baseline has."""
        facts = self._facts.load(session, BASELINES, Rows.of([part]))
        if any(rows.header[name] < getattr(part, name) for name in ("success_episodes", "failure_episodes")):
            return False
        for kind in (Kind.TRANSITIONS, Kind.NGRAMS):
            there = {key: counts for key, *counts in zip(*rows.facts[kind], strict=True)}
            for key, *counts in zip(*facts[kind], strict=True):
                now = there.get(key, [0, 0])
                if any((new or 0) < (old or 0) for new, old in zip(now, counts, strict=True)):
                    return False
        return True

    def set(self, session: Session, rollup: Rollup, origin: str, rows: SnapshotRows) -> None:
        """Keep a locked total's baseline of this origin, in place of an earlier one.

        `rebuild` brings the rollup up to date.
        """
        total = rollup.scenario_id
        before = self.find(session, total, origin)
        if before is not None:
            session.execute(delete(Baseline).where(*_is(before)))
        now = session.scalar(select(database_now_ms()))
        part = Baseline(scenario_id=total, origin=origin, newest_saved_at_ms=now, **rows.header)
        session.add(part)
        session.flush()
        of_part = {BASELINES.owner: part.id, "scenario_id": total}
        insert_rows(session.connection(), *new_rows(BASELINES, of_part, rows))

    def add_removed(self, session: Session, rollup: Rollup, rows: Sequence[SessionRow]) -> None:
        """Move folded sessions of a locked total into its baseline of removed sessions."""
        if not rows:
            return
        total, owners, parts = rollup.scenario_id, Rows.of(rows), list(map(session_part, rows))
        removed = self.find(session, total, PRUNED)
        is_first = removed is None
        if removed is None:
            removed = Baseline(scenario_id=total, origin=PRUNED, **_baseline_columns(combine(parts)))
            session.add(removed)
            session.flush()
        else:
            columns = _baseline_columns(combine([baseline_part(removed), *parts]))
            session.execute(update(Baseline).where(*_is(removed)).values(columns))
        if is_first and len(rows) == 1:
            self._facts.copy(session, SESSIONS, owners, BASELINES, Rows.of([removed]))
        else:
            self._facts.add(session, SESSIONS, owners, BASELINES, Rows.of([removed]))
            self._facts.delete(session, BASELINES, Rows.of([removed]), [Kind.SWITCHES])
        contributors = rollup.contributors - len(rows) + (1 if is_first else 0)
        session.execute(update(Rollup).where(Rollup.scenario_id == total).values(contributors=contributors))


def baseline_part(row: Baseline) -> Part:
    """A baseline as a part of its total."""
    return Part(1, row.newest_session_row, row.newest_saved_at_ms, header_of(row))


def _is(row: Baseline) -> tuple[ColumnElement[bool], ...]:
    return Baseline.id == row.id, Baseline.scenario_id == row.scenario_id


def _baseline_columns(part: Part) -> dict[str, object]:
    return {name: value for name, value in part.columns().items() if name != "contributors"}
