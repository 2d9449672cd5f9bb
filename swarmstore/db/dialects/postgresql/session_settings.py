"""Settings of a session on PostgreSQL that values depend on, whatever a role or database sets them to.

They are set when a connection is made, by one statement: not in the startup packet's `options`, which
poolers refuse. Behind a transaction pooler nothing that is set stays, so opening looks at them instead.
What only limits a role (timeouts, `default_transaction_read_only`) is left as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.orm import Session

from swarmstore.errors import ConfigurationError
from swarmstore.settings import POOLER_VARIABLE

if TYPE_CHECKING:
    import psycopg

_SET = {
    "extra_float_digits": "3",  # doubles as text come back bit for bit, also before PostgreSQL 12
    "DateStyle": "ISO, MDY",  # psycopg reads no other one
    "IntervalStyle": "postgres",  # as before
    "TimeZone": "UTC",
    "bytea_output": "hex",
    "standard_conforming_strings": "on",
    "array_nulls": "on",
    "transform_null_equals": "off",
    "quote_all_identifiers": "off",  # or SQLAlchemy knows no type of a column
    "search_path": "pg_catalog, pg_temp",  # else somebody's unnest(bigint[]) is nearer than PostgreSQL's own
    "default_transaction_isolation": "read committed",
    "default_transaction_deferrable": "off",
}
# foreign keys are triggers, which this switches off; only a superuser may set it, or set it back
_TRIGGERS = ("session_replication_role", "origin")

_SPREADS = "pg_catalog.to_regclass('pg_catalog.pg_dist_partition') IS NOT NULL"  # by Citus
_STATEMENT = (
    "SELECT CASE WHEN pg_catalog.pg_backend_pid() OPERATOR(pg_catalog.=) {{}} THEN pg_catalog.concat({}, "
    "CASE WHEN {} <> '{}' THEN {} END) END, {}"
).format(
    ", ".join(f"pg_catalog.set_config('{name}', '{value}', false)" for name, value in _SET.items()),
    f"pg_catalog.current_setting('{_TRIGGERS[0]}')",
    _TRIGGERS[1],
    "pg_catalog.set_config('{}', '{}', false)".format(*_TRIGGERS),
    _SPREADS,
)

_RELIED_ON: dict[str, tuple[Callable[[str], bool], str]] = {
    "extra_float_digits": (lambda found: int(found) > 0, "1"),
    "DateStyle": (lambda found: found.startswith("ISO"), "ISO"),
    "quote_all_identifiers": (lambda found: found == "off", "off"),
    _TRIGGERS[0]: (lambda found: found == _TRIGGERS[1], _TRIGGERS[1]),
}
_ENCODING = text("SELECT current_setting('server_encoding')")
_FOUND = text(
    "SELECT name, setting, source, current_user, current_database() FROM pg_settings"
    " WHERE name = ANY (:names)"
)


def pin(connection: psycopg.Connection) -> bool:
    """Set them all on a new connection, which has to be to one server; whether that may spread tables.

    Raises ConfigurationError where a pooler answers, which gives out numbers of processes of its own.
    """
    found = _first(connection, _STATEMENT.format(connection.info.backend_pid))
    if found is None or found[0] is None:
        raise ConfigurationError(
            "there is a pooler such as PgBouncer in between, which may share a session among clients; open "
            f"the store with pooler=True or Settings(pooler=True), or set {POOLER_VARIABLE}=1 for commands"
        )
    return bool(found[1])


def check(session: Session) -> None:
    """Refuse what a pooler gives where others have set something that would change values.

    Raises ConfigurationError.
    """
    found = session.execute(_FOUND, {"names": list(_RELIED_ON)}).all()
    quote = session.get_bind().dialect.identifier_preparer.quote
    for name, setting, source, role, database in sorted(map(tuple, found)):
        accepted, wanted = _RELIED_ON[name]
        if accepted(setting):
            continue
        where = "in this process's environment (PGOPTIONS and the like)" if source == "client" else source
        raise ConfigurationError(
            f"{name} is {setting!r} behind this pooler (source: {where}), and would change values; run "
            f"`ALTER ROLE {quote(role)} IN DATABASE {quote(database)} SET {name} = '{wanted}'`"
        )


def look(connection: psycopg.Connection) -> bool:
    """Whether the server may spread tables, where nothing is set, as behind a pooler."""
    found = _first(connection, f"SELECT {_SPREADS}")
    return bool(found and found[0])


def _first(connection: psycopg.Connection, statement: str) -> tuple[object, ...] | None:
    connection.autocommit = True  # else settings would go with the first transaction that is rolled back
    found: tuple[object, ...] | None = connection.execute(statement.encode()).fetchone()
    connection.autocommit = False
    return found


def check_encoding(session: Session) -> None:
    """Refuse a database that cannot hold any name. Raises ConfigurationError."""
    found = session.scalar(_ENCODING)
    if found != "UTF8":
        raise ConfigurationError(
            f"the database's encoding is {found} and not UTF8, so names that it lacks could not be saved; "
            "make one by `CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0` and upgrade that"
        )
