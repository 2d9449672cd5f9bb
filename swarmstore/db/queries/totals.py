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

from swarmstore.db.dialects import one_of
from swarmstore.db.tables import Folded, TotalSource, table_of
from swarmstore.db.types import Count


@cache
def waiting_counts(limit: int) -> Select[int, int]:
    """`waiting_columns`, alone."""
    return select(*waiting_columns(limit))


def waiting_columns(limit: int) -> tuple[ScalarSelect[int], ScalarSelect[int]]:
    """How many sessions wait for the global total and for parameter `scenario_id`, `limit` at most."""
    return _waiting(literal_column("0"), limit), _waiting(bindparam("scenario_id", type_=Count), limit)


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
def state_of_total() -> Select[int, int | None]:
    """The stamp of parameter `total`, with each row id that waits for it, or one NULL."""
    return _with_what_waits(select(Folded.stamp, TotalSource.session_row_id))


@cache
def total_with_what_waits() -> Select[Folded, int | None]:
    """The cached sum of parameter `total`, with each row id that waits for it, or one NULL."""
    return _with_what_waits(select(Folded, TotalSource.session_row_id))


def _with_what_waits(chosen: Select[Any, int | None]) -> Select[Any, int | None]:
    waits = and_(TotalSource.total_scenario_id == Folded.scenario_id, TotalSource.folded.is_(False))
    return (
        chosen.outerjoin_from(Folded, TotalSource, waits)
        .where(Folded.scenario_id == bindparam("total"))
        .order_by(TotalSource.session_row_id)
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
