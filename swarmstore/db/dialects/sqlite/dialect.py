"""SQLite: a file with one writer at a time, and no round trips."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence, Set
from contextlib import contextmanager, suppress
from typing import ClassVar

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection

from swarmstore.db.dialects.base import Access, DatabaseDialect
from swarmstore.db.dialects.sqlite import bulk_write, online_backup
from swarmstore.db.dialects.sqlite.bulk_read import groups_of
from swarmstore.db.dialects.sqlite.engine import sqlite_engine
from swarmstore.db.dialects.sqlite.turns import take_from_this_thread
from swarmstore.errors import CorruptStoreError
from swarmstore.settings import Settings

_SEEN = "names seen"  # in what is known of a connection: ids of sequences, and the version that they were in
_SEEN_AT_MOST = 200_000  # some 10 MB


class SQLite(DatabaseDialect):
    """See `DatabaseDialect`."""

    name = "sqlite"
    title = "SQLite"
    version_query = "SELECT sqlite_version()"
    has_schemas = False
    writes_in_one_statement = False
    has_one_writer = True
    keys_name_scenario = False
    options: ClassVar = {
        Access.READING: {},
        Access.LOOKING: {"sqlite_begin": None},
        # from their beginning: a reader that turns into a writer cannot wait, it fails at once
        Access.WRITING: {"sqlite_begin": "IMMEDIATE"},
        Access.WRITING_AT_ONCE: {"sqlite_begin": "IMMEDIATE"},  # a save takes several statements
    }

    insert = staticmethod(sqlite.insert)
    make_engine = staticmethod(sqlite_engine)
    insert_rows = staticmethod(bulk_write.insert_rows)
    insert_with_its_own = staticmethod(bulk_write.insert_with_its_own)
    groups_of = staticmethod(groups_of)
    copy_to_file = staticmethod(online_backup.copy_to_file)
    copy_from_file = staticmethod(online_backup.copy_from_file)
    interrupted = staticmethod(take_from_this_thread)

    @contextmanager
    def migrating(self, engine: sa.Engine, _settings: Settings) -> Iterator[sa.Connection]:
        """A transaction that writes, without checks of references until its end."""
        with self.engine_for(Access.WRITING, engine).connect() as connection:
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
            finally:  # the pool has it again, unless an interrupt has cost it
                with suppress(sqlite3.ProgrammingError):
                    driver.execute("PRAGMA foreign_keys=ON")

    def end_transaction(self, connection: DBAPIConnection) -> None:
        """Roll back: a connection that is closed keeps its locks as long as it has a cursor."""
        connection.rollback()

    def reserve_ids(self, connection: sa.Connection, table: sa.Table, highest: int) -> None:
        """Write the greatest id where AUTOINCREMENT keeps it."""
        if table.dialect_options[self.name]["autoincrement"]:
            row = {"table": table.name, "highest": highest}
            raised = "UPDATE sqlite_sequence SET seq = max(seq, :highest) WHERE name = :table"
            if not connection.execute(sa.text(raised), row).rowcount:
                new = "INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :highest)"
                connection.execute(sa.text(new), row)

    def every_id_is_in(self, column: sa.ColumnElement[int], parameter: str) -> sa.ColumnElement[bool]:
        """None of a JSON list is missing."""
        ids_of = sa.func.json_each(sa.bindparam(parameter, type_=sa.Text)).table_valued("value")
        missing = sa.select(ids_of.c.value).where(~sa.exists().where(column == ids_of.c.value))
        return ~missing.exists()

    def all_of_ids(self, ids: Set[int]) -> object:
        """A JSON list, which msgspec writes in a seventh of json's time."""
        return msgspec.json.encode(list(ids)).decode()

    def unseen_ids(self, connection: sa.Connection, ids: Set[int]) -> Set[int]:
        """Those not seen since somebody else last wrote, in a transaction that may write.

        Looking for all names of a session's actions again is a twelfth of a save. SQLite tells a connection
        whether another one has committed, a restored backup included; names never leave otherwise.
        """
        (version,) = connection.connection.execute("PRAGMA data_version").fetchone()
        seen: set[int]
        seen_at, seen = connection.info.get(_SEEN, (None, set()))
        if version != seen_at or len(seen) > _SEEN_AT_MOST:
            seen = set()
            connection.info[_SEEN] = version, seen
        return ids - seen

    def have_seen_ids(self, connection: sa.Connection, ids: Iterable[int]) -> None:
        """Remember ids that were found in the transaction that has asked what was seen."""
        _, seen = connection.info[_SEEN]
        seen.update(ids)

    def weight_table(self) -> sa.FromClause:
        """A JSON list of pairs."""
        pairs = sa.func.json_each(sa.bindparam("weighted", type_=sa.Text)).table_valued("value")
        weight = sa.cast(sa.func.json_extract(pairs.c.value, "$[1]"), sa.Double)
        weighted = sa.select(
            sa.cast(sa.func.json_extract(pairs.c.value, "$[0]"), sa.BigInteger).label("id"),
            weight.label("weight"),
            (2 * weight).label("twice"),
        ).cte("weighted")
        return weighted.prefix_with("MATERIALIZED")  # else JSON is taken apart for every count of every row

    def weight_parameters(self, ids: Sequence[int], weights: Sequence[float]) -> dict[str, object]:
        """The JSON list."""
        return {"weighted": json.dumps(list(zip(ids, weights, strict=True)))}

    def for_people(self) -> sa.Dialect:
        """The driver's own."""
        return sqlite.dialect()


DIALECT = SQLite()
