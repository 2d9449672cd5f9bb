"""Statements that merge sessions where they are. Nothing here runs one."""

from __future__ import annotations

from enum import Enum
from functools import cache

from sqlalchemy import BigInteger, Column, Double, FromClause, Select, Table, cast, func, select

from swarmstore.db.dialects.base import Expression, Statement, dialect_named
from swarmstore.db.dialects.column_types import ExactDouble
from swarmstore.db.dialects.functions import count_times, round_half_up, sum_of_doubles, weigh
from swarmstore.db.mapping.total_headers import SUMMED_COLUMNS, WEIGHTED_COLUMNS
from swarmstore.db.schema.families import SESSIONS, SUMMED, Kind
from swarmstore.db.schema.sessions import Scenario, SessionRow
from swarmstore.db.statements.facts import added_up
from swarmstore.db.statements.placed_rows import row_in, scenario_in
from swarmstore.db.statements.sessions import passes
from swarmstore.model.session_slice import SessionSlice


class Weighing(Enum):
    """What happens to a session's counts before they are added."""

    NOTHING = "added as they are"
    BOUNDED = "by weights of at most MAX_BOUNDED"
    ANY = "by weights of any size"


MAX_BOUNDED = 512.0  # a session's count is below 2^53, so that no product reaches 2^62


def sessions_in_slice(wanted: SessionSlice, scenario_id: int | None) -> Select[int, int, int, int]:
    """`(id, scenario_id, success_episodes, total_episodes)` of a slice, newest first: `latest` is a LIMIT."""
    statement = select(
        SessionRow.id, SessionRow.scenario_id, SessionRow.success_episodes, SessionRow.total_episodes
    )
    statement = statement.where(*passes(wanted))
    if scenario_id is not None:
        statement = statement.where(SessionRow.scenario_id == scenario_id)
    if scenario_id is None:
        statement = statement.join(Scenario, Scenario.id == SessionRow.scenario_id)
        statement = statement.order_by(SessionRow.session_id.desc(), Scenario.name.desc())
    else:
        statement = statement.order_by(SessionRow.session_id.desc())
    return statement.limit(wanted.latest)


@cache
def merged_header(dialect: str, weighing: Weighing) -> Statement:
    """The header's sums, one row: metadata unweighted, episodes weighted and rounded."""
    sessions = SessionRow.table
    weights = _weights(dialect, weighing)
    sums = [
        _sum(sessions.c[name], weighing, weights if name in WEIGHTED_COLUMNS else None).label(name)
        for name in SUMMED_COLUMNS
    ]
    return _of_slice(select(*sums), sessions, sessions.c.id, weights)


@cache
def merged_facts(dialect: str, kind: Kind, weighing: Weighing) -> Statement:
    """`(key, values …)`: each count weighted and rounded on its own, then added."""
    table = SESSIONS.facts[kind]
    key = table.c[SUMMED[kind]]
    weights = _weights(dialect, weighing)
    sums = [_sum(table.c[name], weighing, weights).label(name) for name in SESSIONS.values(kind)]
    merged = _of_slice(select(key, *sums), table, SESSIONS.owner_column(kind), weights)
    return merged.group_by(key).order_by(key)


def _weights(dialect: str, weighing: Weighing) -> FromClause | None:
    return None if weighing is Weighing.NOTHING else dialect_named(dialect).weight_table()


def _of_slice(
    statement: Statement, table: Table, owner: Column[int], weights: FromClause | None
) -> Statement:
    """The statement on the rows of the slice's sessions alone."""
    if weights is None:
        return statement.where(row_in(owner, "ids"))
    return statement.join_from(weights, table, owner == weights.c.id).where(scenario_in(table, "ids"))


def _sum(column: Expression, weighing: Weighing, weights: FromClause | None) -> Expression:
    if weights is None:  # multiplying by 1.0 would already change 2^53 + 1
        return added_up(column)
    if isinstance(column.type, ExactDouble):
        return sum_of_doubles(weigh(column, weights.c.weight))
    if weighing is Weighing.BOUNDED:
        return cast(func.sum(count_times(column, weights.c.twice)), BigInteger)
    return cast(func.sum(round_half_up(cast(column, Double) * weights.c.weight)), BigInteger)
