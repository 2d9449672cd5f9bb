"""Statements on totals. Nothing here runs one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import sqlalchemy as sa

from swarmstore.db.dialects.base import Expression, Statement
from swarmstore.db.dialects.column_types import Count
from swarmstore.db.dialects.functions import one_of, where_spread
from swarmstore.db.mapping.total_headers import HEADER_COLUMNS
from swarmstore.db.schema.sessions import Rollup, SessionRow, TotalSource
from swarmstore.db.statements.compatibility import is_compatible
from swarmstore.db.statements.placed_rows import row_in, same_row
from swarmstore.db.statements.sessions import id_by_hash

_GLOBAL: sa.ColumnElement[int] = sa.literal_column("0")
_ROLLUPS, _SOURCES, _SESSIONS = Rollup.table, TotalSource.table, SessionRow.table
TOTAL_COLUMNS = ("scenario_id", "rollup_version", "contributors", "newest_session_row", "newest_saved_at_ms")
PENDING_COLUMNS = ("write_token", "id", "scenario_id", "saved_at_ms")


@cache
def pending_counts(limit: int) -> sa.Select[int, int]:
    """How many sessions are pending for the global total and for parameter `scenario_id`, `limit` at most.

    Where tables are spread, for the global total those of this scenario: the others are on other servers.
    """
    of_global, of_scenario = _pending_for_both(sa.bindparam("scenario_id", type_=Count), limit)
    return sa.select(of_global, of_scenario)


def pending_columns(limit: int) -> Sequence[sa.ScalarSelect[int]]:
    """As `pending_counts` has them, of the scenario with parameter `name_hash`."""
    return _pending_for_both(id_by_hash(), limit)


def counting_in(total: sa.ColumnElement[int] | int, of_scenario: bool) -> sa.ColumnElement[bool]:
    """Which sources are those of a total: for one of a scenario, sessions of that scenario alone."""
    same = (where_spread(_SOURCES.c.scenario_id == total),) if of_scenario else ()
    return sa.and_(_SOURCES.c.total_scenario_id == total, *same)


def _pending_for_both(scenario: sa.ColumnElement[int], limit: int) -> Sequence[sa.ScalarSelect[int]]:
    here = where_spread(_SOURCES.c.scenario_id == scenario)
    return [_pending(total, here, limit) for total in (_GLOBAL, scenario)]


def _pending(total: sa.ColumnElement[int], here: sa.ColumnElement[bool], limit: int) -> sa.ScalarSelect[int]:
    some = (
        sa.select(_SOURCES.c.session_row_id)
        .where(_SOURCES.c.total_scenario_id == total, here, _SOURCES.c.folded.is_(False))
        .limit(sa.literal_column(str(limit)))
        .subquery()
    )
    return sa.select(sa.func.count()).select_from(some).scalar_subquery()


@cache
def state_of_total(of_scenario: bool) -> sa.Select[int, bytes | None]:
    """The version of a total's rollup, with the token of each session pending for it, or one NULL.

    of_scenario: the total of the scenario with parameter `name_hash`, else the global one.

    No row where there is none, or where this code may not use the tables any more.
    """
    return _with_pending([_ROLLUPS.c.rollup_version], [_SESSIONS.c.write_token], of_scenario)


@cache
def total_with_pending(of_scenario: bool) -> Statement:
    """TOTAL_COLUMNS and header of a total, PENDING_COLUMNS and header of what is pending for it, or NULLs.

    Otherwise as `state_of_total`.
    """
    columns = [_ROLLUPS.c[name] for name in (*TOTAL_COLUMNS, *HEADER_COLUMNS)]
    of_sessions = [_SESSIONS.c[name] for name in (*PENDING_COLUMNS, *HEADER_COLUMNS)]
    return _with_pending(columns, of_sessions, of_scenario)


@cache
def watched_total(of_scenario: bool) -> sa.Select[int, int, str | None]:
    """`(total, version, token in hex)` for what `state_of_total` has, to be read together with facts."""
    token = sa.func.encode(_SESSIONS.c.write_token, sa.literal_column("'hex'"), type_=sa.Text)
    columns = [_ROLLUPS.c.scenario_id, _ROLLUPS.c.rollup_version]
    return _with_pending(columns, [token.label("token")], of_scenario)


def _with_pending(
    columns: Sequence[Expression], of_sessions: Sequence[Expression], of_scenario: bool
) -> Statement:
    total = id_by_hash() if of_scenario else _GLOBAL
    # apart from the rollup, which is on another server than the global total's sessions
    pending = (
        sa.select(_SESSIONS.c.id.label("row_id"), *of_sessions)
        .join_from(_SOURCES, _SESSIONS, same_row(_SESSIONS.c.id, _SOURCES.c.session_row_id))
        .where(counting_in(total, of_scenario), _SOURCES.c.folded.is_(False))
        .subquery("pending")
    )
    return (
        sa.select(*columns, *list(pending.c)[1:])
        .select_from(_ROLLUPS.outerjoin(pending, sa.true()))
        .where(_ROLLUPS.c.scenario_id == total, is_compatible())
        .order_by(pending.c.row_id)
    )


@cache
def stamp_of_global() -> sa.Select[int, str | None]:
    """The version of the global total's rollup, and what is unsettled in it."""
    return sa.select(_ROLLUPS.c.rollup_version, _ROLLUPS.c.unsettled).where(_ROLLUPS.c.scenario_id == _GLOBAL)


@cache
def set_rollup(columns: tuple[str, ...]) -> sa.Update:
    """Write these columns of the rollup of parameter `total`."""
    table = _ROLLUPS
    values: dict[str, Expression] = {name: sa.bindparam(name) for name in columns}
    return sa.update(table).where(table.c.scenario_id == sa.bindparam("total")).values(values)


@cache
def mark_folded() -> sa.Update:
    """Say that the sessions of parameter `owners` are in the rollups of the `totals` that they count in."""
    table = _SOURCES
    of_these = one_of(table.c.total_scenario_id, "totals"), row_in(table.c.session_row_id, "owners")
    return sa.update(table).where(*of_these).values(folded=True)
