"""A stream ends well: through a pooler, and when the server goes away in its midst."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy import make_url

from swarmstore import LearningStore, SqlStorage, StoreUnavailableError
from tests.helpers.internals import database_of
from tests.helpers.many_rows import fill


def test_a_stream_passes_a_pooler(pgbouncer_url: str, url_behind_pgbouncer: str) -> None:
    fill(url_behind_pgbouncer, 30, 1000)
    with LearningStore.open(pgbouncer_url, pooler=True) as store:
        with store.frame_batches("transitions") as batches:
            assert sum(batch.num_rows for batch in batches) == 30_000
        assert store.frame("transitions").num_rows == 30_000


def test_a_server_that_goes_away_is_said_and_the_next_stream_is_whole(migrated_postgres_url: str) -> None:
    fill(migrated_postgres_url, 50, 1000)
    direct = make_url(migrated_postgres_url).set(drivername="postgresql")
    others = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with (
        LearningStore.open(migrated_postgres_url) as store,
        psycopg.connect(direct.render_as_string(hide_password=False), autocommit=True) as server,
    ):

        def read_while_the_server_goes_away() -> None:
            with store.frame_batches("transitions") as batches:
                for _ in batches:
                    server.execute(others)

        with pytest.raises(StoreUnavailableError):
            read_while_the_server_goes_away()
        assert isinstance(store.storage, SqlStorage)
        assert database_of(store.storage).engine.pool.checkedout() == 0  # type: ignore[attr-defined]
        server.execute(others)  # and once more: the pool's connections are gone now
        assert store.frame("transitions").num_rows == 50_000
