"""Statements that find a scenario by its name. Nothing here runs one."""

from __future__ import annotations

from functools import cache

from sqlalchemy import ScalarSelect, Select, bindparam, select

from swarmstore.db.dialects.column_types import Bytes
from swarmstore.db.schema.sessions import Scenario


@cache
def scenario_by_hash() -> Select[int, str]:
    """Id and name of the scenario with parameter `name_hash`."""
    return select(Scenario.id, Scenario.name).where(Scenario.name_hash == bindparam("name_hash", type_=Bytes))


@cache
def id_by_hash() -> ScalarSelect[int]:
    """The id of the scenario with parameter `name_hash`, NULL where there is none."""
    table = Scenario.table
    with_hash = table.c.name_hash == bindparam("name_hash", type_=Bytes)
    return select(table.c.id).where(with_hash).scalar_subquery()
