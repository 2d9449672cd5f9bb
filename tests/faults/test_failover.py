"""A failover leaves connections to a server that only reads now: they go, and the next attempt writes."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from swarmstore import LearningSnapshot, LearningStore, NotPermittedError, OfflineModel, SqlStorage
from swarmstore.db.migrations.runner import upgrade
from tests.faults.proxy import Proxy
from tests.helpers.internals import database_of
from tests.postgres import binaries
from tests.snapshots import simple

pytestmark = pytest.mark.long

CALLS: dict[str, Callable[[LearningStore], object]] = {
    "save_session": lambda store: store.save_session("s", simple(1), "1700000009"),
    "save_scenario": lambda store: store.save_scenario("s", LearningSnapshot.empty()),
    "save_offline_model": lambda store: store.save_offline_model("s", OfflineModel()),
    "run_offline_learning": lambda store: store.run_offline_learning("s", 10),
    "fold": lambda store: store.fold(),
    "rebuild_totals": lambda store: store.rebuild_totals(),
    "changes": lambda store: list(store.changes()),
    "renew_cursors": lambda store: store.renew_cursors(),
    "forget": lambda store: store.forget("s", ["1700000001"]),
    "prune": lambda store: store.prune("s", keep_latest=2),
}


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[str, str]]:
    """One that writes, and a standby that follows it."""
    with contextlib.ExitStack() as stack:
        primary = stack.enter_context(binaries.controlled(binaries.SETTINGS))
        upgrade(primary.server.dsn)
        with LearningStore.open(primary.server.dsn, fold_at=1_000) as store:
            for second in range(5):
                store.save_session("s", LearningSnapshot.empty(), f"{1_700_000_000 + second}")
        yield primary.server.dsn, stack.enter_context(primary.follower()).server.dsn


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("after_reading", [True, False])
def test_the_call_or_the_next_one_writes(servers: tuple[str, str], name: str, after_reading: bool) -> None:
    writes, reads = servers
    proxy = Proxy(reads)
    with contextlib.closing(proxy), LearningStore.open(proxy.url, fold_in_background=False) as store:
        assert isinstance(store.storage, SqlStorage)
        if not after_reading:  # a connection is left in another way by a transaction that reads
            database_of(store.storage).engine.dispose()
            database_of(store.storage).autocommit(lambda connection: connection.closed)
        deadline = time.monotonic() + 30
        while after_reading and store.list_sessions("s")[:1] != ["1700000000"]:
            assert time.monotonic() < deadline, "the standby follows"
        proxy.lead_to(writes)
        CALLS[name](store)
        assert store.verify_totals(deep=True) == []


def test_a_database_whose_transactions_only_read_stays_so(migrated_postgres_url: str) -> None:
    database = make_url(migrated_postgres_url).set(drivername="postgresql")
    with psycopg.connect(database.render_as_string(hide_password=False), autocommit=True) as admin:
        name = sql.Identifier(database.database or "")
        admin.execute(sql.SQL("ALTER DATABASE {} SET default_transaction_read_only = on").format(name))
    with LearningStore.open(migrated_postgres_url, fold_in_background=False) as store:
        for _ in range(2):  # also on a connection that has read
            assert store.list_sessions("s") == []
            with pytest.raises(NotPermittedError):
                store.save_offline_model("s", OfflineModel())
