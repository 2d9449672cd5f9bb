"""What a report says, gathered from the views within one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Select, select
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
from swarmstore.db.analytics.views.improvement import ROLLING
from swarmstore.db.dialects.functions import database_now_ms
from swarmstore.errors import SnapshotNotFoundError

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
    saved = {name: (count, Span(*times)) for name, count, *times in _of(session, queries.sessions(), wanted)}
    totals = {name: values for name, *values in _of(session, queries.totals(), wanted)}
    lines = []
    for name in sorted((saved.keys() | totals.keys()) - {None}):
        count, span = saved.get(name, (0, Span()))
        won, lost, actions, _ = totals.get(name, (0, 0, 0, 0))
        lines.append(ScenarioLine(name, count, Rate.of(won, won + lost), actions, span))
    lines.sort(key=lambda line: -line.sessions)
    return lines, totals.get(wanted, (0, 0, 0, 0))[3]


def _of(session: Session, statement: Select[*tuple[Any, ...]], wanted: str | None) -> Sequence[Any]:
    if wanted is not None:
        statement = statement.where(statement.selected_columns.scenario == wanted)
    return session.execute(statement).all()


def _scenario(session: Session, line: ScenarioLine) -> ScenarioFindings:
    def ranked(statement: Select[*tuple[Any, ...]], most: int) -> tuple[list[Any], int]:
        rows = session.execute(statement, {"scenario": line.scenario, "most": most}).all()
        return [row[:-1] for row in rows], rows[0][-1] if rows else 0

    def paths(statement: Select[*tuple[Any, ...]]) -> Top[PathRate]:
        rows, count = ranked(statement, _PATHS)
        return Top([_path(row[:4], *row[4:]) for row in rows], count)

    actions, all_actions = ranked(queries.busiest_actions(), _ACTIONS)
    names = [name for (name,) in actions]
    strategies, all_strategies = ranked(queries.strategies(), _STRATEGIES)
    costs, all_costs = ranked(queries.actions(), _ACTIONS)
    pairs = session.execute(queries.transitions_between(), {"scenario": line.scenario, "actions": names})
    return ScenarioFindings(
        scenario=line.scenario,
        sessions=line.sessions,
        episodes=line.episodes,
        total_actions=line.total_actions,
        time=line.time,
        curve=_curve(session, line),
        actions=Top(names, all_actions),
        transitions=[_path(pair[:2], *pair[2:]) for pair in pairs],
        best=paths(queries.best_paths()),
        worst=paths(queries.worst_paths()),
        strategies=Top([_strategy(*row) for row in strategies], all_strategies),
        costs=Top([_cost(*row) for row in costs], all_costs),
    )


def _curve(session: Session, line: ScenarioLine) -> list[CurvePoint]:
    enough = min(_SESSIONS, -(-line.sessions // 8))
    step = max(-(-line.sessions // _POINTS), enough, 1)
    rows = session.execute(queries.curve(), {"scenario": line.scenario, "step": step, "last": line.sessions})
    return [
        CurvePoint(first, last, Rate.of(won, won + lost), rolling if step <= ROLLING else None)
        for first, last, won, lost, rolling in rows
    ]


def _path(actions: Sequence[str | None], won: int, lost: int) -> PathRate:
    return PathRate(tuple(action for action in actions if action is not None), Rate.of(won, won + lost))


def _strategy(name: str, starts: int, won: int, lost: int, good: int, bad: int) -> StrategyResult:
    return StrategyResult(name, starts, Rate.of(won, won + lost), Rate.of(good, good + bad))


def _cost(
    action: str, won: int, lost: int, visits: int, duration: int, mean: float | None, kpi: float | None
) -> ActionCost:
    return ActionCost(action, Rate.of(won, won + lost), visits, duration, mean, kpi)
