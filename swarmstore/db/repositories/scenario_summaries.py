"""Summaries of all scenarios in a fixed number of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from swarmstore.contracts.storage import ScenarioSummary
from swarmstore.db.mapping.total_headers import SUMMED_COLUMNS
from swarmstore.db.schema.sessions import GLOBAL, Rollup, Scenario, SessionRow, TotalSource
from swarmstore.db.statements.placed_rows import same_row
from swarmstore.model.limits import MAX_TOTAL
from swarmstore.model.session_ids import SessionId


def scenario_summaries(session: Session) -> list[ScenarioSummary]:
    """All scenarios in byte order of their names, without numbers where a sum passes 2^63 - 1."""
    of_sessions = select(SessionRow.scenario_id, func.count(), func.max(SessionRow.session_id))
    there = {
        scenario: (count, SessionId(last))
        for scenario, count, last in session.execute(of_sessions.group_by(SessionRow.scenario_id))
    }
    pending = _pending_counts(session)
    cached = (
        select(Scenario.name, Scenario.id, *[getattr(Rollup, name) for name in SUMMED_COLUMNS])
        .join(Rollup, Rollup.scenario_id == Scenario.id)
        .order_by(Scenario.name)
    )
    found = []  # the counts are the last fields of a summary, in this order
    for name, scenario, *counts in session.execute(cached):
        sessions, last = there.get(scenario, (0, None))
        found.append(ScenarioSummary(name, sessions, last, *_added(counts, pending.get(scenario, ()))))
    return found


def _pending_counts(session: Session) -> dict[int, list[Sequence[int]]]:
    """The counts of each session pending for its scenario's total: SQLite's sums would overflow."""
    statement = (
        select(SessionRow.scenario_id, *[getattr(SessionRow, name) for name in SUMMED_COLUMNS])
        .join(TotalSource, same_row(TotalSource.table.c.session_row_id, SessionRow.table.c.id))
        .where(TotalSource.folded.is_(False), TotalSource.total_scenario_id != GLOBAL)
    )
    pending = defaultdict[int, list[Sequence[int]]](list)
    for scenario, *counts in session.execute(statement):
        pending[scenario].append(counts)
    return pending


def _added(cached: Sequence[int], pending: Sequence[Sequence[int]]) -> Sequence[int | None]:
    counts = [sum(column) for column in zip(cached, *pending, strict=True)] if pending else cached
    return [None] * len(counts) if max(counts) > MAX_TOTAL else counts
