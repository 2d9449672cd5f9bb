"""What a row refers to is looked up by its key in a new store as well, whatever else has an index by then."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from swarmstore import LearningStore, upgrade
from swarmstore.db.schema.families import SESSIONS, Kind
from tests.postgres.roles import connected
from tests.snapshots import full

SAVED = 40

# The statement by which PostgreSQL checks a foreign key, as it plans it once for a connection
_REFERENCES = """
SELECT con.conname, con.confrelid::regclass::text,
       array(SELECT attname::text FROM unnest(con.confkey) WITH ORDINALITY AS key(number, place)
             JOIN pg_attribute ON attrelid = con.confrelid AND attnum = number ORDER BY place)
FROM pg_constraint con JOIN pg_namespace n ON n.oid = con.connamespace
WHERE con.contype = 'f' AND n.nspname = 'swarmstore' ORDER BY 1
"""
_READ = """
SELECT (SELECT sum(idx_tup_read) FROM pg_stat_user_indexes WHERE relname = 'sessions')
     + (SELECT sum(seq_tup_read) FROM pg_stat_user_tables WHERE relname = 'sessions')
"""


@pytest.fixture
def connection(postgres_url: str) -> Iterator[psycopg.Connection[Any]]:
    upgrade(postgres_url)
    with connected(postgres_url) as opened:
        yield opened


def test_a_reference_is_looked_up_by_the_whole_key_while_tables_are_empty(
    connection: psycopg.Connection[Any],
) -> None:
    connection.execute("SET plan_cache_mode = force_generic_plan")
    references = connection.execute(_REFERENCES).fetchall()
    assert len(references) >= len(Kind)
    for name, parent, columns in references:
        wanted = " AND ".join(f"{column} = ${place}" for place, column in enumerate(columns, 1))
        types = ", ".join(["bigint"] * len(columns))
        check = f"SELECT 1 FROM ONLY {parent} x WHERE {wanted} FOR KEY SHARE OF x"
        connection.execute(f"PREPARE {name} ({types}) AS {check}")
        given = ", ".join("1" for _ in columns)
        plan = "\n".join(line for (line,) in connection.execute(f"EXPLAIN EXECUTE {name} ({given})"))
        assert "Filter" not in plan, f"{name}:\n{plan}"
        assert f"pk_{parent.rpartition('.')[2]}" in plan, f"{name}:\n{plan}"


def test_a_save_reads_no_more_sessions_the_more_there_are(
    postgres_url: str, connection: psycopg.Connection[Any]
) -> None:
    snapshot = full()
    with LearningStore.open(postgres_url, fold_at=10_000) as store:  # one connection from the beginning
        for _ in range(SAVED):
            store.save_session("repair", snapshot)
    counts = [f"(SELECT count(*) FROM swarmstore.{table.name})" for table in SESSIONS.facts.values()]
    ((facts, read),) = connection.execute(f"SELECT {' + '.join(counts)}, ({_READ})").fetchall()
    others_of_a_save = 2 * SAVED  # the newest session, sources that are pending
    assert facts > 10 * SAVED
    assert read <= facts + SAVED * others_of_a_save, (read, facts)
