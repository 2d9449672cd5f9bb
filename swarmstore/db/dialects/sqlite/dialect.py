"""SQLite: a file with one writer at a time, and no round trips."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import msgspec
from sqlalchemy import (
    URL,
    BigInteger,
    ColumnElement,
    Connection,
    Dialect,
    Double,
    Engine,
    FromClause,
    Insert,
    Select,
    Table,
    Text,
    bindparam,
    cast,
    exists,
    func,
    select,
    text,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session

from swarmstore.db.dialects.base import DatabaseDialect, Groups, NewRows
from swarmstore.db.dialects.database_file import OpenedFile
from swarmstore.db.dialects.sqlite import bulk_write
from swarmstore.db.dialects.sqlite.bulk_read import grouped
from swarmstore.db.dialects.sqlite.engine import sqlite_engine
from swarmstore.db.dialects.sqlite.known_names import NamesSeen
from swarmstore.db.dialects.sqlite.turns import take_from_this_thread
from swarmstore.errors import CorruptStoreError
from swarmstore.settings import Settings


class SQLite(DatabaseDialect):
    """See `DatabaseDialect`."""

    name = "sqlite"
    title = "SQLite"
    has_schemas = False
    writes_in_one_statement = False
    has_one_writer = True

    def make_engine(
        self, url: URL, settings: Settings, file: OpenedFile | None, *, as_found: bool, pooled: bool
    ) -> Engine:
        """An engine for a file, or for a database in memory."""
        return sqlite_engine(url, settings, file, as_found=as_found, pooled=pooled)

    def reading(self, engine: Engine, seconds: float | None = None) -> Engine:
        """Transactions as they are; nothing in them waits for a server."""
        del seconds
        return engine

    def looking(self, engine: Engine, seconds: float | None = None) -> Engine:
        """Statements without a transaction."""
        del seconds
        return engine.execution_options(sqlite_begin=None)

    def writing(self, engine: Engine, seconds: float | None = None) -> Engine:
        """Transactions that write from their beginning: a reader that turns into a writer cannot wait."""
        del seconds
        return engine.execution_options(sqlite_begin="IMMEDIATE")

    def writing_at_once(self, engine: Engine, seconds: float | None = None) -> Engine:
        """Transactions all the same: a save takes several statements."""
        return self.writing(engine, seconds)

    @contextmanager
    def migrating(self, engine: Engine, settings: Settings) -> Iterator[Connection]:
        """A transaction that writes, without checks of references until its end."""
        del settings
        with self.writing(engine).connect() as connection:
            driver = connection.connection.driver_connection
            if driver is None:
                raise CorruptStoreError("the connection was closed while it was prepared; try again")
            # before the transaction, inside which it is ignored: rebuilding a table that others refer
            # to would delete their rows
            driver.execute("PRAGMA foreign_keys=OFF")
            try:
                with connection.begin():
                    yield connection
                    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
                    if broken is not None:
                        raise CorruptStoreError(
                            f"the migration would leave rows of {broken[0]} without their parent"
                        )
            finally:  # the pool has it again
                driver.execute("PRAGMA foreign_keys=ON")

    def apart(self, session: Session) -> AbstractContextManager[object]:
        """Nothing: a transaction goes on after an error."""
        del session
        return nullcontext()

    def among(self, connection: Connection, schema: str) -> AbstractContextManager[None]:
        """Nothing: there are no schemas."""
        del connection, schema
        return nullcontext()

    def end_transaction(self, connection: Any) -> None:
        """Roll back: a connection that is closed keeps its locks as long as it has a cursor."""
        connection.rollback()

    def interrupted(self, engine: Engine) -> None:
        """Its turn."""
        take_from_this_thread(engine)

    def version(self, session: Session) -> str:
        """The library's."""
        return str(session.scalar(text("SELECT sqlite_version()")))

    def reserve_ids(self, connection: Connection, table: Table, highest: int) -> None:
        """Write the greatest id where AUTOINCREMENT keeps it."""
        if table.dialect_options[self.name]["autoincrement"]:
            row = {"table": table.name, "highest": highest}
            raised = "UPDATE sqlite_sequence SET seq = max(seq, :highest) WHERE name = :table"
            if not connection.execute(text(raised), row).rowcount:
                new = "INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :highest)"
                connection.execute(text(new), row)

    def insert_rows(self, connection: Connection, rows: Sequence[NewRows]) -> None:
        """By the driver's own loop."""
        if rows:
            bulk_write.insert_lots(connection, rows)

    def insert_with_its_own(
        self,
        connection: Connection,
        header: Insert,
        values: Mapping[str, Any],
        its_own: Callable[[Sequence[Any]], Sequence[NewRows]],
    ) -> Sequence[Any] | None:
        """By the driver's own loop."""
        return bulk_write.insert_with_its_own(connection, header, values, its_own)

    def insert_headers(
        self, connection: Connection, header: Insert, rows: Sequence[Mapping[str, Any]]
    ) -> list[Sequence[Any] | None]:
        """By the driver's own loop."""
        return bulk_write.insert_headers(connection, header, rows)

    def groups_of(
        self,
        connection: Connection,
        statements: Sequence[Select[Any]],
        parameters: Mapping[str, Any],
        *,
        computed: bool = False,
    ) -> list[Groups]:
        """A statement after the other."""
        return [grouped(connection, statement, parameters, computed=computed) for statement in statements]

    def every_id_is_in(self, column: ColumnElement[int], parameter: str) -> ColumnElement[bool]:
        """None of a JSON list is missing."""
        ids_of = func.json_each(bindparam(parameter, type_=Text)).table_valued("value")
        missing = select(ids_of.c.value).where(~exists().where(column == ids_of.c.value))
        return ~missing.exists()

    def all_of_ids(self, ids: Set[int]) -> Any:
        """A JSON list, which msgspec writes in a seventh of json's time."""
        return msgspec.json.encode(list(ids)).decode()

    def unseen_ids(self, connection: Connection, ids: Set[int]) -> Set[int]:
        """Those that the connection has not seen since somebody else wrote."""
        return ids - NamesSeen.of(connection).ids

    def have_seen_ids(self, connection: Connection, ids: Iterable[int]) -> None:
        """Remember them for this connection."""
        NamesSeen.add(connection, ids)

    def weight_table(self) -> FromClause:
        """A JSON list of pairs."""
        pairs = func.json_each(bindparam("weighted", type_=Text)).table_valued("value")
        weight = cast(func.json_extract(pairs.c.value, "$[1]"), Double)
        weighted = select(
            cast(func.json_extract(pairs.c.value, "$[0]"), BigInteger).label("id"),
            weight.label("weight"),
            (2 * weight).label("twice"),
        ).cte("weighted")
        return weighted.prefix_with("MATERIALIZED")  # else JSON is taken apart for every count of every row

    def weight_parameters(self, ids: Sequence[int], weights: Sequence[float]) -> dict[str, Any]:
        """The JSON list."""
        return {"weighted": json.dumps(list(zip(ids, weights, strict=True)))}

    def for_people(self) -> Dialect:
        """The driver's own."""
        return sqlite.dialect()

    def view_query(self, name: str, query: str) -> str:
        """The query as SQLite reads it, and for DuckDB's parser one that DuckDB has SQLite answer.

        DuckDB reads the text of a SQLite view as SQL of its own. It fails at functions that only SQLite
        has and at columns of any type, or writes a query for SQLite that SQLite cannot read. What it
        cannot bind it hands to SQLite, so it is given a plain query of the view itself, behind a function
        that it lacks: what stands first is bound first. Comments nest for DuckDB and do not for SQLite, so
        each reads its part.
        """
        asked = f"SELECT {name}.* FROM (SELECT sqlite_source_id()) AS once, {name}"  # noqa: S608
        return f"/* /* */ -- */ {asked}\n/* /* */\n{query}\n-- */"


DIALECT = SQLite()
