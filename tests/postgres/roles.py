"""Real roles on the test server: made for one test, gone after it with all they own."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import make_url

_PASSWORD = "hunter2"


@dataclass
class Roles:
    """Roles for one database, whose URL is that of a superuser."""

    database: str
    made: list[str] = field(default_factory=list)

    def new(self, name: str = "role") -> str:
        """A role that may log in and nothing else; its name begins with `name`."""
        role = f"{name}_{uuid.uuid4().hex[:8]}"
        statement = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
        self.execute(statement.format(sql.Identifier(role), sql.Literal(_PASSWORD)))
        self.made.append(role)
        return role

    def url(self, role: str) -> str:
        """The database's URL as this role."""
        url = make_url(self.database).set(username=role, password=_PASSWORD)
        return url.render_as_string(hide_password=False)

    def execute(self, statement: str | sql.Composed, role: str | None = None) -> None:
        """Run a statement and commit, as this role or as the superuser."""
        url = self.database if role is None else self.url(role)
        with connected(url) as connection:
            connection.execute(statement if isinstance(statement, sql.Composed) else statement.encode())


@contextlib.contextmanager
def connected(url: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection to the database of an URL for SQLAlchemy; commits unless something is raised."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain) as connection:
        yield connection


@contextlib.contextmanager
def roles_of(database: str) -> Iterator[Roles]:
    """Roles that are dropped at the end."""
    roles = Roles(database)
    try:
        yield roles
    finally:
        for role in reversed(roles.made):
            name = sql.Identifier(role)
            roles.execute(sql.SQL("DROP OWNED BY {} CASCADE").format(name))
            roles.execute(sql.SQL("DROP ROLE {}").format(name))
