"""What a report says, gathered from the views within one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from swarmstore.contracts.report_findings import (
    ActionCost,
    CurvePoint,
    Findings,
    PathRate,
    Rate,
    ScenarioFindings,
    ScenarioLine,
    Span,
    StrategyResult,
    Top,
)
from swarmstore.db.analytics import report_statements as queries
from swarmstore.db.analytics.views.description import Query
from swarmstore.db.analytics.views.improvement import ROLLING
from swarmstore.db.dialects.functions import database_now_ms
from swarmstore.errors import SnapshotNotFoundError

_Row = TypeVar("_Row")

_LINES = 50  # scenarios in the list of all
_DETAILS = 6  # and those shown in full
_POINTS, _SESSIONS = 40, 5  # of a curve: points at most, and sessions a point where there are enough
_ACTIONS = 12
_PATHS = 8
_STRATEGIES = 12
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def findings_in(session: Session, wanted: str | None) -> Findings:
    """What the store has learned, or one scenario of it. Raises SnapshotNotFoundError."""
    lines, waiting = _lines(session, wanted)
    if wanted is not None and not lines:
        raise SnapshotNotFoundError(
            f"nothing is saved for scenario {wanted!r}; `swarmstore scenarios` lists what there is"
        )
    now_ms = session.scalar(select(database_now_ms()))
    return Findings(
        read_at=_EPOCH + timedelta(milliseconds=now_ms or 0),
        sessions=sum(line.sessions for line in lines),
        waiting=waiting,
        rolling=ROLLING,
        scenarios=Top(lines[:_LINES], len(lines)),
        details=Top([_scenario(session, line) for line in lines[:_DETAILS]], len(lines)),
    )


def _lines(session: Session, wanted: str | None) -> tuple[list[ScenarioLine], int]:
    """The scenarios, those with the most sessions first, and how many sessions are pending for a total."""

    def rows(statement: Query) -> Sequence[Row[*tuple[Any, ...]]]:
        if wanted is not None:
            statement = statement.where(statement.selected_columns.scenario == wanted)
        return session.execute(statement).all()

    saved = {name: (count, Span(*times)) for name, count, *times in rows(queries.sessions())}
    totals = {name: values for name, *values in rows(queries.totals())}
    lines = []
    for name in sorted((saved.keys() | totals.keys()) - {None}):
        count, span = saved.get(name, (0, Span()))
        won, lost, actions, _ = totals.get(name, (0, 0, 0, 0))
        lines.append(ScenarioLine(name, count, Rate.of(won, won + lost), actions, span))
    lines.sort(key=lambda line: -line.sessions)
    return lines, totals.get(wanted, (0, 0, 0, 0))[3]


def _scenario(session: Session, line: ScenarioLine) -> ScenarioFindings:
    def top(statement: Query, most: int, make: Callable[..., _Row]) -> Top[_Row]:
        rows = session.execute(statement, {"scenario": line.scenario, "most": most}).all()
        return Top([make(*row[:-1]) for row in rows], rows[0][-1] if rows else 0)

    actions = top(queries.busiest_actions(), _ACTIONS, str)
    among = {"scenario": line.scenario, "actions": actions.rows}
    return ScenarioFindings(
        scenario=line.scenario,
        sessions=line.sessions,
        episodes=line.episodes,
        total_actions=line.total_actions,
        time=line.time,
        curve=_curve(session, line),
        actions=actions,
        transitions=[_path(*row) for row in session.execute(queries.transitions_between(), among)],
        best=top(queries.paths(best=True), _PATHS, _path),
        worst=top(queries.paths(best=False), _PATHS, _path),
        strategies=top(queries.strategies(), _STRATEGIES, _strategy),
        costs=top(queries.actions(), _ACTIONS, _cost),
    )


def _curve(session: Session, line: ScenarioLine) -> list[CurvePoint]:
    enough = min(_SESSIONS, -(-line.sessions // 8))
    step = max(-(-line.sessions // _POINTS), enough, 1)
    rows = session.execute(queries.curve(), {"scenario": line.scenario, "step": step, "last": line.sessions})
    return [
        CurvePoint(first, last, Rate.of(won, won + lost), rolling if step <= ROLLING else None)
        for first, last, won, lost, rolling in rows
    ]


def _path(won: int, lost: int, *actions: str | None) -> PathRate:
    return PathRate(tuple(action for action in actions if action is not None), Rate.of(won, won + lost))


def _strategy(name: str, starts: int, won: int, lost: int, good: int, bad: int) -> StrategyResult:
    return StrategyResult(name, starts, Rate.of(won, won + lost), Rate.of(good, good + bad))


def _cost(
    action: str, won: int, lost: int, visits: int, duration: int, mean: float | None, kpi: float | None
) -> ActionCost:
    return ActionCost(action, Rate.of(won, won + lost), visits, duration, mean, kpi)
