"""PostgreSQL: many processes at once, statements on whole columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from contextlib import contextmanager
from functools import cache
from hashlib import blake2b
from math import ceil
from pathlib import Path
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from sqlalchemy.schema import CreateSchema

from swarmstore.db.dialects.base import Access, DatabaseDialect, NewRows
from swarmstore.db.dialects.packed_arrays import PackedArray, given_rows
from swarmstore.db.dialects.postgresql import session_settings
from swarmstore.db.dialects.postgresql.engine import postgresql_engine
from swarmstore.db.dialects.postgresql.environment import driver_options
from swarmstore.db.dialects.postgresql.packed_answers import groups_of
from swarmstore.errors import ConfigurationError
from swarmstore.loading import loading
from swarmstore.settings import Settings

_MIGRATING = 60  # seconds to wait at most for another process that does
_IN_USE = 5  # for a table that is: waiting DDL would hold up everybody behind it


class PostgreSQL(DatabaseDialect):
    """See `DatabaseDialect`."""

    name = "postgresql"
    title = "PostgreSQL"
    version_query = "SHOW server_version"
    has_schemas = True
    writes_in_one_statement = True
    has_one_writer = False
    keys_name_scenario = True
    options: ClassVar = {
        Access.READING: {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
        Access.LOOKING: {"isolation_level": "AUTOCOMMIT"},
        Access.WRITING: {},  # in READ COMMITTED
        Access.WRITING_AT_ONCE: {"isolation_level": "AUTOCOMMIT"},  # no round trips of BEGIN and COMMIT
    }

    insert = staticmethod(insert)
    driver_options = staticmethod(driver_options)
    make_engine = staticmethod(postgresql_engine)
    check_new = staticmethod(session_settings.check_encoding)
    groups_of = staticmethod(groups_of)

    @contextmanager
    def migrating(self, engine: sa.Engine, settings: Settings) -> Iterator[sa.Connection]:
        """A transaction that holds the schema's lock; the schema is made where it is missing."""
        # a server may freeze here, too
        limited = self.engine_for(Access.WRITING, engine, settings.maintenance_seconds)
        plain = limited.execution_options(schema_translate_map=None)
        with plain.connect() as connection, connection.begin():
            self.hold_lock(connection, settings)
            # asked first: CREATE SCHEMA IF NOT EXISTS wants the privilege even where it exists
            if not sa.inspect(connection).has_schema(settings.schema):
                connection.execute(CreateSchema(settings.schema))
            with self.among(connection, settings.schema):
                yield connection

    def hold_lock(self, connection: sa.Connection, settings: Settings) -> None:
        """An advisory lock."""
        _set_local(connection, "lock_timeout", f"{ceil(1000 * min(_MIGRATING, settings.timeout_seconds))}ms")
        # of the transaction, not of the session: a pooler may give the session to somebody else
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(lock_key(settings.schema))))
        if self.spreads(connection):  # or tables that refer to others cannot be changed after these
            self.commit_whole_servers(connection)
        _set_local(connection, "lock_timeout", f"{ceil(1000 * min(_IN_USE, settings.timeout_seconds))}ms")

    @contextmanager
    def among(self, connection: sa.Connection, schema: str) -> Iterator[None]:
        """The schema as search_path, within a transaction."""
        _set_local(connection, "search_path", '"' + schema.replace('"', '""') + '"')
        before = connection.dialect.default_schema_name
        connection.dialect.default_schema_name = schema
        try:
            yield
        finally:
            connection.dialect.default_schema_name = before

    def check_session(self, session: Session, settings: Settings) -> None:
        """Look at what a pooler's session has set: nothing that is set there stays."""
        if settings.pooler:
            session_settings.check(session)

    def copy_to_file(self, engine: sa.Engine, path: Path, seconds: float) -> None:
        """Refuse: a server has tools of its own."""
        del engine, path, seconds
        raise ConfigurationError(
            "PostgreSQL has tools of its own: back up with `pg_dump --schema=swarmstore --format=custom`, "
            "restore with `pg_restore` and then `swarmstore doctor --restored`"
        )

    copy_from_file = copy_to_file

    def distribute(self, connection: sa.Connection, *tables: Any, dry_run: bool) -> list[str]:
        """By Citus."""
        with loading():
            from swarmstore.db.dialects.postgresql.citus import distribute

        return distribute(connection, *tables, dry_run=dry_run)

    def spreads(self, connection: sa.Connection | sa.Engine) -> bool:
        """Where Citus is installed, as each connection is told."""
        return bool(getattr(connection.dialect, "spreads", False))

    def take_turn(self, connection: sa.Connection) -> None:
        """By an advisory lock on the coordinator, until the transaction ends on all servers."""
        if self.spreads(connection):
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_key(f"names {_schema(connection)}"))))

    def commit_whole_servers(self, connection: sa.Connection) -> None:
        """By one connection to each: Citus opens several, and commits them one by one."""
        _set_local(connection, "citus.multi_shard_modify_mode", "sequential")

    def wait_for_who_empties(self, connection: sa.Connection, table: sa.Table) -> None:
        """Lock the table as readers do.

        A snapshot that is older than a TRUNCATE sees the table as empty, and a statement takes its
        snapshot before it waits for locks. LOCK takes none. Not where tables are spread: it would go to all
        servers, of which one may be away.
        """
        if self.spreads(connection):
            return
        connection.exec_driver_sql(f"LOCK TABLE {_quoted(connection, table)} IN ACCESS SHARE MODE")

    def reserve_ids(self, connection: sa.Connection, table: sa.Table, highest: int) -> None:
        """Move the identity column's sequence."""
        sequence = sa.func.pg_get_serial_sequence(_quoted(connection, table), "id")
        connection.execute(
            sa.select(sa.func.setval(sequence, sa.func.greatest(highest, sa.func.nextval(sequence))))
        )

    def insert_rows(self, connection: sa.Connection, rows: Sequence[NewRows]) -> None:
        """A statement a table: whole columns as arrays."""
        for some in rows:
            statement = _insert(some.table, tuple(some.constants), tuple(some.columns), some.skip_taken)
            connection.execute(statement, {**some.constants, **some.columns})

    def every_id_is_in(self, column: sa.ColumnElement[int], parameter: str) -> sa.ColumnElement[bool]:
        """As many are found as there are in the array."""
        ids = sa.bindparam(parameter, type_=PackedArray(sa.BigInteger()))
        found = sa.select(sa.func.count()).where(column == sa.any_(ids)).scalar_subquery()
        return found == sa.func.cardinality(ids)

    def all_of_ids(self, ids: Set[int]) -> object:
        """The values of an array."""
        return list(ids)

    def weight_table(self) -> sa.FromClause:
        """Three arrays, side by side."""
        return given_rows("weighted", {"id": sa.BigInteger(), "weight": sa.Double(), "twice": sa.Double()})

    def weight_parameters(self, ids: Sequence[int], weights: Sequence[float]) -> dict[str, object]:
        """The values of the three arrays."""
        return {"id": ids, "weight": weights, "twice": [2 * weight for weight in weights]}

    def for_people(self) -> sa.Dialect:
        """The driver's own doubles every '%'."""
        return postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]


@cache
def _insert(
    table: sa.Table, constants: tuple[str, ...], columns: tuple[str, ...], skip_taken: bool
) -> sa.Insert:
    given = given_rows("given", {name: table.c[name].type for name in columns})
    values = [sa.bindparam(name, type_=table.c[name].type) for name in constants]
    chosen = sa.select(*values, *[given.c[name] for name in columns])
    statement = insert(table).from_select([*constants, *columns], chosen)
    return statement.on_conflict_do_nothing() if skip_taken else statement


def _set_local(connection: sa.Connection, setting: str, value: str) -> None:
    connection.execute(sa.select(sa.func.set_config(setting, value, True)))


def lock_key(schema: str) -> int:
    """The key of the lock of migrations, another one for each schema."""
    return _key(f"migrations {schema}")


def _key(of: str) -> int:
    digest = blake2b(f"swarmstore {of}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _schema(connection: sa.Connection) -> str:
    schema: str = connection.get_execution_options()["schema_translate_map"][None]
    return schema


def _quoted(connection: sa.Connection, table: sa.Table) -> str:
    quote = connection.dialect.identifier_preparer.quote
    return f"{quote(_schema(connection))}.{quote(table.name)}"


DIALECT = PostgreSQL()
