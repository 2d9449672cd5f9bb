"""What a role, a database or the environment sets for sessions changes no value."""

from __future__ import annotations

import time
import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from psycopg import sql
from sqlalchemy import make_url

from swarmstore import (
    ActionStats,
    Additive,
    ConfigurationError,
    DatabaseRefusedError,
    EpisodeTransitions,
    LearningSnapshot,
    LearningStore,
    NgramStats,
    SelectionPerformance,
    SessionId,
    SessionKey,
    Settings,
    SnapshotMetadata,
    StrategyStats,
    StrategySwitchEvent,
    SwarmstoreError,
)
from swarmstore.contracts.imports import Outcome
from swarmstore.db.access.grants import grant
from swarmstore.db.migrations.runner import migrating, to_newest, upgrade
from tests.db.changed_settings import CHANGE_VALUES, THEIR_SCHEMA, TOGETHER
from tests.doctor.sick import execute, findings
from tests.postgres.databases import Databases
from tests.postgres.roles import Roles, connected
from tests.postgres.server import Server
from tests.snapshots import model

NAMES = ["NULL", "null", "{}", '{"a"}', "\\x41", "\\", "\\\\", "'", "''", '"', "日本語 é", "a,b", " ", ""]


def hard() -> LearningSnapshot:
    """Values that a setting could change on their way in or out."""
    third = 1 / 3
    return LearningSnapshot(
        metadata=SnapshotMetadata("NULL", "\\x41 '{}' \"日本\"", 1_700_000_000, 1, 1, 3, None, "\\xc5"),
        episode_transitions=EpisodeTransitions({(a, b): 1 for a in NAMES for b in NAMES}, {("A", "B"): 0}, 1),
        ngram_stats=NgramStats({(name, "NULL", "\\x00"): (1, 0) for name in NAMES}),
        selection_performance=SelectionPerformance(
            strategy_stats={name: StrategyStats(1, 2, 3, 4, 5, 6) for name in NAMES},
            switch_history=[
                StrategySwitchEvent("NULL", "\\x41", 6, third, 5e-324),
                StrategySwitchEvent("{}", "日本", 9, 0.1 + 0.2, -0.0),
                StrategySwitchEvent("'", '"', 6, 1.0, 1.7976931348623157e308),
            ],
            current_strategy="\\",
            strategy_start_success_rate=third,
        ),
        action_stats={
            name: ActionStats(visits=1, kpi_total=value, kpi_count=1)
            for name, value in zip(
                NAMES, [third, 0.1 + 0.2, -0.0, 5e-324, 1e290, -1e-290, *[third * 7] * 8], strict=True
            )
        },
    )


def bits(snapshot: LearningSnapshot) -> str:
    """All of it, with the sign of zero."""
    return snapshot.to_json()


REFUSED_BEHIND_A_POOLER = {"extra_float_digits", "DateStyle", "quote_all_identifiers"}


def cases(names: Collection[str]) -> list[dict[str, str]]:
    """All first values of these at once, all second ones, and so on, and those that go together."""
    some = [values for name, values in CHANGE_VALUES.items() if name in names]
    each = [
        {name: values[at] for name, values in CHANGE_VALUES.items() if name in names and at < len(values)}
        for at in range(max(map(len, some)))
    ]
    return [*each, TOGETHER]


def set_for_all(url: str, **settings: str) -> None:
    """Have every session of a database begin with these."""
    with connected(url) as admin:
        for name, value in settings.items():
            database = sql.Identifier(make_url(url).database or "")
            shown = sql.SQL(value) if name == "search_path" else sql.Literal(value)
            alter = sql.SQL("ALTER DATABASE {} SET {} = {}")
            admin.execute(alter.format(database, sql.Identifier(name), shown))
        others = "datname = current_database() AND pid <> pg_backend_pid()"  # a pooler's, begun before
        admin.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}".encode())


def save_and_load(url: str, **settings: Any) -> None:
    """Save, load, merge and fold one session with hard values."""
    session = hard()
    with LearningStore.open(url, **settings) as store:
        store.save_session("NULL", session, "1")
        store.save_session("NULL", session, "1")
        assert bits(store.load_session("NULL", "1")) == bits(session)
        assert bits(store.load_scenario("NULL")) == bits(session)
        merged = store.merge_sessions("NULL", Additive())
        assert merged.action_stats == session.action_stats
        assert merged.episode_transitions == session.episode_transitions
        store.fold()
        assert bits(store.load_global()) == bits(session)
        store.save_offline_model("NULL", model())
        assert store.load_offline_model("NULL") == model()
        assert store.verify_totals(deep=True) == []


def use_everything(url: str, folder: Path) -> None:
    """Import, copy, verify and read views of it too."""
    save_and_load(url)
    session = hard()
    kpis = {name: stats.kpi_total.hex() for name, stats in session.action_stats.items()}
    with LearningStore.open(url) as store:
        actions = store.frame("actions").to_pylist()
        assert {row["action"]: row["kpi_total"].hex() for row in actions} == kpis
        (saved,) = store.frame("saved_sessions").to_pylist()
        assert abs(saved["saved_at"].timestamp() - time.time()) < 600
        store.export_store(folder / "exported")
        store.storage.delete(SessionKey("NULL", SessionId("1")))
        assert store.import_store(folder / "exported", totals="sessions").sessions[Outcome.ADDED] == 1
        assert store.import_store(folder / "exported", totals="sessions").sessions[Outcome.UNCHANGED] == 1
        assert bits(store.load_session("NULL", "1")) == bits(session)
        assert store.verify_totals(deep=True) == []
        assert [change.session_id for change in store.changes()] == ["1"]
        with LearningStore.open(f"sqlite:///{folder / 'copy.db'}") as copy:
            store.copy_to(copy)
            assert bits(copy.load_session("NULL", "1")) == bits(session)
            assert copy.verify_totals(deep=True) == []
    assert findings(url, deep=True) == []


@pytest.mark.long
@pytest.mark.parametrize("settings", cases(CHANGE_VALUES), ids=lambda each: next(iter(each.values())))
def test_what_a_database_sets_changes_no_value(
    migrated_postgres_url: str, tmp_path: Path, settings: dict[str, str]
) -> None:
    execute(
        migrated_postgres_url,
        f"CREATE SCHEMA {THEIR_SCHEMA}",
        f"CREATE TABLE {THEIR_SCHEMA}.sessions (id bigint)",
        f"CREATE FUNCTION {THEIR_SCHEMA}.unnest(bigint[]) RETURNS SETOF bigint LANGUAGE sql AS 'SELECT 42'",
    )
    set_for_all(migrated_postgres_url, **settings)
    use_everything(migrated_postgres_url, tmp_path)


def test_foreign_keys_that_are_switched_off_are_switched_on(
    migrated_postgres_url: str, tmp_path: Path
) -> None:
    set_for_all(migrated_postgres_url, session_replication_role="replica")
    use_everything(migrated_postgres_url, tmp_path)


@pytest.fixture
def _pooled_database(_pooled_databases: Databases) -> Iterator[str]:
    """One for which PgBouncer has no session yet: those that it has keep the settings they began with."""
    with _pooled_databases.lent(unused=True) as name:
        yield name


@pytest.mark.parametrize(
    "settings",
    [{name: value} for name in sorted(REFUSED_BEHIND_A_POOLER) for value in CHANGE_VALUES[name]],
    ids=lambda each: "-".join(*each.items()),
)
def test_behind_a_pooler_it_is_refused(
    pgbouncer_url: str, url_behind_pgbouncer: str, settings: dict[str, str]
) -> None:
    """Nothing that is set in a session stays there."""
    set_for_all(url_behind_pgbouncer, **settings)
    ((name, value),) = settings.items()
    refused = f"{name} is '{value}.*ALTER ROLE .* SET {name} = '"
    with pytest.raises(ConfigurationError, match=refused):
        LearningStore.open(pgbouncer_url, pooler=True)
    with pytest.raises(ConfigurationError, match=refused):
        upgrade(pgbouncer_url, Settings(pooler=True))


@pytest.mark.parametrize(
    "settings",
    cases(CHANGE_VALUES.keys() - REFUSED_BEHIND_A_POOLER),
    ids=lambda each: next(iter(each.values())),
)
def test_behind_a_pooler_it_changes_none(
    pgbouncer_url: str, url_behind_pgbouncer: str, settings: dict[str, str]
) -> None:
    set_for_all(url_behind_pgbouncer, **settings)
    save_and_load(pgbouncer_url, pooler=True)


def test_a_pooler_that_switches_off_foreign_keys_is_refused(migrated_postgres_url: str) -> None:
    set_for_all(migrated_postgres_url, session_replication_role="replica")
    with pytest.raises(ConfigurationError, match="session_replication_role = 'origin'"):
        LearningStore.open(migrated_postgres_url, pooler=True)


def test_what_a_role_sets_changes_no_value_either(roles: Roles, tmp_path: Path) -> None:
    agent = roles.new("agent")
    grant(roles.database, agents=[agent])
    database = make_url(roles.database).database
    for name, value in (("extra_float_digits", "0"), ("datestyle", "German"), ("client_encoding", "LATIN1")):
        roles.execute(f"ALTER ROLE {agent} IN DATABASE {database} SET {name} = '{value}'")
    with LearningStore.open(roles.url(agent)) as store:
        store.save_session("語", hard(), "1")
        assert bits(store.load_session("語", "1")) == bits(hard())
        assert store.verify_totals(deep=True) == []


def test_a_role_whose_foreign_keys_are_switched_off_is_refused(roles: Roles) -> None:
    """It may not switch them on again, and deleting a session would leave its facts behind."""
    agent = roles.new("agent")
    grant(roles.database, agents=[agent])
    roles.execute(f"ALTER ROLE {agent} SET session_replication_role = 'replica'")
    with pytest.raises(DatabaseRefusedError, match="session_replication_role"):
        LearningStore.open(roles.url(agent))


@pytest.mark.long
@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PGOPTIONS", "-c extra_float_digits=0 -c array_nulls=off -c standard_conforming_strings=off"),
        ("PGOPTIONS", "-c default_transaction_isolation=serializable -c timezone=Asia/Kathmandu"),
        ("PGDATESTYLE", "German"),
        ("PGTZ", "Asia/Kathmandu"),
        ("PGCLIENTENCODING", "LATIN1"),
        ("PGCLIENTENCODING", "SQL_ASCII"),
    ],
)
def test_what_the_environment_sets_changes_no_value(
    migrated_postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    use_everything(migrated_postgres_url, tmp_path)
    url = make_url(migrated_postgres_url).update_query_dict({"client_encoding": "LATIN1"})
    with LearningStore.open(url.render_as_string(hide_password=False)) as store:
        store.save_session("語", hard(), "1")


def test_a_server_that_may_only_be_read_stays_so(migrated_postgres_url: str) -> None:
    """As an administrator demotes one: that is no setting of values."""
    set_for_all(migrated_postgres_url, default_transaction_read_only="on")
    with LearningStore.open(migrated_postgres_url) as store:
        assert store.scenarios() == []
        with pytest.raises(SwarmstoreError, match="read-only"):
            store.save_session("s", hard())


@contextmanager
def database_in(server: Server, encoding: str) -> Iterator[str]:
    name = f"encoded_{uuid.uuid4().hex[:8]}"
    make = "CREATE DATABASE {} ENCODING {} LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
    with server.connect() as connection:
        connection.execute(sql.SQL(make).format(sql.Identifier(name), sql.Literal(encoding)))
    try:
        yield server.database(name)
    finally:
        with server.connect() as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1", "EUC_JP"])
def test_a_database_that_lacks_names_gets_no_store_and_is_diagnosed(
    postgres_server: Server, encoding: str
) -> None:
    with database_in(postgres_server, encoding) as url:
        with pytest.raises(ConfigurationError, match=f"{encoding} and not UTF8.*CREATE DATABASE"):
            upgrade(url)
        codes = {one.code: one.problem for one in findings(url, deep=True)}
        assert encoding in codes["encoding"]
        assert "schema-missing" in codes


def test_a_text_that_an_older_database_lacks_is_refused(postgres_server: Server) -> None:
    with database_in(postgres_server, "LATIN1") as url:
        with migrating(url) as connection:
            to_newest(connection)
        with LearningStore.open(url) as store:
            store.save_session("é", LearningSnapshot(), "1")
            with pytest.raises(DatabaseRefusedError, match="LATIN1"):
                store.save_session("語", LearningSnapshot(), "1")
            assert store.scenarios() == ["é"]
