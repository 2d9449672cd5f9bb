"""Databases that cannot be used: an error of its own class, what to do, and no password."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from swarmstore import (
    ConfigurationError,
    CorruptStoreError,
    InvalidUrlError,
    LearningStore,
    SchemaMissingError,
    SessionId,
    SqlStorage,
    StoreUnavailableError,
    SwarmstoreError,
)
from tests.helpers.internals import database_of
from tests.postgres.roles import Roles
from tests.snapshots import any_named, simple

SECRET = "hunter2"


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "store.db",
        f"mysql://user:{SECRET}@host/db",
        f"postgresql://user:{SECRET}@host:port/db",
        f"postgresql+psycopg2://user:{SECRET}@host/db",
        f"://user:{SECRET}@host",
        "postgresql",
    ],
)
def test_an_unreadable_url_is_refused(url: str) -> None:
    with pytest.raises(InvalidUrlError, match="sqlite:///") as refused:
        LearningStore.open(url)
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("pool_size", 0),
        ("timeout_seconds", 0),
        ("maintenance_seconds", -1),
        ("fold_at", 0),
        ("schema", ""),
        ("schema", "$user"),
        ("schema", "__[SCHEMA__none]"),
        ("synchronous", "fast"),
        ("pool_size", "3"),
        ("pool_size", 3.0),
        ("pool_size", True),
        ("timeout_seconds", "30"),
        ("timeout_seconds", float("nan")),
        ("fold_at", None),
        ("fold_in_background", 1),
        ("pooler", "yes"),
        ("create", 0),
        ("schema", None),
        ("colour", "red"),
    ],
)
def test_a_bad_setting_is_refused(setting: str, value: object) -> None:
    with pytest.raises(ConfigurationError, match=setting):
        LearningStore.open("sqlite://", **{setting: value})  # type: ignore[arg-type]


def test_a_server_that_is_not_there_is_unavailable() -> None:
    with pytest.raises(StoreUnavailableError, match="try again") as refused:
        LearningStore.open(f"postgresql://user:{SECRET}@127.0.0.1:1/db", timeout_seconds=2)
    assert SECRET not in str(refused.value)
    assert SECRET not in repr(refused.value.__cause__)


def test_a_wrong_password_is_not_printed(migrated_postgres_url: str) -> None:
    url = make_url(migrated_postgres_url).set(username="nobody_here", password=SECRET)
    with pytest.raises(SwarmstoreError) as refused:
        LearningStore.open(url.render_as_string(hide_password=False), timeout_seconds=2)
    assert SECRET not in str(refused.value)


def test_a_store_does_not_show_its_password(migrated_postgres_url: str) -> None:
    url = make_url(migrated_postgres_url)
    given = url.set(password=url.password or "unused").update_query_dict({"sslpassword": SECRET})
    with LearningStore.open(given.render_as_string(hide_password=False)) as store:
        shown = repr(store)
    assert "***" in shown
    assert SECRET not in shown
    assert url.database is not None
    assert url.database in shown


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "store.db").write_text("no database at all, " * 100)
    with pytest.raises(CorruptStoreError, match="not a SQLite database"):
        LearningStore.open(f"sqlite:///{tmp_path / 'store.db'}")
    assert (tmp_path / "store.db").read_text().startswith("no database")


@pytest.fixture
def storage(database_url: str) -> Iterator[SqlStorage]:
    with SqlStorage(database_url) as opened:
        yield opened


def test_tables_that_vanish_are_missing(storage: SqlStorage) -> None:
    storage.save_session("s", simple())
    sqlite = database_of(storage).engine.dialect.name == "sqlite"
    drop = text("ALTER TABLE sessions RENAME TO gone" if sqlite else "DROP SCHEMA swarmstore CASCADE")
    database_of(storage).write(lambda session: session.execute(drop))
    with pytest.raises(SchemaMissingError, match="swarmstore upgrade"):
        storage.list_sessions("s")


def test_no_connection_stays_in_use_after_any_call(storage: SqlStorage) -> None:
    """Nor after errors: the pool has all of them back."""
    pool = database_of(storage).engine.pool
    storage.save_session("s", any_named(), SessionId("1"))
    storage.query_latest("s", 10)
    storage.fold()
    for failing in (
        lambda: storage.save_session("s", simple(), SessionId("1")),
        lambda: storage.save_session("\0", simple()),
        lambda: database_of(storage).write(lambda session: session.execute(text("SELECT nonsense"))),
        lambda: database_of(storage).read(lambda session: session.execute(text("SELECT 1 / 0 FROM nowhere"))),
    ):
        with pytest.raises(SwarmstoreError):
            failing()
    assert pool.checkedout() == 0  # type: ignore[attr-defined]


def test_a_failed_call_leaves_the_connection_usable(storage: SqlStorage) -> None:
    for _ in range(20):
        with pytest.raises(SwarmstoreError):
            database_of(storage).write(
                lambda session: session.execute(text("INSERT INTO nowhere VALUES (1)"))
            )
    storage.save_session("s", simple())
    assert len(storage.list_sessions("s")) == 1


class TimeIsUpError(Exception):
    """What a worker's own signal handler raises."""


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="the system has no timers")
def test_what_a_signal_handler_raises_leaves_as_it_is(migrated_postgres_url: str) -> None:
    """And the connection whose answer nobody has waited for is not used again."""

    def end(*_given: object) -> None:
        raise TimeIsUpError

    before = signal.signal(signal.SIGALRM, end)
    try:
        with SqlStorage(migrated_postgres_url) as storage:
            signal.setitimer(signal.ITIMER_REAL, 0.3)
            with pytest.raises(TimeIsUpError):
                database_of(storage).read(lambda session: session.execute(text("SELECT pg_sleep(20)")))
            storage.save_session("s", simple(), SessionId("1"))
            assert storage.list_sessions("s") == ["1"]
            assert database_of(storage).engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    finally:
        signal.signal(signal.SIGALRM, before)


def test_a_limit_of_the_servers_own_is_named(roles: Roles) -> None:
    """To try again would not help."""
    role = roles.new()
    roles.execute(f"ALTER ROLE {role} SUPERUSER")
    roles.execute(f"ALTER ROLE {role} SET statement_timeout = '500ms'")
    with SqlStorage(roles.url(role)) as storage:
        with pytest.raises(StoreUnavailableError, match="; raise statement_timeout, which the role"):
            database_of(storage).read(lambda session: session.execute(text("SELECT pg_sleep(20)")))
        assert storage.scenarios() == []


def test_what_the_driver_itself_raises_leaves_as_an_error_of_ours(database_url: str) -> None:
    """It has errors that are none of its own classes: this one is for a number of 65 bits, or a surrogate."""
    statement = "SELECT cast(:given AS varchar(9))"
    with SqlStorage(database_url) as storage:
        database = database_of(storage)
        for given in ("\ud800", object()):
            with pytest.raises(SwarmstoreError):
                database.read(lambda session, given=given: session.scalar(text(statement), {"given": given}))  # type: ignore[misc]
        with pytest.raises(SwarmstoreError):
            database.autocommit(lambda connection: connection.exec_driver_sql("SELECT 1", ("a", "b")))


def test_a_value_that_the_driver_cannot_read_leaves_as_an_error_of_ours(migrated_postgres_url: str) -> None:
    with SqlStorage(migrated_postgres_url) as storage:
        for value in ("date '4713-01-01 BC'", "timestamptz 'infinity'"):
            query = text(f"SELECT {value}")
            with pytest.raises(SwarmstoreError):
                database_of(storage).read(lambda session, query=query: session.scalar(query))  # type: ignore[misc]
