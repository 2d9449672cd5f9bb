"""What a database has to do for a store, and which database is meant.

Its folder here keeps this promise, is loaded when the first store uses it, and nothing else names it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import AbstractContextManager, nullcontext
from enum import Enum
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, TypeAlias

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session

from swarmstore.db.dialects.database_file import OpenedFile
from swarmstore.loading import loading
from swarmstore.settings import Settings

Values: TypeAlias = Sequence[Any]
"""The values of a row or of a column, of types that the statement knows."""
Statement: TypeAlias = sa.Select[*tuple[Any, ...]]
"""A statement whose columns are known to who runs it."""
Expression: TypeAlias = sa.ColumnElement[Any]
"""A column, or what is made of some, whose type is known to who builds the statement."""
Parameters: TypeAlias = Mapping[str, object]
Groups: TypeAlias = Iterator[tuple[int, Sequence[Values]]]
"""Groups of rows, each with its columns."""


class NewRows(NamedTuple):
    """Rows given by column; `constants` are the same in each. The first column must have no None."""

    table: sa.Table
    constants: Parameters
    columns: Mapping[str, Values]
    skip_taken: bool = False

    def __bool__(self) -> bool:
        return any(self.columns.values())


class Access(Enum):
    """What an engine is for. The answers of a server end in time."""

    READING = "transactions that only read, all from one snapshot"
    LOOKING = "statements of which each is a snapshot of its own, in no transaction"
    WRITING = "transactions that write"
    WRITING_AT_ONCE = "single statements that write, each a transaction of its own where that can be"


class DatabaseDialect(ABC):
    """One kind of database: what it is able to do, and how it does what the others do otherwise."""

    name: str
    """SQLAlchemy's name of it."""
    title: str
    """Its own name."""
    version_query: str
    """What it answers with its version."""
    has_schemas: bool
    """Tables have a schema, and roles privileges. Such a database is set up by `upgrade` alone."""
    writes_in_one_statement: bool
    """Arrays and WITH let one statement write to many tables: else round trips cost nothing."""
    has_one_writer: bool
    """Its file has one transaction that writes at a time, and its driver works in the caller's thread."""
    keys_name_scenario: bool
    """Keys of rows that others belong to name the scenario beside the id: see `row_keys`."""
    insert: Callable[[sa.Table], Any]
    """Makes SQLAlchemy's INSERT that knows ON CONFLICT: see `functions.insert`."""
    options: ClassVar[Mapping[Access, Parameters]]
    """The execution options of engines, by what they are for."""

    # connections and transactions

    def driver_options(self, url: sa.URL) -> Mapping[str, str]:
        """What the driver would take from elsewhere than the URL at every connection, but for secrets."""
        del url
        return {}

    @abstractmethod
    def make_engine(
        self,
        url: sa.URL,
        settings: Settings,
        file: OpenedFile | None,
        /,
        *,
        driver_options: Mapping[str, str],
        as_found: bool,
        pooled: bool,
    ) -> sa.Engine:
        """An engine for a database.

        file: the same for all engines of a store; None for a server and in memory.
        driver_options: as the method of this name found them when the store was opened.
        as_found: a file keeps its journal mode, and no statement changes it.
        pooled: False opens a file anew for each connection.
        """

    def engine_for(self, access: Access, engine: sa.Engine, seconds: float | None = None) -> sa.Engine:
        """The engine for what is wanted, whose server answers within these seconds."""
        return engine.execution_options(answer_within=seconds, **self.options[access])

    @abstractmethod
    def migrating(self, engine: sa.Engine, settings: Settings) -> AbstractContextManager[sa.Connection]:
        """A transaction that changes the tables, while nobody else does."""

    def hold_lock(self, connection: sa.Connection, settings: Settings) -> None:
        """Wait for whoever changes the schema; others then wait for this transaction."""
        raise NotImplementedError

    def among(self, connection: sa.Connection, schema: str) -> AbstractContextManager[None]:
        """Within it names without a schema, and Alembic's comparison, mean this one."""
        del connection, schema
        return nullcontext()

    def end_transaction(self, connection: DBAPIConnection) -> None:
        """End what the driver's connection has begun, where closing it does not do so at once."""
        del connection

    def interrupted(self, engine: sa.Engine) -> None:
        """Take back what an interrupted call of this thread may hold beside connections."""
        del engine

    def wait_for_who_empties(self, connection: sa.Connection, table: sa.Table) -> None:
        """Wait for a transaction that empties or replaces a table, before this one sees anything."""
        del connection, table

    @abstractmethod
    def copy_to_file(self, engine: sa.Engine, path: Path, seconds: float) -> None:
        """Copy the whole database, as it is at one moment, into a new file, and check that.

        Raises ConfigurationError for a server, CorruptStoreError.
        """

    @abstractmethod
    def copy_from_file(self, engine: sa.Engine, path: Path, seconds: float) -> None:
        """Replace all that is in the database by such a copy, for all who have it open. Raises likewise."""

    # what it is

    def version(self, session: Session) -> str:
        """Its version, as the server or library says it."""
        return str(session.scalar(sa.text(self.version_query)))

    def check_session(self, session: Session, settings: Settings) -> None:
        """Refuse a session in which values would change. Raises ConfigurationError."""
        del session, settings

    def check_new(self, session: Session) -> None:
        """Refuse a database that cannot hold a store. Raises ConfigurationError."""
        del session

    def spreads(self, connection: sa.Connection | sa.Engine) -> bool:
        """Whether tables may be spread over servers, by scenario.

        There statements name the scenario (`spread_or`), which is looked up first, and lock rows of one
        scenario at a time.
        """
        del connection
        return False

    def take_turn(self, connection: sa.Connection) -> None:
        """Wait for whoever else adds names, where tables are spread: none can be skipped there."""
        del connection

    def commit_whole_servers(self, connection: sa.Connection) -> None:
        """Have all that this transaction writes on one server appear there at once, where tables are spread.

        Servers one after the other even so.
        """
        del connection

    def distribute(
        self,
        connection: sa.Connection,
        schema: str,
        whole: Sequence[str],
        spread: Sequence[str],
        /,
        *,
        dry_run: bool,
    ) -> list[str]:
        """Have every server keep some tables whole, and spread others by scenario; those that this changes.

        spread: the first is what the others are kept beside. dry_run: change nothing.
        Raises ConfigurationError where that cannot be.
        """
        raise NotImplementedError

    # rows that go in

    @abstractmethod
    def insert_rows(self, connection: sa.Connection, rows: Sequence[NewRows]) -> None:
        """Insert rows, table by table, by columns: in the quickest way. None of them is empty."""

    def insert_with_its_own(
        self,
        connection: sa.Connection,
        header: sa.Insert,
        values: Parameters,
        its_own: Callable[[Values], Sequence[NewRows]],
    ) -> Values | None:
        """Insert a row, and the rows that belong to it; what `header` returns, None for no row.

        its_own: makes those rows of what `header` returns. For a database that does not write in one
        statement.
        """
        raise NotImplementedError

    @abstractmethod
    def reserve_ids(self, connection: sa.Connection, table: sa.Table, highest: int) -> None:
        """Have the database give out only ids above this one, for a table whose ids it gives out once."""

    # rows that come out

    @abstractmethod
    def groups_of(
        self,
        connection: sa.Connection,
        statements: Sequence[Statement],
        parameters: Parameters,
        *,
        computed: bool = False,
    ) -> list[Groups]:
        """Of each statement, whose rows `(group, key, values …)` come in this order: each group's columns.

        Rows are fetched at once, and become columns when a group is taken. The statements group nothing
        themselves. computed: their rows are worked out, not only read.
        """

    # many ids, and weights, as parameters

    @abstractmethod
    def every_id_is_in(self, column: sa.ColumnElement[int], parameter: str) -> sa.ColumnElement[bool]:
        """Whether all of the ids in a parameter are in a column; see `all_of_ids`."""

    @abstractmethod
    def all_of_ids(self, ids: Set[int]) -> object:
        """The parameter of `every_id_is_in`."""

    def unseen_ids(self, connection: sa.Connection, ids: Set[int]) -> Set[int]:
        """Those of these ids of action sequences that this connection does not know to be there."""
        del connection
        return ids

    def have_seen_ids(self, connection: sa.Connection, ids: Iterable[int]) -> None:
        """Remember ids that were found in the same transaction."""
        del connection, ids

    @abstractmethod
    def weight_table(self) -> sa.FromClause:
        """Sessions with their weights, columns `id`, `weight` and `twice`; see `weight_parameters`."""

    @abstractmethod
    def weight_parameters(self, ids: Sequence[int], weights: Sequence[float]) -> dict[str, object]:
        """The parameters of a statement on `weight_table`, however many sessions there are."""

    # SQL that people read

    @abstractmethod
    def for_people(self) -> sa.Dialect:
        """SQLAlchemy's dialect for statements that a person runs."""


@cache
def dialect_named(name: str) -> DatabaseDialect:
    """The database of this name."""
    with loading():
        dialect: DatabaseDialect = import_module(f"{__package__}.{name}.dialect").DIALECT
    return dialect


def dialect_of(bind: Session | sa.Connection | sa.Engine) -> DatabaseDialect:
    """The database that this one talks to."""
    engine = bind.get_bind() if isinstance(bind, Session) else bind
    return dialect_named(engine.dialect.name)


def insert_rows(connection: sa.Connection, *rows: NewRows) -> None:
    """Insert rows, table by table, in the database's quickest way. No rows, no statement."""
    if some := list(filter(None, rows)):
        dialect_of(connection).insert_rows(connection, some)
