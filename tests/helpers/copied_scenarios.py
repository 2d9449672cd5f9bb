"""Stores with very many scenarios in little time: one is copied where it is, by a statement a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Table, func, insert, literal, select, text, update
from sqlalchemy.orm import Session

from swarmstore import SqlStorage
from swarmstore.db.mapping.total_headers import SUMMED_COLUMNS
from swarmstore.db.repositories.scenarios import text_hash
from swarmstore.db.schema.families import ROLLUPS, SESSIONS, SUMMED
from swarmstore.db.schema.sessions import GLOBAL, Rollup, Scenario, SessionRow, TotalSource
from tests.helpers.internals import database_of

_SCENARIOS, _ROWS = Scenario.table, SessionRow.table
_SOURCES, _FOLDED = TotalSource.table, Rollup.table


def multiply_scenario(storage: SqlStorage, scenario: str, times: int) -> None:
    """Make the only scenario of a store, all folded, one of so many equal ones: `s 1`, `s 2` and so on."""
    names = [f"{scenario} {number}" for number in range(1, times)]
    database_of(storage).write(lambda session: _multiply(session, scenario, names), maintenance=True)


def _multiply(session: Session, scenario: str, names: list[str]) -> None:
    first = session.scalars(select(Scenario.id).where(Scenario.name == scenario)).one()
    session.execute(insert(_SCENARIOS), [{"name": name, "name_hash": text_hash(name)} for name in names])
    new = select(_SCENARIOS.c.id.label("scenario_id")).where(_SCENARIOS.c.id != first).subquery("new")
    _copy(session, _ROWS, ["id", "position"], new, literal(True))
    session.execute(text("ANALYZE"))  # without figures on so many new rows, the joins below take hours
    copies = _ROWS.alias("copies")
    pairs = (
        select(_ROWS.c.id.label("first"), copies.c.id.label("session_row_id"), copies.c.scenario_id)
        .join_from(_ROWS, copies, _ROWS.c.session_id == copies.c.session_id)
        .where(_ROWS.c.scenario_id == first, copies.c.scenario_id != first)
        .subquery("pairs")
    )
    for facts in SESSIONS.facts.values():
        _copy(session, facts, [], pairs, facts.c.session_row_id == pairs.c.first)
    of_first = _SOURCES.c.session_row_id == pairs.c.first
    _copy(session, _SOURCES, [], pairs, of_first & (_SOURCES.c.total_scenario_id == GLOBAL))
    total = {"total_scenario_id": pairs.c.scenario_id}
    _copy(session, _SOURCES, [], pairs, of_first & (_SOURCES.c.total_scenario_id == first), total)
    for table in (_FOLDED, *ROLLUPS.facts.values()):
        _copy(session, table, [], new, table.c.scenario_id == first)
    newest = select(func.max(_ROWS.c.id))
    of_total = newest.where(_ROWS.c.scenario_id == _FOLDED.c.scenario_id).scalar_subquery()
    session.execute(update(_FOLDED).values(newest_session_row=of_total))
    times = len(names) + 1
    _enlarge(session, _FOLDED, ["contributors", *SUMMED_COLUMNS], times)
    session.execute(
        update(_FOLDED)
        .where(_FOLDED.c.scenario_id == GLOBAL)
        .values(newest_session_row=newest.scalar_subquery())
    )
    for kind in SUMMED:
        _enlarge(session, ROLLUPS.facts[kind], ROLLUPS.values(kind), times)


def _copy(
    session: Session,
    table: Table,
    without: list[str],
    to: FromClause,
    joined: ColumnElement[bool],
    given: Mapping[str, ColumnElement[Any]] | None = None,
) -> None:
    """Copy rows for each row of `to`, whose columns take the place of those of the same name."""
    columns = {
        column.name: (given or {}).get(column.name, to.c.get(column.name, column))
        for column in table.c
        if column.name not in without
    }
    made = select(*columns.values()).join_from(table, to, joined).order_by(*table.primary_key.columns)
    session.execute(insert(table).from_select(list(columns), made))


def _enlarge(session: Session, table: Table, names: list[str], times: int) -> None:
    larger = {name: table.c[name] * times for name in names}
    session.execute(update(table).where(table.c.scenario_id == GLOBAL).values(larger))
