"""What a report says, gathered within one transaction: rankings see all rows and keep few."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from heapq import nlargest
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from swarmstore.db.dialects import database_now_ms
from swarmstore.db.queries import findings as queries
from swarmstore.db.queries.facts import total_facts
from swarmstore.db.scenarios import Scenarios
from swarmstore.db.sequences import Sequences
from swarmstore.db.summaries import scenario_summaries
from swarmstore.db.tables.families import Kind
from swarmstore.errors import SnapshotNotFoundError
from swarmstore.findings import (
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

_LINES = 50  # scenarios in the list of all
_DETAILS = 6  # and those shown in full
_POINTS, _SESSIONS = 40, 5  # of a curve: points at most, and sessions a point where there are enough
_ACTIONS = 12
_PATHS = 8
_STRATEGIES = 12
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND, _MILLISECOND = timedelta(seconds=1), timedelta(milliseconds=1)


class FindingsReader:
    """Gathers findings of one transaction."""

    def __init__(self, session: Session, scenarios: Scenarios, sequences: Sequences) -> None:
        self._session = session
        self._scenarios = scenarios
        self._sequences = sequences

    def read(self, wanted: str | None) -> Findings:
        """What the store has learned, or one scenario of it. Raises SnapshotNotFoundError."""
        if wanted is not None and self._scenarios.find(self._session, wanted) is None:
            raise SnapshotNotFoundError(f"scenario {wanted!r} was never saved; `swarmstore scenarios` lists them")
        spans = {
            name: Span(_moment(first, _SECOND), _moment(newest, _SECOND), _moment(saved, _MILLISECOND))
            for name, first, newest, saved in self._session.execute(queries.spans())
        }
        lines = [
            ScenarioLine(
                summary.scenario,
                summary.sessions,
                Rate.of(summary.success_episodes, summary.success_episodes + summary.failure_episodes),
                summary.total_actions,
                spans.get(summary.scenario, Span()),
            )
            for summary in scenario_summaries(self._session)
            if wanted in (None, summary.scenario)
        ]
        lines.sort(key=lambda line: -line.sessions)
        details = [self._scenario(line) for line in lines[:_DETAILS]]
        now = _moment(self._session.scalar(select(database_now_ms())), _MILLISECOND)
        return Findings(
            read_at=now or _EPOCH,
            sessions=sum(line.sessions for line in lines),
            waiting=self._session.scalar(queries.waiting()) or 0,
            scenarios=Top(lines[:_LINES], len(lines)),
            details=Top(details, len(lines)),
        )

    def _scenario(self, line: ScenarioLine) -> ScenarioFindings:
        total = self._scenarios.find(self._session, line.scenario)
        pending = list(self._session.scalars(queries.waiting_for(), {"total": total}))
        parameters = {"total": total, "pending": pending}
        actions = self._session.execute(queries.busiest_actions(), {**parameters, "most": _ACTIONS}).all()
        names = [row[0] for row in actions]
        return ScenarioFindings(
            scenario=line.scenario,
            sessions=line.sessions,
            episodes=line.episodes,
            total_actions=line.total_actions,
            time=line.time,
            curve=self._curve(total, line.sessions),
            actions=Top(names, actions[0][1] if actions else 0),
            transitions=[
                PathRate((a, b), Rate.of(won, won + lost))
                for a, b, won, lost in self._session.execute(
                    queries.transitions_between(), {**parameters, "actions": names}
                )
            ],
            best=self._paths(parameters, lambda rate: rate.low or 0.0),
            worst=self._paths(parameters, lambda rate: -(rate.high or 0.0)),
            strategies=self._strategies(parameters),
            costs=self._costs(parameters),
        )

    def _curve(self, total: int | None, sessions: int) -> list[CurvePoint]:
        step = max(-(-sessions // _POINTS), min(_SESSIONS, -(-sessions // 8)), 1)
        points = []
        before = (0, 0, 0)
        for number, won, lost, lately_won, lately_lost in self._session.execute(
            queries.curve(), {"total": total, "step": step}
        ):
            successes, failures = won - before[1], lost - before[2]
            points.append(
                CurvePoint(
                    before[0] + 1,
                    number,
                    Rate.of(successes, successes + failures),
                    Rate.of(lately_won, lately_won + lately_lost).value,
                )
            )
            before = (number, won, lost)
        return points

    def _paths(self, parameters: Mapping[str, Any], score: Callable[[Rate], float]) -> Top[PathRate]:
        def rated() -> Iterator[tuple[float, int, int, Rate]]:
            for row in self._totals(Kind.NGRAMS, parameters):
                rate = Rate.of(row.success_count, row.success_count + row.failure_count)
                if rate.trials:
                    yield score(rate), rate.trials, row.sequence_id, rate

        chosen, count = _ranked(rated(), _PATHS)
        names = self._sequences.resolve(self._session, {row[2] for row in chosen})
        return Top([PathRate(names[row[2]], row[3]) for row in chosen], count)

    def _strategies(self, parameters: Mapping[str, Any]) -> Top[StrategyResult]:
        rows = ((row.visits, row.strategy, row) for row in self._totals(Kind.STRATEGIES, parameters))
        chosen, count = _ranked(rows, _STRATEGIES)
        results = [
            StrategyResult(
                row.strategy,
                row.usage_count,
                Rate.of(row.successes, row.successes + row.failures),
                Rate.of(row.episodes_success, row.episodes_success + row.episodes_failure),
            )
            for *_, row in chosen
        ]
        return Top(results, count)

    def _costs(self, parameters: Mapping[str, Any]) -> Top[ActionCost]:
        rows = (
            (row.total_duration_ms, row.visits, row.sequence_id, row)
            for row in self._totals(Kind.ACTIONS, parameters)
        )
        chosen, count = _ranked(rows, _ACTIONS)
        names = self._sequences.resolve(self._session, {row[2] for row in chosen})
        costs = [
            ActionCost(
                names[row.sequence_id][0],
                Rate.of(row.successes, row.successes + row.failures),
                row.visits,
                row.total_duration_ms,
                row.total_duration_ms / row.visits if row.visits else None,
                row.kpi_total / row.kpi_count if row.kpi_count else None,
            )
            for *_, row in chosen
        ]
        return Top(costs, count)

    def _totals(self, kind: Kind, parameters: Mapping[str, Any]) -> Iterator[Row[Any]]:
        """A total's rows as they come: only those that a ranking keeps stay in memory."""
        streamed = {"stream_results": True}
        with self._session.connection().execute(
            total_facts(kind), parameters, execution_options=streamed
        ) as found:
            yield from found


def _ranked(rows: Iterator[Any], most: int) -> tuple[Sequence[Any], int]:
    """The greatest rows by all their parts but the last, and how many rows there are."""
    count = 0

    def counting() -> Iterator[Any]:
        nonlocal count
        for row in rows:
            count += 1
            yield row

    return nlargest(most, counting(), key=lambda row: row[:-1]), count


def _moment(number: int | None, unit: timedelta) -> datetime | None:
    """So much time after 1970 in UTC, None where no calendar goes that far."""
    try:
        return None if number is None else _EPOCH + number * unit
    except OverflowError:
        return None
