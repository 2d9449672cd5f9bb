"""The statement that writes a session where tables are spread over servers. Nothing here runs one.

As `saves.session_with_facts`, with parameter `scenario_id` beside. Every part of it names the scenario and
takes its rows from beside the scenario's rollup, so that one server writes all, and commits by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import sqlalchemy as sa

from swarmstore.db.dialects.base import Expression, Statement
from swarmstore.db.dialects.column_types import Count
from swarmstore.db.dialects.functions import database_now_ms, insert
from swarmstore.db.dialects.packed_arrays import given_rows
from swarmstore.db.mapping.rows import COLUMNS
from swarmstore.db.schema.families import SESSIONS, Kind
from swarmstore.db.schema.sessions import Rollup, Scenario, SessionRow, TotalSource
from swarmstore.db.statements import saves
from swarmstore.db.statements.totals import pending_columns

_ROLLUPS, _SOURCES = Rollup.table, TotalSource.table
_TOTALS = "totals_"
_SCENARIO: sa.BindParameter[int] = sa.bindparam("scenario_id", type_=Count)
_MATERIALIZED = "MATERIALIZED"


@cache
def session_with_facts(dialect: str, header: tuple[str, ...], counted: bool, limit: int = 0) -> Statement:
    """Write a session, its facts and its sources, which parameter `totals_total_scenario_id` names."""
    # of no table, so that the server that is asked gives the id, and no other
    next_id = sa.Sequence("sessions_id_seq").next_value()
    place = sa.select(next_id.label("id"), database_now_ms().label("saved_at_ms")).cte("place")
    relied_on = (Scenario.table.c.id == _SCENARIO, *saves.what_it_relies_on(dialect))
    before: list[Expression] = [saves.counts_already(), *(pending_columns(limit) if limit else ())]
    known = sa.select(*before).select_from(Scenario.table).where(*relied_on).cte("known")
    place, known = place.prefix_with(_MATERIALIZED), known.prefix_with(_MATERIALIZED)
    chosen = _beside_the_rollup(
        [place.c.id, _ROLLUPS.c.scenario_id, *saves.header_values(header), place.c.saved_at_ms], place, known
    )
    new = (
        insert(dialect, SessionRow.table)
        .from_select(["id", "scenario_id", *header, "saved_at_ms"], chosen)
        .on_conflict_do_nothing(index_elements=["scenario_id", "session_id"])
        .returning(SessionRow.table.c.id, SessionRow.table.c.scenario_id)
        .cte("new")
    )
    rows = [_rows(dialect, new, SESSIONS.facts[kind], COLUMNS[kind], f"{kind}_") for kind in Kind]
    if counted:
        rows.append(_rows(dialect, new, _SOURCES, ("total_scenario_id",), _TOTALS, known))
    return sa.select(*new.c, *known.c).select_from(new.join(known, sa.true())).add_cte(*rows)


def _rows(
    dialect: str,
    new: sa.CTE,
    table: sa.Table,
    columns: tuple[str, ...],
    prefix: str,
    known: sa.CTE | None = None,
) -> sa.CTE:
    """Rows that belong to the new session, from arrays: its sources only where it does not count already."""
    given = given_rows(f"given_{table.name}", {name: table.c[name].type for name in columns}, prefix)
    names = ["session_row_id", "scenario_id", *columns]
    values = [new.c.id, _ROLLUPS.c.scenario_id, *[given.c[name] for name in columns]]
    if known is None:
        return saves.added(dialect, table, names, _beside_the_rollup(values, new, given))
    chosen = _beside_the_rollup([*values, sa.literal(False)], new, given, known)
    return saves.added(dialect, table, [*names, "folded"], chosen.where(~known.c.counts_already))


def _beside_the_rollup(columns: Sequence[Expression], *others: sa.FromClause) -> Statement:
    """Columns of the rollup of the scenario and of what is no table, each row with each."""
    joined: sa.FromClause = _ROLLUPS
    for other in others:
        joined = joined.join(other, sa.true())
    return sa.select(*columns).select_from(joined).where(_ROLLUPS.c.scenario_id == _SCENARIO)
