"""Why no connection can be had: what passes is told from what does not, by classes of errors."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from swarmstore import (
    ConfigurationError,
    DatabaseMissingError,
    DatabaseRefusedError,
    InvalidUrlError,
    LearningStore,
    LoginRefusedError,
    Settings,
    SqlStorage,
    StoreUnavailableError,
    SwarmstoreError,
)
from swarmstore.db.dialects.postgresql.engine import DeadlineConnection
from tests.helpers.internals import database_of
from tests.helpers.ways_in import WAYS_IN, rendered
from tests.postgres.roles import Roles, connected
from tests.snapshots import simple

SECRET = "hunter3"


def assert_refused(
    url: str, kind: type[SwarmstoreError], *told: str, ways: Sequence[Callable[[str], object]] = WAYS_IN
) -> None:
    """Every way in says so at once, as the text of a cause does: what is told, and never the password."""
    for call in ways:
        with pytest.raises(kind) as refused:
            call(url)
        assert issubclass(kind, ConfigurationError)
        said = str(refused.value)
        assert [each for each in told if each not in said] == []
        assert SECRET not in said
        assert SECRET not in repr(refused.value.__cause__)
        assert "\n" not in said
        assert "try again" not in said


def test_a_database_that_is_not_there(migrated_postgres_url: str) -> None:
    url = make_url(migrated_postgres_url).set(database="not_there")
    assert_refused(
        rendered(url), DatabaseMissingError, '"not_there" does not exist', url.host or "", "CREATE"
    )


def test_a_database_that_is_not_there_behind_a_pooler(pgbouncer_url: str) -> None:
    url = make_url(pgbouncer_url).set(database="not_there", password=SECRET)
    told = '"not_there" does not exist'  # after ten seconds of PgBouncer's
    assert_refused(rendered(url), DatabaseMissingError, told, ways=[LearningStore.open])


def test_a_role_that_is_not_there(migrated_postgres_url: str) -> None:
    url = make_url(migrated_postgres_url).set(username="nobody_here", password=SECRET)
    # a server that asks for passwords does not tell whether the role or its password is wrong
    assert_refused(rendered(url), LoginRefusedError, '"nobody_here"', url.host or "", url.database or "")


def test_a_role_that_may_not_log_in(roles: Roles) -> None:
    role = roles.new()
    roles.execute(f"ALTER ROLE {role} NOLOGIN")
    assert_refused(roles.url(role), LoginRefusedError, role, "not permitted to log in", "administrator")


def test_a_session_that_the_server_cannot_begin(roles: Roles) -> None:
    role = roles.new()
    roles.execute(f"ALTER ROLE {role} SET session_preload_libraries = 'nowhere'")
    assert_refused(roles.url(role), ConfigurationError, "could not access file", "session_preload_libraries")


def test_a_role_that_may_not_connect(roles: Roles) -> None:
    role, database = roles.new(), make_url(roles.database).database
    roles.execute(f"REVOKE CONNECT ON DATABASE {database} FROM PUBLIC")
    assert_refused(roles.url(role), LoginRefusedError, role, f'permission denied for database "{database}"')


@contextlib.contextmanager
def asked_of(roles: Roles, role: str, method: str) -> Iterator[None]:
    """Have the server ask this role for a password, or turn it away, in place of trusting it."""

    def change(program: str) -> None:
        line = sql.Literal(f"host all {role} all {method}")
        with connected(roles.database) as admin:
            (file,) = admin.execute("SHOW hba_file").fetchone() or ("",)
            given = sql.Literal(program.format(file=file))
            admin.execute(sql.SQL("COPY (SELECT {}) TO PROGRAM {}").format(line, given))
            admin.execute("SELECT pg_reload_conf()")

    change("cat - '{file}' > '{file}.new' && cat '{file}.new' > '{file}'")
    try:
        yield
    finally:
        change("grep -v -x -F -f - '{file}' > '{file}.new'; cat '{file}.new' > '{file}'")


@pytest.mark.parametrize(
    ("method", "password", "told"),
    [
        ("scram-sha-256", SECRET, "password authentication failed"),
        ("scram-sha-256", None, "no password supplied"),
        ("md5", SECRET, "password authentication failed"),
        ("reject", SECRET, "pg_hba.conf rejects connection"),
    ],
)
def test_a_password_that_is_wrong_or_missing(
    roles: Roles, monkeypatch: pytest.MonkeyPatch, method: str, password: str | None, told: str
) -> None:
    monkeypatch.setenv("PGPASSFILE", os.devnull)
    role = roles.new()
    with asked_of(roles, role, method):
        url = make_url(roles.url(role))._replace(password=password)
        wait_for_reload = threading.Event()
        for _ in range(100):
            with contextlib.suppress(LoginRefusedError):
                LearningStore.open(rendered(url)).close()
                wait_for_reload.wait(0.05)
                continue
            break
        assert_refused(rendered(url), LoginRefusedError, role, told)
        if method == "scram-sha-256":
            with SqlStorage(roles.database):
                pass


def test_an_open_store_whose_role_is_turned_away_says_so_without_trying_on(roles: Roles) -> None:
    role = roles.new()
    roles.execute(f"GRANT USAGE ON SCHEMA swarmstore TO {role}")
    roles.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA swarmstore TO {role}")
    with SqlStorage(roles.url(role)) as storage:
        roles.execute(f"ALTER ROLE {role} NOLOGIN")
        database_of(storage).engine.dispose()
        with pytest.raises(LoginRefusedError, match="not permitted"):
            storage.scenarios()


def test_what_passes_stays_unavailable(migrated_postgres_url: str, roles: Roles) -> None:
    nowhere = make_url(migrated_postgres_url).set(host="127.0.0.1", port=1, password=SECRET)
    with pytest.raises(StoreUnavailableError, match="try again") as refused:
        LearningStore.open(rendered(nowhere), timeout_seconds=2)
    assert SECRET not in str(refused.value)
    with pytest.raises(StoreUnavailableError, match="try again"):
        LearningStore.open("postgresql://u@no.such.host.invalid/d", timeout_seconds=2)
    role = roles.new()
    roles.execute(f"ALTER ROLE {role} CONNECTION LIMIT 0")
    with pytest.raises(StoreUnavailableError, match="too many connections"):
        LearningStore.open(roles.url(role), timeout_seconds=2)


@pytest.mark.parametrize("text_of_url", ["connect_timeout=x", "no_such_option=1"])
def test_an_option_that_libpq_does_not_know_does_not_pass(
    migrated_postgres_url: str, text_of_url: str
) -> None:
    name, value = text_of_url.split("=")
    url = make_url(migrated_postgres_url).update_query_dict({name: value})
    with pytest.raises(SwarmstoreError):
        LearningStore.open(rendered(url), timeout_seconds=2)


def test_an_error_of_a_statement_without_a_state_is_not_one_of_connecting(migrated_postgres_url: str) -> None:
    """As of psycopg itself, of more parameters than a statement may have."""
    many = tuple(range(70_000))
    statement = f"SELECT 1 WHERE 1 IN ({', '.join('%s' for _ in many)})"
    with SqlStorage(migrated_postgres_url, Settings(timeout_seconds=5)) as storage:
        with pytest.raises(DatabaseRefusedError, match="parameters"):
            database_of(storage).read(lambda session: session.connection().exec_driver_sql(statement, many))
        assert storage.scenarios() == []


@pytest.mark.parametrize(
    ("option", "told"),
    [
        ("options=-cwork_mem%3Dabc", "a value that PostgreSQL does not take"),
        ("options=-cmax_connections%3D5", "cannot be changed"),
        ("options=-c%20my.setting", "a value that PostgreSQL does not take"),
        ("replication=x", "leave out replication"),
        ("replication=database", "leave out replication"),
        ("replication=true", "leave out replication"),
        ("channel_binding=require", "channel binding required"),
        ("require_auth=password", "authentication method requirement"),
        ("gssencmode=require", "GSSAPI encryption required|invalid gssencmode value"),
        ("sslcertmode=require", "did not request an SSL certificate"),
        ("keepalives_idle=999999999", "Invalid argument"),
        ("keepalives_count=999999999", "Invalid argument"),
        ("sslnegotiation=direct", "weak sslmode"),
        ("ssl_min_protocol_version=x", 'invalid "ssl_min_protocol_version" value'),
        ("scram_client_key=x", "SCRAM client"),
    ],
)
def test_what_a_server_will_never_do_does_not_pass(
    migrated_postgres_url: str, option: str, told: str
) -> None:
    with pytest.raises(InvalidUrlError, match=told) as refused:
        LearningStore.open(f"{migrated_postgres_url}?{option}", timeout_seconds=5)
    assert "try again" not in str(refused.value)


def test_options_that_ask_for_no_more_than_there_is_open(migrated_postgres_url: str) -> None:
    for option in ("replication=off", "channel_binding=prefer", "tcp_user_timeout=2000", "sslcertmode=allow"):
        with LearningStore.open(f"{migrated_postgres_url}?{option}") as store:
            assert store.scenarios() == []


MEANINGLESS = {
    "sqlite:///": "names no file; sqlite:// is a store in memory",
    "sqlite:///file:": "names no file",
    "sqlite:///file:?mode=ro": "names no file",
    "sqlite:////tmp/none.db?timeout=nan": "timeout in the database URL is not a number of seconds",
    "sqlite:////tmp/none.db?timeout=-1": "timeout",
    "sqlite:////tmp/none.db?timeout=1&timeout=2": "has timeout twice",
    "postgresql://u@127.0.0.1:1/db?connect_timeout=x": "connect_timeout in the database URL is not a number",
    "postgresql://u@127.0.0.1:1/db?tcp_user_timeout=x": "tcp_user_timeout .* is not a number of milliseconds",
    "postgresql://u@/db?host=127.0.0.1,127.0.0.1&port=1,2,3": "has a value that it cannot have",
    "postgresql://u@127.0.0.1:1/db?sslmode=require&sslmode=disable": "has sslmode twice",
    "postgresql://u@127.0.0.1:1/db?sslmode=perhaps": 'invalid sslmode value: "perhaps"',
    f"postgresql://u@127.0.0.1:1/db?service={SECRET}": r"service=\*\*\* cannot be opened: an option",
    "postgresql://u@127.0.0.1:1/db?row_factory=x": "has the option row_factory, which",
    "sqlite:////tmp/none.db?cached_statements=99999999999": "cached_statements is not an option of",
    "sqlite:///file:/tmp/none.db?Mode=ro": "Mode is not an option of the form file:; there are mode, cache",
    "sqlite:///file:/tmp/none.db?mode=xx": "mode in the form file: is one of ro, rw",
    f"postgresql://u@127.0.0.1:1/db?conninfo={SECRET}": "has the option conninfo, which PostgreSQL does not",
    f"postgresql://u@127.0.0.1:1/db?nonsense={SECRET}": r"nonsense=\*\*\* has the option nonsense",
}


@pytest.mark.parametrize("url", MEANINGLESS)
def test_a_url_that_means_nothing_is_refused(url: str) -> None:
    for way in WAYS_IN:
        with pytest.raises(InvalidUrlError, match=MEANINGLESS[url]) as refused:
            way(url)
        assert SECRET not in str(refused.value)


def test_a_prior_takes_five_round_trips_from_the_login(
    migrated_postgres_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What values depend on, the revision by two questions, and the total by two."""
    with LearningStore.open(migrated_postgres_url) as store:
        store.save_session("s", simple())
    traced, connect = tmp_path / "traced", DeadlineConnection.connect

    with traced.open("w") as file:

        def connected(**arguments: Any) -> psycopg.Connection:
            connection = connect(**arguments)
            connection.pgconn.trace(file.fileno())
            return connection

        monkeypatch.setattr(DeadlineConnection, "connect", connected)
        with LearningStore.open(migrated_postgres_url) as store:
            store.load_scenario("s")
        trips = [line for line in traced.read_text().splitlines() if "ReadyForQuery" in line]
    assert len(trips) == 5, traced.read_text()
