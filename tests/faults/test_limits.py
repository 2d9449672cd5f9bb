"""As many calls at once as there are connections; past that, and past the server's limit, an error."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
import pytest
from psycopg import sql as psql
from sqlalchemy import event, make_url

from swarmstore import LearningStore, StoreUnavailableError
from tests.faults.checks import assert_sound, checked_out, counted, sql, within
from tests.helpers.internals import database_of
from tests.snapshots import simple

THREADS = 8


@contextmanager
def each_transaction(store: LearningStore, at_its_end: Callable[[], object]) -> Iterator[None]:
    """Call something before each transaction's COMMIT, when all of its statements are done."""
    engine = database_of(sql(store)).engine

    def ending(_connection: object) -> None:
        at_its_end()

    event.listen(engine, "commit", ending)
    try:
        yield
    finally:
        event.remove(engine, "commit", ending)


def save(store: LearningStore) -> object:
    return store.save_session("s", simple())


def load(store: LearningStore) -> object:
    return store.query_latest("s", 1)


@pytest.mark.parametrize(
    ("fixture", "call"),
    [("migrated_postgres_url", save), ("migrated_postgres_url", load), ("sqlite_url", load)],
)
def test_threads_are_inside_of_their_transactions_all_at_once(
    request: pytest.FixtureRequest, fixture: str, call: Callable[[LearningStore], object]
) -> None:
    """Each waits there for all others: no lock of the store, and none in the database, is in their way."""
    with LearningStore.open(request.getfixturevalue(fixture), pool_size=THREADS, fold_at=1000) as store:
        save(store)  # the store knows all names: from here on a call is one transaction
        meeting = threading.Barrier(THREADS)
        with each_transaction(store, lambda: meeting.wait(20)), ThreadPoolExecutor(THREADS) as threads:
            for ended in [threads.submit(call, store) for _ in range(THREADS)]:
                ended.result()
        assert counted(store, "s") == 1 + (THREADS if call is save else 0)
        assert_sound(store)


TIMEOUT = 0.5


def test_a_pool_in_use_is_an_error_in_time_and_serves_again(database_url: str) -> None:
    with LearningStore.open(database_url, pool_size=1, timeout_seconds=TIMEOUT) as store:
        save(store)
        inside, go = threading.Barrier(3), threading.Event()

        def hold() -> None:
            if threading.current_thread() is not threading.main_thread():
                inside.wait(20)
                assert go.wait(20)

        with each_transaction(store, hold), ThreadPoolExecutor(2) as threads:
            holding = [threads.submit(load, store) for _ in range(2)]  # and as many again in a rush
            inside.wait(20)
            assert checked_out(store) == 2
            try:
                for call in (save, load):
                    with within(10 * TIMEOUT), pytest.raises(StoreUnavailableError, match="pool_size"):
                        call(store)
            finally:
                go.set()
            for ended in holding:
                ended.result()
        save(store)
        assert counted(store, "s") == 2
        assert_sound(store)


@pytest.fixture
def limited_url(migrated_postgres_url: str) -> Iterator[str]:
    """A role that may have two connections."""
    url = make_url(migrated_postgres_url)
    role = f"limited_{url.database}"
    admin = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(admin, autocommit=True) as connection:
        name = psql.Identifier(role)
        for statement in (
            "CREATE ROLE {} LOGIN PASSWORD 'secret' CONNECTION LIMIT 2",
            "GRANT USAGE ON SCHEMA swarmstore TO {}",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA swarmstore TO {}",
            "GRANT USAGE ON ALL SEQUENCES IN SCHEMA swarmstore TO {}",
        ):
            connection.execute(psql.SQL(statement).format(name))
        yield url.set(username=role, password="secret").render_as_string(hide_password=False)
        connection.execute(psql.SQL("DROP OWNED BY {}").format(name))
        connection.execute(psql.SQL("DROP ROLE {}").format(name))


def test_a_server_without_a_free_connection_is_an_error_in_time_and_serves_again(limited_url: str) -> None:
    with LearningStore.open(limited_url) as store, LearningStore.open(limited_url) as other:
        save(store)
        with (
            within(10),
            pytest.raises(StoreUnavailableError, match="too many connections"),
        ):
            LearningStore.open(limited_url)
        other.close()
        with LearningStore.open(limited_url) as another:
            save(another)
        assert counted(store, "s") == 2
        assert_sound(store)
