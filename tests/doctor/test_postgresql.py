"""What only PostgreSQL has: its catalog, roles and connections."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator

import pytest
from psycopg import sql
from sqlalchemy import make_url
from sqlalchemy.exc import IntegrityError

from swarmstore import LearningStore, Settings
from swarmstore.db.access.grants import grant
from swarmstore.db.doctor import Severity, diagnose
from swarmstore.db.doctor.findings import Connections
from swarmstore.db.doctor.postgresql_checks import connection_findings
from swarmstore.db.migrations.runner import migrating, to_newest, upgrade
from tests.doctor.sick import as_role, drop_views, execute, findings, found, only, rows
from tests.postgres.server import Server
from tests.snapshots import simple


def test_an_index_that_a_failed_statement_left_is_named(migrated_postgres_url: str) -> None:
    with LearningStore.open(migrated_postgres_url) as store:
        store.save_session("s", simple())
        store.save_session("s", simple())
    with pytest.raises(IntegrityError):
        execute(migrated_postgres_url, "CREATE UNIQUE INDEX CONCURRENTLY theirs ON sessions (scenario_id)")
    of_database = findings(migrated_postgres_url)
    (invalid,) = [one for one in of_database if one.code == "index-invalid"]
    assert (invalid.subject, invalid.severity) == ("theirs", Severity.ERROR)
    assert "of sessions is invalid" in invalid.problem
    execute(migrated_postgres_url, "DROP INDEX swarmstore.theirs")
    assert findings(migrated_postgres_url) == []


def test_an_index_of_ours_that_is_invalid_is_mended_by_the_advice(migrated_postgres_url: str) -> None:
    with LearningStore.open(migrated_postgres_url) as store:
        store.save_session("s", simple(), "1")
        store.save_session("s", simple(), "2")
    execute(
        migrated_postgres_url,
        "UPDATE pg_index SET indisvalid = false"
        " WHERE indexrelid = 'swarmstore.ix_sessions_scenario_id_session_ts'::regclass",
    )
    invalid = only(findings(migrated_postgres_url), "index-invalid")
    execute(migrated_postgres_url, invalid.advice.split("`")[1])
    assert findings(migrated_postgres_url) == []


def test_a_constraint_that_was_never_checked_is_a_warning(migrated_postgres_url: str) -> None:
    execute(
        migrated_postgres_url,
        "ALTER TABLE total_sources DROP CONSTRAINT fk_total_sources_session_row_id_scenario_id,"
        " ADD CONSTRAINT fk_total_sources_session_row_id_scenario_id"
        " FOREIGN KEY (session_row_id, scenario_id)"
        " REFERENCES sessions (id, scenario_id) ON DELETE RESTRICT NOT VALID",
    )
    unchecked = only(findings(migrated_postgres_url), "constraint-not-validated")
    assert unchecked.subject == "fk_total_sources_session_row_id_scenario_id"
    assert unchecked.severity is Severity.WARNING
    execute(migrated_postgres_url, unchecked.advice.strip("`"))
    assert findings(migrated_postgres_url) == []


def test_text_in_another_order_is_an_error(migrated_postgres_url: str) -> None:
    drop_views(migrated_postgres_url)
    execute(migrated_postgres_url, 'ALTER TABLE sessions ALTER session_id TYPE text COLLATE "default"')
    upgrade(migrated_postgres_url)
    collation = only(findings(migrated_postgres_url), "collation")
    assert (collation.subject, collation.severity) == ("sessions.session_id", Severity.ERROR)
    assert "default" in collation.problem
    statements = re.findall("`([A-Z][^`]*)`", collation.advice)
    assert [statement.split()[0] for statement in statements] == ["DROP", "ALTER"]
    execute(migrated_postgres_url, *statements)
    upgrade(migrated_postgres_url)
    assert findings(migrated_postgres_url) == []


def test_a_system_whose_collations_have_changed_is_a_warning(migrated_postgres_url: str) -> None:
    name = make_url(migrated_postgres_url).database
    execute(migrated_postgres_url, f"UPDATE pg_database SET datcollversion = '0.1' WHERE datname = '{name}'")
    changed = only(findings(migrated_postgres_url), "collation-version")
    assert (changed.subject, changed.severity) == (name, Severity.WARNING)
    assert "0.1" in changed.problem


def test_an_encoding_that_lacks_names_is_an_error(postgres_server: Server) -> None:
    name = f"latin_{uuid.uuid4().hex[:8]}"
    make = "CREATE DATABASE {} ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
    with postgres_server.connect() as connection:
        connection.execute(sql.SQL(make).format(sql.Identifier(name)))
    try:
        with migrating(postgres_server.database(name)) as connection:  # as an older swarmstore would
            to_newest(connection)
        encoding = only(findings(postgres_server.database(name), deep=True), "encoding")
        assert "LATIN1" in encoding.problem
    finally:
        with postgres_server.connect() as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def role(migrated_postgres_url: str) -> Iterator[str]:
    """A role that may log in and nothing else."""
    name = f"role_{uuid.uuid4().hex[:8]}"
    execute(migrated_postgres_url, f"CREATE ROLE {name} LOGIN PASSWORD 'secret'")
    yield name
    execute(migrated_postgres_url, f"DROP OWNED BY {name}", f"DROP ROLE {name}")


def test_an_agents_role_lacks_nothing(migrated_postgres_url: str, role: str) -> None:
    grant(migrated_postgres_url, agents=[role])
    url = as_role(migrated_postgres_url, role)
    with LearningStore.open(url) as store:
        store.save_session("s", simple())
    assert findings(url, deep=True) == []


def test_an_analysts_role_is_worth_knowing_and_no_error(migrated_postgres_url: str, role: str) -> None:
    grant(migrated_postgres_url, analysts=[role])
    reads = only(findings(as_role(migrated_postgres_url, role), deep=True), "role-reads-only")
    assert (reads.subject, reads.severity) == (role, Severity.INFO)


@pytest.mark.parametrize(
    ("revoked", "said"),
    [
        ("UPDATE ON total_sources", "may not UPDATE on total_sources"),
        ("DELETE ON sessions", "may not DELETE on sessions"),
        ("INSERT ON sessions, scenarios", "may not INSERT on scenarios, sessions"),
        ("SELECT ON imports", "may not SELECT on imports"),
        ("USAGE ON SCHEMA swarmstore", "may not USAGE on schema swarmstore"),
    ],
)
def test_a_right_that_is_missing_is_named(
    migrated_postgres_url: str, role: str, revoked: str, said: str
) -> None:
    grant(migrated_postgres_url, agents=[role])
    execute(migrated_postgres_url, f"REVOKE {revoked} FROM {role}")
    (missing,) = [
        one for one in findings(as_role(migrated_postgres_url, role)) if one.code == "privilege-missing"
    ]
    assert (missing.subject, missing.severity) == (role, Severity.ERROR)
    assert said in missing.problem
    assert f"swarmstore grant --agent {role}" in missing.advice


def test_a_column_that_may_not_be_changed_is_missed(migrated_postgres_url: str, role: str) -> None:
    grant(migrated_postgres_url, agents=[role])
    execute(migrated_postgres_url, f"REVOKE UPDATE (position) ON sessions FROM {role}")
    missing = only(findings(as_role(migrated_postgres_url, role)), "privilege-missing")
    assert "UPDATE on sessions" in missing.problem


def test_a_role_without_any_right_gets_a_diagnosis(migrated_postgres_url: str, role: str) -> None:
    """Not even the revision can be read; what is missing is said, in few words."""
    diagnosis = diagnose(as_role(migrated_postgres_url, role), deep=True)
    assert found(diagnosis.findings, "check-failed") == ["revision"]
    said = [one.problem for one in diagnosis.findings if one.code == "privilege-missing"]
    assert len(said) == 2
    assert "SELECT on action_sequences, baseline_actions, baseline_contexts and " in said[0]
    assert "USAGE on schema swarmstore" in said[1]
    assert {one.check for one in diagnosis.skipped} >= {"schema", "names of facts"}


def test_connections_are_counted(migrated_postgres_url: str) -> None:
    ((most,),) = rows(migrated_postgres_url, "SELECT current_setting('max_connections')::int")
    assert isinstance(most, int)
    connections = diagnose(migrated_postgres_url).connections
    assert connections is not None
    assert 0 < connections.limit < most
    assert 0 < connections.in_use < most


@pytest.mark.parametrize(
    ("wanted", "limit", "in_use", "enough"),
    [(10, 97, 87, True), (10, 97, 88, False), (10, 9, 0, False), (10, 97, 99, False), (2, 2, 0, True)],
)
def test_a_store_needs_room_for_all_its_connections(
    wanted: int, limit: int, in_use: int, enough: bool
) -> None:
    said = list(connection_findings(wanted, Connections(limit, in_use)))
    if enough:
        assert said == []
    else:
        scarce = only(said, "connections-scarce")
        assert scarce.severity is Severity.WARNING
        assert f"{max(limit - in_use, 0)} of the server's {limit} are left" in scarce.problem


def test_a_pool_larger_than_the_server_is_a_warning(migrated_postgres_url: str) -> None:
    settings = Settings(pool_size=5000)
    assert "10,000" in only(findings(migrated_postgres_url, settings=settings), "connections-scarce").problem


def test_the_look_writes_nothing(migrated_postgres_url: str) -> None:
    with LearningStore.open(migrated_postgres_url) as store:
        store.save_session("s", simple())
    name = make_url(migrated_postgres_url).database
    execute(migrated_postgres_url, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    assert findings(migrated_postgres_url, deep=True) == []
