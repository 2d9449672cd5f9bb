"""Summaries of all scenarios in a fixed number of statements."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from swarmstore.db.headers import SUMMED_COLUMNS, combine, folded_part, session_part
from swarmstore.db.tables import Folded, Scenario, SessionRow, TotalSource
from swarmstore.errors import CountOverflowError
from swarmstore.model.ids import SessionId
from swarmstore.summary import ScenarioSummary


def scenario_summaries(session: Session) -> list[ScenarioSummary]:
    """All scenarios in byte order of their names, without numbers where a sum passes 2^63 - 1."""
    counts = {
        scenario: (sessions, SessionId(last))
        for scenario, sessions, last in session.execute(
            select(SessionRow.scenario_id, func.count(), func.max(SessionRow.session_id)).group_by(
                SessionRow.scenario_id
            )
        )
    }
    waiting: dict[int, list[SessionRow]] = {}
    for waiting_total, row in session.execute(
        select(TotalSource.total_scenario_id, SessionRow)
        .join(SessionRow, SessionRow.id == TotalSource.session_row_id)
        .where(TotalSource.folded.is_(False))
    ):
        waiting.setdefault(waiting_total, []).append(row)
    summaries = []
    for name, folded in session.execute(
        select(Scenario.name, Folded).join(Folded, Folded.scenario_id == Scenario.id).order_by(Scenario.name)
    ):
        sessions, last = counts.get(folded.scenario_id, (0, None))
        try:
            total = combine([folded_part(folded), *map(session_part, waiting.get(folded.scenario_id, []))])
        except CountOverflowError:
            numbers: dict[str, int | None] = dict.fromkeys(SUMMED_COLUMNS)
        else:
            numbers = {column: total.header[column] for column in SUMMED_COLUMNS}
        summaries.append(ScenarioSummary(name, sessions, last, **numbers))
    return summaries
