"""Statements that find a scenario by its name, and its sessions. Nothing here runs one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, literal, select

from swarmstore.db.dialects.base import dialect_named
from swarmstore.db.dialects.column_types import Bytes, Count
from swarmstore.db.dialects.functions import one_of, spread_or
from swarmstore.db.schema.sessions import ActionSequence, Scenario, SessionRow
from swarmstore.db.statements.placed_rows import row_in
from swarmstore.model.session_ids import SessionId
from swarmstore.model.session_slice import SessionSlice

_IN_SHORT = (
    *("session_id", "total_episodes", "total_actions"),
    *("success_episodes", "failure_episodes", "phase", "group_id"),
)


@cache
def scenario_by_hash() -> Select[int, str]:
    """Id and name of the scenario with parameter `name_hash`."""
    return select(Scenario.id, Scenario.name).where(Scenario.name_hash == bindparam("name_hash", type_=Bytes))


@cache
def id_by_hash() -> ColumnElement[int]:
    """The id of the scenario with parameter `name_hash`, NULL where there is none.

    Where tables are spread it is parameter `scenario_id`: a server is chosen by what is known before.
    """
    table = Scenario.table
    with_hash = table.c.name_hash == bindparam("name_hash", type_=Bytes)
    found = select(table.c.id).where(with_hash).scalar_subquery()
    return spread_or(bindparam("scenario_id", type_=Count), found)


def one(scenario_id: int, session_id: SessionId) -> Select[SessionRow]:
    """The session of this id."""
    return _in_scenario(scenario_id).where(SessionRow.session_id == str(session_id))


def locked(row: SessionRow) -> Select[int]:
    """Lock a session against being removed, and for nothing else."""
    found = _in_scenario(row.scenario_id).where(SessionRow.id == row.id).with_only_columns(SessionRow.id)
    return found.with_for_update(read=True, key_share=True)


def row_ids(scenario_id: int, session_ids: Sequence[SessionId]) -> Select[int]:
    """The row ids of these sessions, as far as they are there."""
    return select(SessionRow.id).where(*_of_ids(scenario_id, session_ids)).order_by(SessionRow.id)


def taken_ids(scenario_id: int, session_ids: Sequence[SessionId]) -> Select[str]:
    """Those of the session ids that are there."""
    return select(SessionRow.session_id).where(*_of_ids(scenario_id, session_ids))


def in_range(scenario_id: int, from_: int, to: int) -> Select[SessionRow]:
    """Sessions whose id stands for a time in `from_ … to`, by id."""
    within = SessionRow.session_ts.between(from_, to)
    return _in_scenario(scenario_id).where(within).order_by(SessionRow.session_id)


def page_of_range(
    scenario_id: int, from_: int, to: int, after: SessionId | None, limit: int
) -> Select[SessionRow]:
    """The first sessions of a range whose ids are behind this one."""
    within = in_range(scenario_id, from_, to).limit(literal(limit))
    return within if after is None else within.where(SessionRow.session_id > str(after))


def passes(wanted: SessionSlice) -> list[ColumnElement[bool]]:
    """The filters of a slice on a session, but for its scenario and the latest."""
    table, filters = SessionRow.table, list[ColumnElement[bool]]()
    if wanted.since is not None:
        filters.append(table.c.session_ts >= wanted.since)
    if wanted.until is not None:
        filters.append(table.c.session_ts <= wanted.until)
    if wanted.phase is not None:
        filters.append(table.c.phase == str(wanted.phase))
    if wanted.group_id is not None:
        filters.append(table.c.group_id == wanted.group_id)
    return filters


def summaries(scenario_id: int, wanted: SessionSlice, after: SessionId | None, limit: int) -> Select[Any]:
    """The first sessions in a slice whose ids are behind this one, without their facts."""
    found = select(*(SessionRow.table.c[name] for name in _IN_SHORT)).where(
        SessionRow.scenario_id == scenario_id, *passes(wanted)
    )
    if wanted.latest is not None:
        newest = found.order_by(SessionRow.session_id.desc()).limit(literal(wanted.latest)).subquery()
        found = select(newest)
    session_id = found.selected_columns.session_id
    if after is not None:
        found = found.where(session_id > str(after))
    return found.order_by(session_id).limit(literal(limit))


def latest(scenario_id: int, limit: int) -> Select[SessionRow]:
    """The sessions with the greatest ids, greatest first."""
    return _in_scenario(scenario_id).order_by(SessionRow.session_id.desc()).limit(literal(limit))


def ids(scenario_id: int) -> Select[str]:
    """All session ids in byte order."""
    return (
        select(SessionRow.session_id)
        .where(SessionRow.scenario_id == scenario_id)
        .order_by(SessionRow.session_id)
    )


def of_rows() -> Select[SessionRow]:
    """The sessions in parameter `ids`, in the order of their row ids; see `Rows.named`."""
    return select(SessionRow).where(row_in(SessionRow.table.c.id, "ids")).order_by(SessionRow.id)


def scenarios_of() -> Select[int, int]:
    """`(id, scenario_id)` of the sessions whose row ids are in parameter `ids`."""
    return select(SessionRow.id, SessionRow.scenario_id).where(one_of(SessionRow.table.c.id, "ids"))


@cache
def all_known(dialect: str) -> Select[bool]:
    """Whether all sequences of parameter `sequence_ids` are there; see `saves.names_in`."""
    return select(dialect_named(dialect).every_id_is_in(ActionSequence.table.c.id, "sequence_ids"))


@cache
def sessions_left() -> Select[int]:
    """How many of the sessions in parameter `ids` there are."""
    return select(func.count()).where(row_in(SessionRow.table.c.id, "ids"))


def _in_scenario(scenario_id: int) -> Select[SessionRow]:
    return select(SessionRow).where(SessionRow.scenario_id == scenario_id)


def _of_ids(scenario_id: int, session_ids: Sequence[SessionId]) -> tuple[ColumnElement[bool], ...]:
    table, wanted = SessionRow.table, [str(session_id) for session_id in session_ids]
    return table.c.scenario_id == scenario_id, one_of(table.c.session_id, "wanted", wanted)
