"""Statements that add up again what is cached. Nothing here runs one."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Select, bindparam, cast, func, select, union_all

from swarmstore.db.tables import CARRIED, FOLDED, SESSIONS, TotalSource, table_of
from swarmstore.db.tables.families import KEYS, Kind
from swarmstore.db.types import ExactDouble


@cache
def expected_facts(kind: Kind) -> Select[*tuple[Any, ...]]:
    """`(key, values …, sum of |kpi_total|)` of parameter `total`: carried parts and folded sessions."""
    names, key = FOLDED.values(kind), KEYS[kind]
    carried, counted, sources = CARRIED.facts[kind], SESSIONS.facts[kind], table_of(TotalSource)
    total = bindparam("total", type_=BigInteger)
    parts = union_all(
        select(carried.c[key], *[carried.c[name] for name in names]).where(carried.c.scenario_id == total),
        select(counted.c[key], *[counted.c[name] for name in names])
        .join_from(sources, counted, counted.c.session_row_id == sources.c.session_row_id)
        .where(sources.c.total_scenario_id == total, sources.c.folded.is_(True)),
    ).subquery()
    sums = [
        func.sum(parts.c[name])
        if isinstance(parts.c[name].type, ExactDouble)
        else cast(func.sum(parts.c[name]), BigInteger)
        for name in names
    ]
    size = func.sum(func.abs(parts.c.kpi_total)) if "kpi_total" in names else bindparam("none", 0)
    return select(parts.c[key], *sums, size).group_by(parts.c[key])
