"""Statements on totals. Nothing here runs one."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
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
from swarmstore.db.schema import Folded, SessionRow, TotalSource, table_of
from swarmstore.db.statements.compatibility import is_compatible
from swarmstore.db.statements.scenarios import id_by_hash

_GLOBAL: ColumnElement[int] = literal_column("0")


@cache
def waiting_counts(limit: int) -> Select[int, int]:
    """How many sessions wait for the global total and for parameter `scenario_id`, `limit` at most."""
    return select(_waiting(_GLOBAL, limit), _waiting(bindparam("scenario_id", type_=Count), limit))


def waiting_columns(limit: int) -> tuple[ScalarSelect[int], ScalarSelect[int]]:
    """As `waiting_counts` has them, of the scenario with parameter `name_hash`."""
    return _waiting(_GLOBAL, limit), _waiting(id_by_hash(), limit)


def _waiting(total: ColumnElement[int], limit: int) -> ScalarSelect[int]:
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
    """The stamp of a total, with the token of each session that waits for it, or one NULL.

    of_scenario: the total of the scenario with parameter `name_hash`, else the global one.

    No row where there is none, or where this code may not use the tables any more.
    """
    chosen = select(Folded.stamp, SessionRow.write_token)
    return _with_what_waits(chosen, of_scenario).where(is_compatible())


@cache
def total_with_what_waits(of_scenario: bool) -> Select[Folded, int | None, bytes | None]:
    """The cached sum of a total, with row id and token of each session that waits for it, or NULLs.

    Otherwise as `state_of_total`.
    """
    return _with_what_waits(select(Folded, SessionRow.id, SessionRow.write_token), of_scenario)


def _with_what_waits(chosen: Select[*tuple[Any, ...]], of_scenario: bool) -> Select[*tuple[Any, ...]]:
    waits = and_(TotalSource.total_scenario_id == Folded.scenario_id, TotalSource.folded.is_(False))
    return (
        chosen.select_from(Folded)
        .outerjoin(TotalSource, waits)
        .outerjoin(SessionRow, SessionRow.id == TotalSource.session_row_id)
        .where(Folded.scenario_id == (id_by_hash() if of_scenario else _GLOBAL))
        .order_by(SessionRow.id)
    )


@cache
def set_folded(columns: tuple[str, ...]) -> Update:
    """Write these columns of the cached sum of parameter `total`."""
    table = table_of(Folded)
    values: dict[str, ColumnElement[Any]] = {name: bindparam(name) for name in columns}
    return update(table).where(table.c.scenario_id == bindparam("total")).values(values)


@cache
def mark_folded() -> Update:
    """Say that the sessions of parameter `owners` are in the cached sum of `total`."""
    table = table_of(TotalSource)
    of_these = one_of(table.c.session_row_id, "owners")
    return update(table).where(table.c.total_scenario_id == bindparam("total"), of_these).values(folded=True)
