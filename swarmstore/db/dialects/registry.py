"""Which kind of database is meant: each is a folder here, loaded when the first store uses it."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from swarmstore.db.dialects.base import DatabaseDialect, NewRows

NAMES = ("postgresql", "sqlite")


@cache
def dialect_named(name: str) -> DatabaseDialect:
    """The database of this name, which is SQLAlchemy's."""
    dialect: DatabaseDialect = import_module(f"{__package__}.{name}.dialect").DIALECT
    return dialect


def insert_rows(connection: Connection, *rows: NewRows) -> None:
    """Insert rows, table by table, in the database's quickest way. No rows, no statement."""
    if some := list(filter(None, rows)):
        dialect_of(connection).insert_rows(connection, some)


def dialect_of(bind: Session | Connection | Engine) -> DatabaseDialect:
    """The database that this one talks to."""
    engine = bind.get_bind() if isinstance(bind, Session) else bind
    return dialect_named(engine.dialect.name)
