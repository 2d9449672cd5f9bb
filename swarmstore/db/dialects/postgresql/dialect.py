"""PostgreSQL: many processes at once, statements on whole columns."""

from __future__ import annotations

from collections.abc import Sequence, Set
from contextlib import AbstractContextManager
from typing import ClassVar

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Dialect,
    Double,
    Engine,
    FromClause,
    Table,
    any_,
    bindparam,
    func,
    select,
    text,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from swarmstore.db.dialects.base import Access, DatabaseDialect
from swarmstore.db.dialects.packed_arrays import PackedArray, given_rows
from swarmstore.db.dialects.postgresql import schemas, session_settings
from swarmstore.db.dialects.postgresql.bulk_write import insert_rows
from swarmstore.db.dialects.postgresql.engine import postgresql_engine
from swarmstore.db.dialects.postgresql.packed_answers import groups_of
from swarmstore.settings import Settings


class PostgreSQL(DatabaseDialect):
    """See `DatabaseDialect`."""

    name = "postgresql"
    title = "PostgreSQL"
    has_schemas = True
    writes_in_one_statement = True
    has_one_writer = False
    options: ClassVar = {
        Access.READING: {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
        Access.LOOKING: {"isolation_level": "AUTOCOMMIT"},
        Access.WRITING: {},  # in READ COMMITTED
        Access.WRITING_AT_ONCE: {"isolation_level": "AUTOCOMMIT"},  # no round trips of BEGIN and COMMIT
    }

    make_engine = staticmethod(postgresql_engine)
    hold_lock = staticmethod(schemas.hold_lock)
    among = staticmethod(schemas.in_schema)
    check_new = staticmethod(session_settings.check_encoding)
    insert_rows = staticmethod(insert_rows)
    groups_of = staticmethod(groups_of)

    def migrating(self, engine: Engine, settings: Settings) -> AbstractContextManager[Connection]:
        """A transaction that holds an advisory lock of the schema's."""
        # a server may freeze here, too
        limited = self.engine_for(Access.WRITING, engine, settings.maintenance_seconds)
        return schemas.changing_schema(limited, settings.schema)

    def version(self, session: Session) -> str:
        """The server's."""
        return str(session.scalar(text("SHOW server_version")))

    def check_session(self, session: Session, settings: Settings) -> None:
        """Look at what a pooler's session has set: nothing that is set there stays."""
        if settings.pooler:
            session_settings.check(session)

    def wait_for_who_empties(self, connection: Connection, table: Table) -> None:
        """Lock the table as readers do.

        A snapshot that is older than a TRUNCATE sees the table as empty, and a statement takes its
        snapshot before it waits for locks. LOCK takes none.
        """
        connection.exec_driver_sql(f"LOCK TABLE {_quoted(connection, table)} IN ACCESS SHARE MODE")

    def reserve_ids(self, connection: Connection, table: Table, highest: int) -> None:
        """Move the identity column's sequence."""
        sequence = func.pg_get_serial_sequence(_quoted(connection, table), "id")
        connection.execute(select(func.setval(sequence, func.greatest(highest, func.nextval(sequence)))))

    def every_id_is_in(self, column: ColumnElement[int], parameter: str) -> ColumnElement[bool]:
        """As many are found as there are in the array."""
        ids = bindparam(parameter, type_=PackedArray(BigInteger()))
        found = select(func.count()).where(column == any_(ids)).scalar_subquery()
        return found == func.cardinality(ids)

    def all_of_ids(self, ids: Set[int]) -> object:
        """The values of an array."""
        return list(ids)

    def weight_table(self) -> FromClause:
        """Three arrays, side by side."""
        return given_rows("weighted", {"id": BigInteger(), "weight": Double(), "twice": Double()})

    def weight_parameters(self, ids: Sequence[int], weights: Sequence[float]) -> dict[str, object]:
        """The values of the three arrays."""
        return {"id": ids, "weight": weights, "twice": [2 * weight for weight in weights]}

    def for_people(self) -> Dialect:
        """The driver's own doubles every '%'."""
        return postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]


def _quoted(connection: Connection, table: Table) -> str:
    quote = connection.dialect.identifier_preparer.quote
    schema = connection.get_execution_options()["schema_translate_map"][None]
    return f"{quote(schema)}.{quote(table.name)}"


DIALECT = PostgreSQL()
