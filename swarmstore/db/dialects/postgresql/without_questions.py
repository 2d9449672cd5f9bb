"""SQLAlchemy's dialect, which does not ask a new server what its driver has been told already.

Each question is a round trip before an agent's first load, and they come before anything else.
"""

from __future__ import annotations

from typing import cast

import psycopg
from sqlalchemy import URL, Connection
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.engine.interfaces import DBAPIConnection, IsolationLevel

_DRIVER = "swarmstore"


class WithoutQuestions(PGDialect_psycopg):
    """What these methods are for is in SQLAlchemy's `Dialect` and `DefaultDialect`."""

    supports_statement_cache = True

    def _get_server_version_info(self, connection: Connection) -> tuple[int, ...]:
        return divmod(_info(connection).server_version, 10_000)

    def _get_default_schema_name(self, connection: Connection) -> str:
        del connection
        return "pg_catalog"  # as `session_settings` has it; each statement names its schema

    def get_default_isolation_level(self, dbapi_conn: DBAPIConnection) -> IsolationLevel:
        """The one that every engine is made with."""
        del dbapi_conn
        return "READ COMMITTED"

    def _set_backslash_escapes(self, connection: Connection) -> None:
        found = _info(connection).parameter_status("standard_conforming_strings")
        self._backslash_escapes = found == "off"


def _info(connection: Connection) -> psycopg.ConnectionInfo:
    return cast(psycopg.Connection, connection.connection.dbapi_connection).info


registry.register(f"postgresql.{_DRIVER}", __name__, WithoutQuestions.__name__)


def without_questions(url: URL) -> URL:
    """The URL of the same database for `create_engine`."""
    return url.set(drivername=f"postgresql+{_DRIVER}")
