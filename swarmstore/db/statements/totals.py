"""Statements on totals. Nothing here runs one."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    Text,
    Update,
    and_,
    bindparam,
    func,
    literal_column,
    select,
    update,
)

from swarmstore.db.dialects.column_types import Count
from swarmstore.db.dialects.functions import one_of
from swarmstore.db.schema.declarative import table_of
from swarmstore.db.schema.rollups import Rollup, TotalSource
from swarmstore.db.schema.sessions import SessionRow
from swarmstore.db.statements.compatibility import is_compatible
from swarmstore.db.statements.scenarios import id_by_hash

_GLOBAL: ColumnElement[int] = literal_column("0")


@cache
def pending_counts(limit: int) -> Select[int, int]:
    """How many sessions are pending for the global total and for parameter `scenario_id`, `limit` at most."""
    return select(_pending(_GLOBAL, limit), _pending(bindparam("scenario_id", type_=Count), limit))


def pending_columns(limit: int) -> tuple[ScalarSelect[int], ScalarSelect[int]]:
    """As `pending_counts` has them, of the scenario with parameter `name_hash`."""
    return _pending(_GLOBAL, limit), _pending(id_by_hash(), limit)


def _pending(total: ColumnElement[int], limit: int) -> ScalarSelect[int]:
    table = table_of(TotalSource)
    some = (
        select(table.c.session_row_id)
        .where(table.c.total_scenario_id == total, table.c.folded.is_(False))
        .limit(literal_column(str(limit)))
        .subquery()
    )
    return select(func.count()).select_from(some).scalar_subquery()


@cache
def state_of_total(of_scenario: bool) -> Select[int, bytes | None]:
    """The version of a total's rollup, with the token of each session pending for it, or one NULL.

    of_scenario: the total of the scenario with parameter `name_hash`, else the global one.

    No row where there is none, or where this code may not use the tables any more.
    """
    chosen = select(Rollup.rollup_version, SessionRow.write_token)
    return _with_pending(chosen, of_scenario)


@cache
def total_with_pending(of_scenario: bool) -> Select[Rollup, SessionRow | None]:
    """The rollup of a total, with each session pending for it, or NULLs. Otherwise as `state_of_total`."""
    return _with_pending(select(Rollup, SessionRow), of_scenario)


@cache
def watched_total(of_scenario: bool) -> Select[int, int, str | None]:
    """`(total, version, token in hex)` for what `state_of_total` has, to be read together with facts."""
    token = func.encode(SessionRow.write_token, literal_column("'hex'"), type_=Text)
    return _with_pending(select(Rollup.scenario_id, Rollup.rollup_version, token), of_scenario)


def _with_pending(chosen: Select[*tuple[Any, ...]], of_scenario: bool) -> Select[*tuple[Any, ...]]:
    pending = and_(TotalSource.total_scenario_id == Rollup.scenario_id, TotalSource.folded.is_(False))
    return (
        chosen.select_from(Rollup)
        .outerjoin(TotalSource, pending)
        .outerjoin(SessionRow, SessionRow.id == TotalSource.session_row_id)
        .where(Rollup.scenario_id == (id_by_hash() if of_scenario else _GLOBAL), is_compatible())
        .order_by(SessionRow.id)
    )


@cache
def set_rollup(columns: tuple[str, ...]) -> Update:
    """Write these columns of the rollup of parameter `total`."""
    table = table_of(Rollup)
    values: dict[str, ColumnElement[Any]] = {name: bindparam(name) for name in columns}
    return update(table).where(table.c.scenario_id == bindparam("total")).values(values)


@cache
def mark_folded() -> Update:
    """Say that the sessions of parameter `owners` are in the rollup of `total`."""
    table = table_of(TotalSource)
    of_these = one_of(table.c.session_row_id, "owners")
    return update(table).where(table.c.total_scenario_id == bindparam("total"), of_these).values(folded=True)
