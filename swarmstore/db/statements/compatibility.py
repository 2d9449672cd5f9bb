"""Statements that ask whether this code may still use the tables. Nothing here runs one."""

from __future__ import annotations

from functools import cache

from sqlalchemy import ColumnElement, Select, literal, select

from swarmstore.db.schema.sessions import SchemaCompatibility
from swarmstore.revisions import REVISION


@cache
def oldest_revision() -> Select[str]:
    """The newest revision that code has to know to use these tables."""
    return select(SchemaCompatibility.table.c.oldest_revision)


@cache
def is_compatible() -> ColumnElement[bool]:
    """Whether code of this revision may use the tables, which an upgrade may change at any time."""
    table = SchemaCompatibility.table
    return select(table.c.id).where(table.c.oldest_revision <= literal(REVISION)).exists()
