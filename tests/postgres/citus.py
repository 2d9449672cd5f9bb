"""Schemas on a Citus cluster for tests: distributed once, lent, and emptied for the next borrower."""

from __future__ import annotations

import contextlib
import os
import uuid
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from swarmstore import distribute
from swarmstore.db.migrations.runner import upgrade
from swarmstore.db.schema.all_tables import Base
from swarmstore.settings import Settings

VARIABLE = "SWARMSTORE_TEST_CITUS_URL"
URL = os.environ.get(VARIABLE)
"""The coordinator, and a database that has the extension on all servers."""
_FILLED = ("rollups", "publication", "schema_compatibility")  # by `upgrade`


def required_url() -> str:
    """`URL`; without it, what asks is skipped, be it a test or a whole module."""
    if URL is None:
        pytest.skip(f"needs a Citus cluster, whose coordinator is in {VARIABLE}", allow_module_level=True)
    return URL


class Schemas:
    """Distributed schemas, each for one borrower at a time: to make one takes seconds."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._free: list[str] = []
        self._rows: dict[str, str] = {}
        self._all = contextlib.ExitStack()

    @contextlib.contextmanager
    def lent(self) -> Iterator[str]:
        """The name of a schema that is as `upgrade` and `distribute` have left it."""
        name = self._free.pop() if self._free else self._make()
        yield name
        self._empty(name)
        self._free.append(name)

    def close(self) -> None:
        """Drop all of them."""
        self._all.close()

    def _make(self) -> str:
        name = self._all.enter_context(new_schema(self._url))
        upgrade(self._url, Settings(schema=name))
        distribute(self._url, schema=name, dry_run=False)
        with psycopg.connect(self._url) as connection:
            for table in _FILLED:
                rows = sql.SQL("SELECT json_agg(t)::text FROM {} t").format(sql.Identifier(name, table))
                found = connection.execute(rows).fetchone()
                assert found is not None
                self._rows[f"{name}.{table}"] = found[0]
        return name

    def _empty(self, schema: str) -> None:
        with psycopg.connect(self._url) as connection:
            connection.execute("SET LOCAL citus.multi_shard_modify_mode = sequential")
            for table in reversed(Base.metadata.sorted_tables):
                place = sql.Identifier(schema, table.name)
                connection.execute(sql.SQL("DELETE FROM {}").format(place))
                rows = self._rows.get(f"{schema}.{table.name}")
                if rows is not None:
                    restored = sql.SQL(
                        "INSERT INTO {} SELECT * FROM json_populate_recordset(NULL::{}, {})"
                    ).format(place, place, sql.Literal(rows))
                    connection.execute(restored)
            for table_name in ("sessions", "baselines", "scenarios"):
                sequence = sql.Literal(f'"{schema}".{table_name}_id_seq')
                connection.execute(sql.SQL("SELECT setval({}, 1, false)").format(sequence))


@contextlib.contextmanager
def new_schema(url: str) -> Iterator[str]:
    """A name for a schema, which is dropped behind the block."""
    name = f"swarmstore_{uuid.uuid4().hex[:12]}"
    try:
        yield name
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(name)))
