"""What agents, analysts and others may do, tried as real roles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import Engine, event

from swarmstore import (
    Additive,
    DatabaseRefusedError,
    GlobalKey,
    LearningStore,
    ScenarioKey,
    SessionId,
    SessionKey,
    SuccessWeighted,
    TimeDecay,
)
from swarmstore.db.access.grants import grant
from swarmstore.db.access.privileges import ACCESS, RoleKind
from swarmstore.db.doctor import diagnose
from swarmstore.db.schema.all_tables import Base
from tests.helpers.shipped import SHIPPED
from tests.postgres.roles import Roles, connected
from tests.recording import making
from tests.snapshots import full, model, simple

BOTH, AGENT, NOBODY = {"agent", "analyst"}, {"agent"}, set[str]()


@dataclass
class Granted:
    """A database with something in every table, and a role of each sort."""

    roles: Roles
    agent: str
    analyst: str
    other: str

    def url(self, name: str) -> str:
        role: str = getattr(self, name)
        return self.roles.url(role)


@pytest.fixture
def granted(roles: Roles) -> Granted:
    found = Granted(roles, roles.new("agent"), roles.new("analyst"), roles.new("other"))
    with LearningStore.open(roles.database) as store:
        store.save_session("s", full(), "1")
        store.save_session("s", simple(), "2")
        store.fold()
        store.save_session("s", full(), "3")
        store.storage.delete(SessionKey("s", SessionId("2")))
        store.save_offline_model("s", model())
        assert len(list(store.changes())) == 2
    roles.execute("CREATE VIEW swarmstore.names AS SELECT name FROM swarmstore.scenarios")
    grant(roles.database, agents=[found.agent], analysts=[found.analyst])
    return found


def may(connection: psycopg.Connection[Any], statement: str) -> bool:
    """Whether a statement is allowed; it is rolled back."""
    try:
        connection.execute(statement.replace("@", "swarmstore.").encode())
    except InsufficientPrivilege:
        return False
    finally:
        connection.rollback()
    return True


@pytest.mark.parametrize("kind", RoleKind)
def test_every_table_has_its_entry(kind: RoleKind) -> None:
    assert set(ACCESS[kind]) == set(Base.metadata.tables.values())


HEADER = "1, 0, 0, 0, 0, 0, 0, 0, 0.0"
INTO_HEADER = (
    "version, created_at, session_count, total_episodes, total_actions, success_episodes,"
    " failure_episodes, strategy_start_visits, strategy_start_success_rate"
)


# '@' stands for the schema
STATEMENTS = [
    ("SELECT name FROM @scenarios", BOTH),
    ("SELECT version_num FROM @swarmstore_version", BOTH),
    ("SELECT oldest_revision FROM @schema_compatibility", BOTH),
    ("SELECT name FROM @names", {"agent", "analyst"}),
    ("SELECT id FROM @sessions FOR KEY SHARE", AGENT),
    ("SELECT id FROM @sessions FOR UPDATE", AGENT),
    ("SELECT scenario_id FROM @rollups FOR NO KEY UPDATE", AGENT),
    ("SELECT id FROM @scenarios FOR KEY SHARE", NOBODY),
    ("INSERT INTO @scenarios (name, name_hash) VALUES ('x', 'x')", AGENT),
    ("UPDATE @scenarios SET name = 'x'", NOBODY),
    ("DELETE FROM @scenarios", NOBODY),
    ("INSERT INTO @action_sequences (id, length, action_1) VALUES (1, 1, 'x')", AGENT),
    ("UPDATE @action_sequences SET action_1 = 'x'", NOBODY),
    ("DELETE FROM @action_sequences", NOBODY),
    (
        "INSERT INTO @sessions (scenario_id, session_id, write_token, content_digest, digest_version,"
        f" saved_at_ms, {INTO_HEADER}) VALUES (1, '9', '', '', 1, 0, {HEADER})",
        AGENT,
    ),
    ("UPDATE @sessions SET position = NULL", AGENT),
    ("UPDATE @sessions SET session_id = '9'", NOBODY),
    ("UPDATE @sessions SET total_actions = 9", NOBODY),
    ("UPDATE @sessions SET position = 1, content_digest = ''", NOBODY),
    ("DELETE FROM @total_sources; DELETE FROM @sessions", AGENT),
    ("UPDATE @session_actions SET visits = 9", NOBODY),
    ("DELETE FROM @session_actions", NOBODY),
    ("UPDATE @total_sources SET folded = true", AGENT),
    ("UPDATE @total_sources SET total_scenario_id = 9", NOBODY),
    ("UPDATE @baselines SET total_actions = 9", AGENT),
    ("UPDATE @baselines SET origin = 'x'", NOBODY),
    ("DELETE FROM @baseline_actions", NOBODY),
    ("UPDATE @rollups SET total_actions = 9", AGENT),
    ("UPDATE @rollups SET scenario_id = 9", NOBODY),
    ("DELETE FROM @rollups", NOBODY),
    ("DELETE FROM @rollup_actions", AGENT),
    ("UPDATE @offline_models SET version = 9", AGENT),
    ("DELETE FROM @offline_models", NOBODY),
    ("DELETE FROM @offline_paths", AGENT),
    ("UPDATE @imports SET counted = true", AGENT),
    ("UPDATE @imports SET path = 'x'", NOBODY),
    ("DELETE FROM @imports", NOBODY),
    ("UPDATE @swarmstore_version SET version_num = '9999'", NOBODY),
    ("DELETE FROM @swarmstore_version", NOBODY),
    ("UPDATE @schema_compatibility SET oldest_revision = '0000'", NOBODY),
    ("DELETE FROM @schema_compatibility", NOBODY),
    ("UPDATE @publication SET last_position = 9", AGENT),
    ("UPDATE @publication SET store_id = ''", NOBODY),
    ("DELETE FROM @publication", NOBODY),
    ("SELECT setval('@sessions_id_seq', 1)", NOBODY),
    ("SELECT nextval('@sessions_id_seq')", NOBODY),
    ("CREATE TABLE @mine (x int)", NOBODY),
    ("CREATE VIEW @mine AS SELECT 1", NOBODY),
    ("CREATE FUNCTION @mine() RETURNS int LANGUAGE sql RETURN 1", NOBODY),
    ("CREATE TYPE @mine AS (x int)", NOBODY),
    ("DROP SCHEMA swarmstore CASCADE", NOBODY),
    ("ALTER SCHEMA swarmstore RENAME TO mine", NOBODY),
    ("CREATE SCHEMA mine", NOBODY),
    ("CREATE ROLE mine", NOBODY),
]


def test_who_may_do_what(granted: Granted) -> None:
    found: list[tuple[str, set[str]]] = [(statement, set()) for statement, _ in STATEMENTS]
    for name in ("agent", "analyst", "other"):
        with connected(granted.url(name)) as connection:
            for statement, allowed in found:
                if may(connection, statement):
                    allowed.add(name)
    assert found == STATEMENTS


@pytest.mark.parametrize(("session_id", "folded"), [("waiting", False), ("1", True)])
def test_what_an_agent_adds_to_another_ones_session_is_noticed(
    granted: Granted, session_id: str, folded: bool
) -> None:
    """The privileges that saving needs allow it: docs/how-to/roles.md says so, and how it is noticed."""
    with LearningStore.open(granted.roles.database) as owner:
        owner.save_session("s", simple(), "waiting")
        with connected(granted.url("agent")) as agent:
            agent.execute(
                "INSERT INTO swarmstore.action_sequences (id, length, action_1) VALUES (42, 1, 'wrong')"
            )
            agent.execute(
                "INSERT INTO swarmstore.session_actions (session_row_id, scenario_id, sequence_id, visits,"
                " successes, failures, discoveries, total_duration_ms, kpi_total, kpi_count)"
                " SELECT id, scenario_id, 42, 9, 9, 0, 0, 0, 0, 0 FROM swarmstore.sessions"
                " WHERE session_id = %s",
                [session_id],
            )
        assert bool(owner.verify_totals()) is folded
        found = [one for one in owner.verify_totals(deep=True) if one.kind == "content"]
        assert [one.session_id for one in found] == [session_id]
    codes = {one.code for one in diagnose(granted.roles.database, deep=True).findings}
    assert "sequence-damaged" in codes


def test_nobody_can_pass_a_right_on(granted: Granted) -> None:
    for name in (granted.agent, granted.analyst):
        granted.roles.execute("GRANT SELECT ON swarmstore.sessions TO PUBLIC", name)  # a warning
    with connected(granted.url("other")) as connection:
        assert not may(connection, "SELECT FROM @sessions")


@pytest.mark.parametrize("name", ["agent", "analyst", "other"])
def test_nobody_changes_a_table_or_a_key(granted: Granted, name: str) -> None:
    """Analysts change no row either, and who was granted nothing sees nothing."""
    keys = {
        table.name: [column.name for column in table.primary_key] for table in Base.metadata.sorted_tables
    }
    refused, found = [], []
    with connected(granted.url(name)) as connection:
        for table, columns in {**keys, "swarmstore_version": []}.items():
            assert may(connection, f"SELECT count(*) FROM @{table}") == (name != "other"), table
            refused += [
                f"TRUNCATE @{table}",
                f"DROP TABLE @{table} CASCADE",
                f"ALTER TABLE @{table} ADD COLUMN x int",
                f"CREATE INDEX ON @{table} ((1))",
                f"CREATE RULE x AS ON INSERT TO @{table} DO INSTEAD NOTHING",
                f"COMMENT ON TABLE @{table} IS 'x'",
                *[f"UPDATE @{table} SET {column} = {column}" for column in columns],
            ]
            if name != "agent":
                refused += [
                    f"INSERT INTO @{table} DEFAULT VALUES",
                    f"DELETE FROM @{table}",
                    f"LOCK TABLE @{table} IN SHARE MODE",
                ]
        found = [statement for statement in refused if may(connection, statement)]
    assert found == []


@pytest.fixture
def written() -> Iterator[set[tuple[str, str]]]:
    """`(table, verb)` of all that is written meanwhile, `(table, column)` of updates."""
    seen: set[tuple[str, str]] = set()

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        for verb, table in re.findall(r'(INSERT INTO|DELETE FROM|UPDATE) "?swarmstore"?\.(\w+)', statement):
            if verb != "UPDATE":
                seen.add((table, verb.split()[0]))
            assignments = statement.partition(" SET ")[2].partition(" WHERE ")[0]
            seen.update((table, column) for column in re.findall(r"(?:^|, )(\w+) ?= ?", assignments))

    event.listen(Engine, "before_cursor_execute", note)
    yield seen
    event.remove(Engine, "before_cursor_execute", note)


def test_an_agent_forgets_no_import(granted: Granted) -> None:
    with LearningStore.open(granted.url("agent")) as store:
        store.import_store(SHIPPED, origin="files")
        before = store.load_global()
        with pytest.raises(DatabaseRefusedError, match="imports"):
            store.forget(origin="files")
        assert store.load_global() == before


def test_an_agent_runs_every_call_and_may_write_nothing_else(
    granted: Granted, written: set[tuple[str, str]], tmp_path: Path
) -> None:
    with LearningStore.open(granted.url("agent"), fold_at=2) as store:
        store.save_session("new", full(), "1")
        assert store.save_session("new", full(), "1") == "1"
        for _ in range(4):
            store.save_session("new", simple())
        store.fold()
        storage = store.storage
        for session_id in ("1", *store.list_sessions("new")[1:2]):
            assert storage.delete(SessionKey("new", SessionId(session_id)))
        storage.save(SessionKey("s", SessionId("1")), simple())
        assert len(store.forget("new", store.list_sessions("new")[:1]).sessions) == 1
        assert store.prune("new", keep_latest=1) == 1
        store.save_scenario("s", full())
        store.save_global(full())
        assert storage.delete(ScenarioKey("s"))
        assert storage.delete(GlobalKey())
        store.import_store(SHIPPED, origin="files")
        store.import_store(SHIPPED, origin="sessions", totals="sessions")
        for steps in (1, 2):  # the second takes the place of the first
            making.write_record(tmp_path)
            store.ingest(making.write(tmp_path, *[making.event("A", tick=tick) for tick in range(steps)]))
        store.save_offline_model("s", model())
        store.run_offline_learning("new", 10)
        assert store.rebuild_totals() == 6
        assert len(list(store.changes())) > 100
        assert_readable(store)
    tables = ACCESS[RoleKind.AGENT].items()
    assert written | {("rollups", "unsettled")} == {  # written on a cluster alone
        *((table.name, "INSERT") for table, access in tables if access.insert),
        *((table.name, column) for table, access in tables for column in access.update),
        *((table.name, "DELETE") for table, access in tables if access.delete),
    }


def assert_readable(store: LearningStore) -> None:
    """Every reading call answers."""
    scenarios = store.scenarios()
    assert [summary.scenario for summary in store.summaries()] == scenarios
    assert "s" in scenarios
    for session_id in store.list_sessions("s"):
        assert store.load_session("s", session_id) in store.query_latest("s", 10)
    assert store.query_since("s", 0) == store.query_range("s", 0, 2**63)
    assert list(store.changes()) != []
    assert store.storage.exists(SessionKey("s", SessionId("1")))
    assert store.storage.load(GlobalKey()) == store.load_global()
    for strategy in (Additive(), TimeDecay(half_life_sessions=2), SuccessWeighted()):
        for scenario in ("s", None):
            assert store.merge_sessions(scenario, strategy).metadata.session_count > 0
    assert store.load_offline_model("s") == model()
    assert store.storage.latest_analysis_input("s", 10).sessions > 0
    assert store.verify_totals(deep=True) == []


def test_an_analyst_runs_every_reading_call_and_no_other(granted: Granted) -> None:
    url = granted.url("analyst")
    with LearningStore.open(url) as store, LearningStore.open(granted.roles.database) as owner:
        assert_readable(store)
        assert store.load_scenario("s") == owner.load_scenario("s")
        for call in (
            lambda: store.save_session("s", simple(7)),
            lambda: store.save_scenario("s", full()),
            lambda: store.save_offline_model("s", model()),
            lambda: store.storage.delete(SessionKey("s", SessionId("1"))),
            lambda: store.import_store(SHIPPED),
            store.fold,
            store.rebuild_totals,
        ):
            with pytest.raises(DatabaseRefusedError, match="may not do that"):
                call()
        assert store.load_scenario("s") == owner.load_scenario("s")
        published = list(store.changes())
        saved = owner.save_session("s", simple(5))
        assert list(store.changes(published[-1].cursor)) == []  # and no error: nobody has published it
        (change,) = owner.changes(published[-1].cursor)
        assert change.session_id == saved
        assert list(store.changes()) == [*published, change]
    assert [one.code for one in diagnose(url).findings] == ["role-reads-only"]


def test_without_a_grant_a_role_cannot_open_the_store(granted: Granted) -> None:
    with pytest.raises(DatabaseRefusedError, match="permission denied"):
        LearningStore.open(granted.url("other"))
