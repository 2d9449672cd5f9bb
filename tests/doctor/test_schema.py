"""Drift: whatever differs from the models is named, and nothing that belongs to others is."""

from __future__ import annotations

import re

import pytest

from swarmstore import LearningSnapshot, LearningStore, SchemaDamagedError, Settings
from swarmstore.db.doctor import Severity, diagnose
from swarmstore.db.migrations.runner import VERSION_TABLE, upgrade
from swarmstore.revisions import REVISION
from tests.doctor.sick import drop_views, execute, findings, found, only

ODD = 'Other "one" 50%'


@pytest.fixture
def url(database_url: str) -> str:
    return database_url


def test_a_new_database_has_no_findings(url: str) -> None:
    assert findings(url, deep=True) == []


def test_a_schema_of_another_name_has_no_findings(postgres_url: str) -> None:
    settings = Settings(schema=ODD)
    upgrade(postgres_url, settings)
    assert findings(postgres_url, deep=True, settings=settings) == []
    execute(postgres_url, "DROP INDEX ix_sessions_scenario_id_session_ts", schema=ODD)
    execute(postgres_url, only(findings(postgres_url, settings=settings), "schema-drift").advice.strip("`"))
    execute(
        postgres_url,
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_sessions_position'::regclass",
        schema=ODD,
    )
    invalid = only(findings(postgres_url, settings=settings), "index-invalid")
    execute(postgres_url, invalid.advice.split("`")[1])
    assert findings(postgres_url, settings=settings) == []


def test_what_others_have_beside_our_tables_is_theirs(url: str) -> None:
    execute(
        url,
        "CREATE TABLE theirs (id INTEGER PRIMARY KEY, x INTEGER NOT NULL UNIQUE CHECK (x > 0))",
        "CREATE VIEW their_view AS SELECT count(*) AS sessions FROM sessions",
        "CREATE INDEX their_index ON sessions (saved_at_ms)",
    )
    assert findings(url, deep=True) == []


def test_a_dropped_index_is_named_and_the_advice_makes_it_again(url: str) -> None:
    execute(url, "DROP INDEX ix_total_sources_total_scenario_id_folded_session_row_id")
    drift = only(findings(url), "schema-drift")
    assert drift.severity is Severity.ERROR
    assert drift.subject == "ix_total_sources_total_scenario_id_folded_session_row_id"
    assert "of total_sources is missing" in drift.problem
    execute(url, drift.advice.strip("`"))
    assert findings(url) == []


@pytest.mark.parametrize(
    ("statement", "subject", "problem"),
    [
        (
            "ALTER TABLE rollups RENAME COLUMN phase TO p",
            "rollups.phase",
            "column phase of rollups is missing",
        ),
        ("ALTER TABLE imports DROP COLUMN path", "imports.path", "column path of imports is missing"),
        (
            "DROP TABLE offline_order_actions",
            "offline_order_actions",
            "table offline_order_actions is missing",
        ),
    ],
)
def test_what_is_missing_is_named(url: str, statement: str, subject: str, problem: str) -> None:
    drop_views(url)
    execute(url, statement)
    of_database = findings(url)
    (one,) = [one for one in of_database if one.code == "schema-drift"]
    assert (one.subject, one.problem) == (subject, problem)


def test_views_that_are_missing_are_a_warning_and_upgrade_makes_them_anew(url: str) -> None:
    execute(url, "DROP VIEW paths", "DROP VIEW totals")
    missing = findings(url)
    assert found(missing, "view-missing") == ["totals", "paths"]
    assert {one.severity for one in missing} == {Severity.WARNING}
    upgrade(url)
    assert findings(url) == []


@pytest.mark.parametrize(
    ("statement", "subject", "problem"),
    [
        (
            "ALTER TABLE sessions ALTER position TYPE integer",
            "sessions.position",
            "has type INTEGER instead of",
        ),
        ("ALTER TABLE sessions ALTER saved_at_ms DROP NOT NULL", "sessions.saved_at_ms", "may be NULL"),
        ("ALTER TABLE sessions ALTER phase SET NOT NULL", "sessions.phase", "may not be NULL"),
        ("ALTER TABLE sessions ALTER id DROP IDENTITY", "sessions.id", "has another default"),
        (
            "ALTER TABLE sessions ALTER phase SET DEFAULT 'x'",
            "sessions.phase",
            "has another default",
        ),
        (
            "ALTER TABLE offline_paths DROP CONSTRAINT pk_offline_paths CASCADE",
            "offline_paths",
            "primary key",
        ),
        (
            "ALTER TABLE scenarios DROP CONSTRAINT uq_scenarios_name_hash",
            "uq_scenarios_name_hash",
            r"unique constraint uq_scenarios_name_hash of scenarios \(name_hash\) is missing",
        ),
        (
            "ALTER TABLE total_sources DROP CONSTRAINT fk_total_sources_session_row_id_scenario_id",
            "fk_total_sources_session_row_id_scenario_id",
            r"foreign key fk_total_\w+ of total_sources \(session_row_id, scenario_id\) is missing",
        ),
        ("ALTER TABLE scenarios SET UNLOGGED", "scenarios", "is unlogged"),
        ("ALTER TABLE session_actions DISABLE TRIGGER ALL", "session_actions", "switched off"),
    ],
)
def test_what_is_changed_on_postgresql_is_named(
    migrated_postgres_url: str, statement: str, subject: str, problem: str
) -> None:
    execute(migrated_postgres_url, statement)
    (one,) = [one for one in findings(migrated_postgres_url) if one.subject == subject]
    assert one.code == "schema-drift"
    assert re.search(problem, one.problem)
    if one.advice.startswith("`ALTER") and "superuser" not in one.advice:
        execute(migrated_postgres_url, one.advice.strip("`"))
        assert findings(migrated_postgres_url) == []


def test_a_foreign_key_that_does_something_else_is_drift(migrated_postgres_url: str) -> None:
    """A cascade in place of RESTRICT would lose counts."""
    execute(
        migrated_postgres_url,
        "ALTER TABLE total_sources DROP CONSTRAINT fk_total_sources_session_row_id_scenario_id,"
        " ADD CONSTRAINT fk_total_sources_session_row_id_scenario_id"
        " FOREIGN KEY (session_row_id, scenario_id)"
        " REFERENCES sessions (id, scenario_id) ON DELETE CASCADE",
    )
    of_database = findings(migrated_postgres_url)
    assert found(of_database, "schema-drift") == ["fk_total_sources_session_row_id_scenario_id"]
    assert "RESTRICT" in of_database[0].advice


@pytest.mark.parametrize(
    ("made", "problems"),
    [
        (
            "CREATE TABLE scenarios (id INTEGER PRIMARY KEY NOT NULL, name TEXT NOT NULL, "
            "name_hash BLOB NOT NULL, CONSTRAINT uq_scenarios_name_hash UNIQUE (name_hash))",
            ["table scenarios is not STRICT"],
        ),
        (
            "CREATE TABLE scenarios (id INTEGER PRIMARY KEY NOT NULL, name TEXT NOT NULL, "
            "name_hash BLOB NOT NULL) STRICT",
            ["unique constraint uq_scenarios_name_hash of scenarios (name_hash) is missing"],
        ),
        (
            "CREATE TABLE scenarios (id INTEGER PRIMARY KEY NOT NULL, name INTEGER NOT NULL,"
            " name_hash BLOB, CONSTRAINT uq_scenarios_name_hash UNIQUE (name_hash)) STRICT",
            [
                "column name of scenarios has type INTEGER instead of TEXT",
                "column name_hash of scenarios may be NULL",
            ],
        ),
        (
            "CREATE TABLE scenarios (id INTEGER NOT NULL, name TEXT NOT NULL, name_hash BLOB NOT NULL,"
            " PRIMARY KEY (id, name), CONSTRAINT uq_scenarios_name_hash UNIQUE (name_hash))"
            " STRICT, WITHOUT ROWID",
            [
                "the primary key of scenarios is (id, name) and not (id)",
                "table scenarios is WITHOUT ROWID",
            ],
        ),
    ],
    ids=["types unchecked", "unique", "columns", "key"],
)
def test_what_is_changed_on_sqlite_is_named(sqlite_url: str, made: str, problems: list[str]) -> None:
    upgrade(sqlite_url)
    execute(sqlite_url, "DROP TABLE scenarios", made)
    of_database = findings(sqlite_url)
    assert {one.code for one in of_database} == {"schema-drift"}
    assert {one.problem for one in of_database} == set(problems)


def test_ids_that_would_be_given_out_twice_are_drift(sqlite_url: str) -> None:
    upgrade(sqlite_url)
    execute(
        sqlite_url,
        "PRAGMA writable_schema=ON",
        "UPDATE sqlite_master SET sql = replace(sql, ' AUTOINCREMENT', '') WHERE name = 'baselines'",
    )
    assert only(findings(sqlite_url), "schema-drift").problem == "table baselines is not AUTOINCREMENT"


def test_what_is_added_to_our_tables_is_a_warning(url: str) -> None:
    execute(
        url,
        "ALTER TABLE sessions ADD COLUMN extra INTEGER CONSTRAINT positive CHECK (extra > 0)",
        "CREATE UNIQUE INDEX theirs ON sessions (saved_at_ms, id)",
    )
    of_database = findings(url)
    assert {one.severity for one in of_database} == {Severity.WARNING}
    assert sorted(map(str, found(of_database, "schema-addition"))) == ["positive", "sessions.extra", "theirs"]


def test_an_added_column_that_stops_saves_is_an_error(migrated_postgres_url: str) -> None:
    execute(migrated_postgres_url, "ALTER TABLE sessions ADD COLUMN extra bigint NOT NULL")
    assert "nothing can be saved" in only(findings(migrated_postgres_url), "schema-drift").problem


def test_added_constraints_are_a_warning(migrated_postgres_url: str) -> None:
    execute(
        migrated_postgres_url,
        "ALTER TABLE sessions ADD CONSTRAINT theirs FOREIGN KEY (scenario_id) REFERENCES scenarios (id)",
        "ALTER TABLE sessions ADD CONSTRAINT theirs_too UNIQUE (id, phase)",
    )
    of_database = findings(migrated_postgres_url)
    assert sorted(map(str, found(of_database, "schema-addition"))) == ["theirs", "theirs_too"]


def test_a_comment_that_somebody_wrote_is_no_drift(migrated_postgres_url: str) -> None:
    execute(
        migrated_postgres_url,
        "COMMENT ON TABLE sessions IS 'ours'",
        "COMMENT ON TABLE scenarios IS NULL",
        "COMMENT ON COLUMN sessions.id IS 'ours'",
    )
    assert findings(migrated_postgres_url) == []


def test_a_database_without_tables_is_an_error(empty_database_url: str) -> None:
    execute(empty_database_url, "SELECT 1")
    missing = only(findings(empty_database_url), "schema-missing")
    assert missing.advice.startswith("run `swarmstore upgrade`")


@pytest.mark.parametrize(
    ("revision", "code", "advice"),
    [("0006", "schema-outdated", "`swarmstore export`"), ("9999", "schema-ahead", "install a newer")],
)
def test_of_another_revision_only_what_can_be_looked_at_is(
    url: str, revision: str, code: str, advice: str
) -> None:
    execute(
        url,
        f"UPDATE {VERSION_TABLE} SET version_num = '{revision}'",
        "UPDATE schema_compatibility SET oldest_revision = '9999'",
        "DROP INDEX ix_sessions_scenario_id_session_ts",
    )
    diagnosis = diagnose(url, deep=True)
    assert only(diagnosis.findings, code).advice.startswith(advice)
    assert {"schema", "missing rows", "pending sessions"} <= {one.check for one in diagnosis.skipped}
    assert diagnosis.scenarios is None


def test_a_newer_schema_that_may_be_used_is_looked_into_but_not_compared(url: str) -> None:
    with LearningStore.open(url) as store:
        store.save_session("s", LearningSnapshot.empty())
    execute(
        url,
        f"UPDATE {VERSION_TABLE} SET version_num = '9999'",
        f"UPDATE schema_compatibility SET oldest_revision = '{REVISION}'",
        "ALTER TABLE sessions ADD COLUMN of_the_future INTEGER",
    )
    diagnosis = diagnose(url, deep=True)
    assert diagnosis.findings == []
    assert [one.check for one in diagnosis.skipped] == ["schema", "views"]
    assert diagnosis.sessions == 1


def test_a_check_that_fails_is_a_finding_and_the_others_go_on(url: str) -> None:
    drop_views(url)
    execute(url, "ALTER TABLE sessions RENAME COLUMN saved_at_ms TO s")
    of_database = findings(url, deep=True)
    assert found(of_database, "check-failed") == ["contents"]
    assert "sessions.saved_at_ms" in found(of_database, "schema-drift")


@pytest.mark.parametrize("revision", ["none", "no table of it"])
def test_tables_ahead_of_their_revision_are_named_and_mended_by_the_advice(url: str, revision: str) -> None:
    """As two upgrades at once in one process left them: upgrade said only that a table already exists."""
    with LearningStore.open(url) as store:
        store.save_session("s", LearningSnapshot.empty(), "1")
    statements = {
        "none": f"DELETE FROM {VERSION_TABLE}",
        "no table of it": f"DROP TABLE {VERSION_TABLE}",
    }
    execute(url, statements[revision])
    with pytest.raises(SchemaDamagedError, match="swarmstore doctor"):
        upgrade(url)
    damaged = only(findings(url), "schema-damaged")
    assert "all tables of revision" in damaged.problem
    assert [one.code for one in findings(url)] == ["schema-damaged"]
    execute(url, *damaged.advice.strip("`").split("; "))
    assert findings(url, deep=True) == []
    with LearningStore.open(url) as store:
        assert store.list_sessions("s") == ["1"]


def test_a_part_of_the_tables_without_a_revision_is_named(url: str) -> None:
    drop_views(url)
    execute(url, f"DROP TABLE {VERSION_TABLE}", "DROP TABLE removed_sessions")
    with pytest.raises(SchemaDamagedError, match="action_sequences"):
        upgrade(url)
    damaged = only(findings(url), "schema-damaged")
    assert "restore a backup" in damaged.advice
