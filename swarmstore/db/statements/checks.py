"""Statements that add up again what is cached, and find rows without their others. Nothing here runs one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import sqlalchemy as sa

from swarmstore.db.dialects.base import Expression, Statement
from swarmstore.db.dialects.column_types import ExactDouble
from swarmstore.db.dialects.functions import one_of
from swarmstore.db.mapping.total_headers import SUMMED_COLUMNS
from swarmstore.db.schema.baselines import BASELINES
from swarmstore.db.schema.families import BY_SEQUENCE, KEYS, ROLLUPS, SESSIONS, SUMMED, Family, Kind
from swarmstore.db.schema.sessions import ActionSequence, Rollup, Scenario, SessionRow, TotalSource
from swarmstore.db.statements.facts import added_up
from swarmstore.db.statements.placed_rows import same_row


@cache
def expected_facts(kind: Kind) -> Statement:
    """`(total, key, values …, sum of |kpi_total|)` of parameter `totals`: baselines, folded sessions."""
    names, key = ROLLUPS.values(kind), KEYS[kind]
    carried, counted, sources = BASELINES.facts[kind], SESSIONS.facts[kind], TotalSource.table
    total = sources.c.total_scenario_id
    parts = sa.union_all(
        sa.select(
            carried.c.scenario_id.label("total"), carried.c[key], *[carried.c[name] for name in names]
        ).where(one_of(carried.c.scenario_id, "totals")),
        sa.select(total, counted.c[key], *[counted.c[name] for name in names])
        .join_from(sources, counted, same_row(counted.c.session_row_id, sources.c.session_row_id))
        .where(one_of(total, "totals"), sources.c.folded.is_(True)),
    ).subquery()
    sums = [added_up(parts.c[name]) for name in names]
    size = sa.func.sum(sa.func.abs(parts.c.kpi_total)) if "kpi_total" in names else sa.bindparam("none", 0)
    return sa.select(parts.c.total, parts.c[key], *sums, size).group_by(parts.c.total, parts.c[key])


def tables_by_sequence() -> list[sa.Table]:
    """The tables of facts that action sequences are the keys of."""
    return [family.facts[kind] for family in (SESSIONS, BASELINES, ROLLUPS) for kind in BY_SEQUENCE]


def missing_sequences(table: sa.Table) -> sa.Select[int, int, int | None]:
    """`(rows, sequences, smallest id)` of a table's facts whose sequence is not there; one row."""
    names, key = ActionSequence.table, table.c.sequence_id
    counts = sa.select(sa.func.count(), sa.func.count(key.distinct()), sa.func.min(key))
    return counts.select_from(table).where(~sa.exists().where(names.c.id == key))


def sessions_without_scenario() -> sa.Select[int, int]:
    """`(scenario id, sessions)` where the scenario is not there."""
    named = sa.exists().where(Scenario.id == SessionRow.scenario_id)
    return (
        sa.select(SessionRow.scenario_id, sa.func.count())
        .where(~named)
        .group_by(SessionRow.scenario_id)
        .order_by(SessionRow.scenario_id)
    )


def scenarios_without_total() -> sa.Select[int, str]:
    """`(id, name)` of scenarios that have no cached total."""
    cached = sa.select(Rollup.scenario_id)
    return sa.select(Scenario.id, Scenario.name).where(Scenario.id.not_in(cached)).order_by(Scenario.id)


def pending_totals() -> sa.Select[int, str | None, int, int]:
    """`(total, scenario, sessions, when the oldest was saved)` of totals that sessions are pending for."""
    return (
        sa.select(
            TotalSource.total_scenario_id, Scenario.name, sa.func.count(), sa.func.min(SessionRow.saved_at_ms)
        )
        .select_from(TotalSource)
        .join(SessionRow, same_row(SessionRow.table.c.id, TotalSource.table.c.session_row_id))
        .outerjoin(Scenario, Scenario.id == TotalSource.total_scenario_id)
        .where(TotalSource.folded.is_(False))
        .group_by(TotalSource.total_scenario_id, Scenario.name)
        .order_by(TotalSource.total_scenario_id)
    )


def largest_pending() -> Iterator[Statement]:
    """The largest count of each column in the sessions pending for totals; one row each."""
    sources = TotalSource.table
    for table, counts in _counts(SESSIONS):
        row_id = table.c.session_row_id if "session_row_id" in table.c else table.c.id
        pending = sa.select(sources.c.session_row_id).where(sources.c.folded.is_(False))
        yield sa.select(*map(sa.func.max, counts)).where(row_id.in_(pending))


def totals_above() -> Iterator[sa.Select[int]]:
    """The cached totals that have a count above parameter `limit`."""
    limit = sa.bindparam("limit", type_=sa.BigInteger)
    for table, counts in _counts(ROLLUPS):
        yield sa.select(table.c.scenario_id).where(sa.or_(*[count > limit for count in counts])).distinct()


def _counts(family: Family) -> Iterator[tuple[sa.Table, list[Expression]]]:
    """The tables of a family with their columns that are added up, but for doubles."""
    header = family.header.table
    yield header, [header.c[name] for name in SUMMED_COLUMNS]
    for kind in SUMMED:
        table = family.facts[kind]
        values = [table.c[name] for name in ROLLUPS.values(kind)]
        yield table, [value for value in values if not isinstance(value.type, ExactDouble)]
