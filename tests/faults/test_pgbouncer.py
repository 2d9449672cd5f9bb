"""Many clients through a PgBouncer that has two connections to the server, given out by transaction."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from sqlalchemy import make_url

from swarmstore import ConfigurationError, LearningStore, Settings, SqlStorage, diagnose, upgrade
from tests.faults.checks import assert_sound, counted
from tests.postgres.pgbouncer import SERVER_CONNECTIONS
from tests.snapshots import simple

THREADS, SAVES = 16, 8
ADVICE = r"pooler=True or Settings\(pooler=True\), or set SWARMSTORE_POOLER=1 for commands"


def test_more_clients_than_connections_to_the_server(pgbouncer_url: str, url_behind_pgbouncer: str) -> None:
    direct = make_url(url_behind_pgbouncer).set(drivername="postgresql")
    with (
        LearningStore.open(pgbouncer_url, pooler=True, pool_size=THREADS, fold_at=5) as store,
        psycopg.connect(direct.render_as_string(hide_password=False), autocommit=True) as watching,
    ):

        def work(_number: int) -> int:
            for _ in range(SAVES):
                store.save_session("s", simple())
                counted(store, "s")
            return counts_of_clients()

        def counts_of_clients() -> int:
            backends = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            found = watching.execute(backends).fetchone()
            assert found is not None
            return int(found[0]) - 1  # but for the one that watches

        with ThreadPoolExecutor(THREADS) as threads:
            assert max(threads.map(work, range(THREADS))) <= SERVER_CONNECTIONS
        assert counted(store, "s") == len(store.list_sessions("s")) == THREADS * SAVES
        assert_sound(store)


def test_it_is_recognised_where_a_store_is_opened_without_pooler(pgbouncer_url: str) -> None:
    """Else clients would run each other's prepared statements, and read the answers as their own."""
    for way in (LearningStore.open, upgrade, diagnose):
        for _ in range(3):
            with pytest.raises(ConfigurationError, match=ADVICE):
                way(pgbouncer_url)


def test_a_storage_is_told_by_its_settings_alone(pgbouncer_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are what somebody made, whatever the environment says to commands."""
    monkeypatch.setenv("SWARMSTORE_POOLER", "1")
    with pytest.raises(ConfigurationError, match=ADVICE):
        SqlStorage(pgbouncer_url, Settings())
    monkeypatch.delenv("SWARMSTORE_POOLER")
    with SqlStorage(pgbouncer_url, Settings(pooler=True)) as storage:
        assert storage.scenarios() == []


def test_the_environment_says_it_to_commands(pgbouncer_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWARMSTORE_POOLER", "1")
    upgrade(pgbouncer_url)
    with LearningStore.open(pgbouncer_url) as store:
        store.save_session("s", simple())
        assert store.scenarios() == ["s"]
    assert diagnose(pgbouncer_url).findings == []
