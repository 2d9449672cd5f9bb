"""PostgreSQL: many processes at once, statements on whole columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import (
    URL,
    BigInteger,
    ColumnElement,
    Connection,
    Dialect,
    Double,
    Engine,
    FromClause,
    Select,
    Table,
    any_,
    bindparam,
    func,
    select,
    text,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from swarmstore.db.dialects.base import DatabaseDialect, Groups, NewRows
from swarmstore.db.dialects.database_file import OpenedFile
from swarmstore.db.dialects.packed_arrays import PackedArray, given_rows
from swarmstore.db.dialects.postgresql import schemas, session_settings
from swarmstore.db.dialects.postgresql.bulk_write import insert_arrays
from swarmstore.db.dialects.postgresql.engine import postgresql_engine
from swarmstore.db.dialects.postgresql.packed_answers import packed_groups
from swarmstore.settings import Settings


class PostgreSQL(DatabaseDialect):
    """See `DatabaseDialect`."""

    name = "postgresql"
    title = "PostgreSQL"
    has_schemas = True
    writes_in_one_statement = True
    has_one_writer = False

    def make_engine(
        self, url: URL, settings: Settings, file: OpenedFile | None, *, as_found: bool, pooled: bool
    ) -> Engine:
        """An engine with a pool of connections; there is no file, and nothing to leave as it is found."""
        del file, as_found, pooled
        return postgresql_engine(url, settings)

    def reading(self, engine: Engine, seconds: float | None = None) -> Engine:
        """Transactions in REPEATABLE READ, which cannot write."""
        return engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True, answer_within=seconds
        )

    def looking(self, engine: Engine, seconds: float | None = None) -> Engine:
        """Statements in autocommit."""
        return engine.execution_options(isolation_level="AUTOCOMMIT", answer_within=seconds)

    def writing(self, engine: Engine, seconds: float | None = None) -> Engine:
        """Transactions in READ COMMITTED."""
        return engine.execution_options(answer_within=seconds)

    def writing_at_once(self, engine: Engine, seconds: float | None = None) -> Engine:
        """Statements in autocommit, which spare the round trips of BEGIN and COMMIT."""
        return self.looking(engine, seconds)

    def migrating(self, engine: Engine, settings: Settings) -> AbstractContextManager[Connection]:
        """A transaction that holds an advisory lock of the schema's."""
        limited = self.writing(engine, settings.maintenance_seconds)  # a server may freeze here, too
        return schemas.changing_schema(limited, settings.schema)

    def hold_lock(self, connection: Connection, schema: str) -> None:
        """An advisory lock."""
        schemas.hold_lock(connection, schema)

    def among(self, connection: Connection, schema: str) -> AbstractContextManager[None]:
        """The schema as search_path."""
        return schemas.in_schema(connection, schema)

    def version(self, session: Session) -> str:
        """The server's."""
        return str(session.scalar(text("SHOW server_version")))

    def check_session(self, session: Session, settings: Settings) -> None:
        """Look at what a pooler's session has set: nothing that is set there stays."""
        if settings.pooler:
            session_settings.check(session)

    def check_new(self, session: Session) -> None:
        """Its encoding is UTF8."""
        session_settings.check_encoding(session)

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

    def insert_rows(self, connection: Connection, rows: Sequence[NewRows]) -> None:
        """A statement a table."""
        for of_table in rows:
            insert_arrays(connection, of_table)

    def groups_of(
        self,
        connection: Connection,
        statements: Sequence[Select[Any]],
        parameters: Mapping[str, Any],
        *,
        computed: bool = False,
    ) -> list[Groups]:
        """All in one answer, packed."""
        del computed
        return packed_groups(connection, statements, parameters)

    def every_id_is_in(self, column: ColumnElement[int], parameter: str) -> ColumnElement[bool]:
        """As many are found as there are in the array."""
        ids = bindparam(parameter, type_=PackedArray(BigInteger()))
        found = select(func.count()).where(column == any_(ids)).scalar_subquery()
        return found == func.cardinality(ids)

    def all_of_ids(self, ids: Set[int]) -> Any:
        """The values of an array."""
        return list(ids)

    def weight_table(self) -> FromClause:
        """Three arrays, side by side."""
        return given_rows("weighted", {"id": BigInteger(), "weight": Double(), "twice": Double()})

    def weight_parameters(self, ids: Sequence[int], weights: Sequence[float]) -> dict[str, Any]:
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
