"""Statements on totals. Nothing here runs one."""

from __future__ import annotations

from functools import cache

from sqlalchemy import Select, and_, bindparam, select

from swarmstore.db.tables import Folded, TotalSource


@cache
def state_of_total() -> Select[int, int | None]:
    """The stamp of parameter `total`, with each row id that waits for it, or one NULL."""
    waits = and_(TotalSource.total_scenario_id == Folded.scenario_id, TotalSource.folded.is_(False))
    return (
        select(Folded.stamp, TotalSource.session_row_id)
        .outerjoin_from(Folded, TotalSource, waits)
        .where(Folded.scenario_id == bindparam("total"))
        .order_by(TotalSource.session_row_id)
    )
