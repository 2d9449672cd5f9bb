"""A store on a Citus cluster: its tables are spread by scenario, and a scenario's calls stay on one server.

The contract of all backends runs there as well: `pytest tests/contract -k citus`.
"""

from __future__ import annotations

import re
import runpy
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import event, make_url, text

import swarmstore
from swarmstore import (
    ActionStats,
    Additive,
    ConfigurationError,
    CorruptStoreError,
    LearningStore,
    SessionId,
    SessionKey,
    Settings,
    SqlStorage,
    StoreUnavailableError,
    TimeDecay,
)
from swarmstore.db.analytics.views import VIEWS
from swarmstore.db.migrations.runner import migrating
from swarmstore.db.operations import fold_totals
from swarmstore.db.schema.all_tables import Base
from tests.db.views.pages import DOCS, answered, result_of
from tests.helpers.internals import database_of
from tests.helpers.store_contents import content, fill
from tests.postgres import citus
from tests.snapshots import full, simple

URL = citus.required_url()
EXAMPLES = DOCS.parent / "examples"


@pytest.fixture
def schema(citus_url: str) -> Iterator[str]:
    """A schema with tables that are not spread yet."""
    with citus.new_schema(citus_url) as name:
        swarmstore.upgrade(URL, schema=name)
        yield name


def placed(schema: str) -> dict[str, str | None]:
    """The column that each distributed table is distributed by, None for those that are whole everywhere."""
    found = "SELECT table_name::text, citus_table_type, distribution_column FROM citus_tables"
    with psycopg.connect(URL) as connection:
        rows = connection.execute(found).fetchall()
    prefix = f"{schema}."
    return {
        name.removeprefix(prefix): None if kind == "reference" else column
        for name, kind, column in rows
        if name.startswith(prefix)
    }


def test_a_filled_store_is_spread_and_answers_as_before(schema: str) -> None:
    with LearningStore.open(URL, schema=schema) as store:
        for number in range(6):
            store.save_session(f"s{number % 3}", full() if number < 3 else simple(number))
        store.fold()
        store.save_session("s1", simple(7))
        store.run_offline_learning("s1", 5)
        held = content(store)
    planned = swarmstore.distribute(URL, schema=schema)
    assert planned.dry_run
    assert placed(schema) == {}
    done = swarmstore.distribute(URL, schema=schema, dry_run=False)
    assert sorted(done.changed) == sorted(planned.changed) == sorted([*done.whole, *done.spread])
    assert placed(schema) == {
        **dict.fromkeys(done.whole),
        **dict.fromkeys(done.spread, "scenario_id"),
    }
    assert {*done.whole, *done.spread} == {*Base.metadata.tables, "swarmstore_version"}
    with LearningStore.open(URL, schema=schema) as store:
        assert content(store) == held
        assert store.verify_totals(deep=True) == []
        store.save_session("s1", simple(8))
        assert store.fold() > 0
        assert store.verify_totals(deep=True) == []
    with psycopg.connect(URL) as connection:  # no rows are left behind where they came from
        count = sql.SQL("SELECT pg_relation_size({})").format(sql.Literal(f"{schema}.session_transitions"))
        assert connection.execute(count).fetchone() == (0,)


def test_a_copy_on_a_cluster_answers_every_view(sqlite_url: str, citus_schema: str) -> None:
    with (
        LearningStore.open(sqlite_url) as source,
        LearningStore.open(URL, schema=citus_schema) as target,
    ):
        fill(source)
        source.import_store(EXAMPLES / "store")
        source.fold()
        for number in range(3):
            source.save_session("pending", simple(number))
        source.save_session("pending once", full())
        source.copy_to(target)
        assert content(target) == content(source)
        assert target.verify_totals(deep=True) == []
        for view in VIEWS:
            held = [rows_of(store, view) for store in (source, target)]
            assert held[0] == held[1], view


def test_a_copy_on_a_cluster_gives_what_the_cookbook_shows(sqlite_url: str, citus_schema: str) -> None:
    with (
        LearningStore.open(sqlite_url) as source,
        SqlStorage(URL, Settings(schema=citus_schema)) as target,
    ):
        source.import_store(EXAMPLES / "store")
        runpy.run_path(str(EXAMPLES / "eight_days.py"))["run"](source)
        for scenario in source.scenarios():
            source.run_offline_learning(scenario, 20)
        source.copy_to(LearningStore(target))
        page = (DOCS / "how-to" / "cookbook.md").read_text()
        assert answered(page, lambda query: result_of(target, query)).splitlines() == page.splitlines()


def rows_of(store: LearningStore, view: str) -> list[str]:
    """A view's rows in one order; of doubles what adding up in another order leaves as it is."""
    rows = store.frame(view).to_pylist()
    rounded = (
        {name: f"{v + 0.0:.9g}" if isinstance(v, float) else v for name, v in row.items()} for row in rows
    )
    return sorted(map(repr, rounded))


def test_doing_it_again_changes_nothing(citus_schema: str) -> None:
    again = swarmstore.distribute(URL, schema=citus_schema, dry_run=False)
    assert again.changed == []


@pytest.mark.parametrize("name", ['a "quoted" Schema', "100%_full:a"])
def test_a_schema_may_have_any_name(name: str) -> None:
    schema = f"{name} {uuid4().hex[:8]}"
    try:
        swarmstore.upgrade(URL, schema=schema)
        swarmstore.distribute(URL, schema=schema, dry_run=False)
        with LearningStore.open(URL, schema=schema) as store:
            store.save_session("s", simple(1))
            assert store.load_global() == store.load_scenario("s")
    finally:
        with psycopg.connect(URL) as connection:
            connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(schema)))


def test_what_was_added_since_is_spread_by_doing_it_again(schema: str) -> None:
    swarmstore.distribute(URL, schema=schema, dry_run=False)
    undone = sql.SQL("SELECT undistribute_table({})").format(sql.Literal(f"{schema}.removed_sessions"))
    with psycopg.connect(URL) as connection:
        connection.execute(undone)
    again = swarmstore.distribute(URL, schema=schema, dry_run=False)
    assert again.changed == ["removed_sessions"]
    assert placed(schema)["removed_sessions"] == "scenario_id"


def test_a_table_that_is_distributed_otherwise_is_named(schema: str) -> None:
    otherwise = sql.SQL("SELECT create_distributed_table({}, 'session_row_id')")
    with psycopg.connect(URL) as connection:
        connection.execute(otherwise.format(sql.Literal(f"{schema}.removed_sessions")))
    with pytest.raises(ConfigurationError, match=r"'removed_sessions' is distributed in another way"):
        swarmstore.distribute(URL, schema=schema, dry_run=False)
    assert list(placed(schema)) == ["removed_sessions"]


def test_tables_that_are_spread_can_be_changed(citus_schema: str) -> None:
    with psycopg.connect(URL) as connection:
        connection.execute(sql.SQL("DROP VIEW {}").format(sql.Identifier(citus_schema, "paths")))
    swarmstore.upgrade(URL, schema=citus_schema)
    with migrating(URL, Settings(schema=citus_schema)) as connection:
        for statement in (
            "ALTER TABLE sessions ADD COLUMN more BIGINT",
            "UPDATE sessions SET more = 1",
            "UPDATE session_actions SET visits = visits + 1",
            "ALTER TABLE sessions DROP COLUMN more",
        ):
            connection.execute(text(statement))
    with LearningStore.open(URL, schema=citus_schema) as store:
        assert store.frame("paths").num_rows == 0


@pytest.fixture
def agent_url(citus_schema: str) -> Iterator[str]:
    """The cluster as a role that was granted what agents need."""
    name = f"agent_{uuid4().hex[:12]}"
    role = sql.Identifier(name)
    with psycopg.connect(URL, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'of-an-agent'").format(role))
        swarmstore.grant(URL, agents=[name], schema=citus_schema)
        url = make_url(URL).set(username=name, password="of-an-agent")
        yield url.render_as_string(hide_password=False)
        for statement in ("DROP OWNED BY {}", "DROP ROLE {}"):
            connection.execute(sql.SQL(statement).format(role))


def test_an_agent_needs_no_more_than_what_is_granted(citus_schema: str, agent_url: str) -> None:
    with (
        LearningStore.open(agent_url, schema=citus_schema, fold_at=2, fold_in_background=False) as store,
        LearningStore.open(agent_url, schema=citus_schema) as other,
    ):
        ids = [each.save_session("s", full()) for each in (store, other) * 3]
        store.save_scenario("by hand", simple())
        assert len(list(store.changes())) == 6
        assert store.run_offline_learning("s", 3) == other.load_offline_model("s")
        assert store.prune("s", keep_latest=5) == 1
        store.storage.delete(SessionKey("s", ids[-1]))
        assert store.fold() >= 0
        assert other.load_scenario("s").metadata.session_count == 6 * full().metadata.session_count
        assert store.verify_totals(deep=True) == []


def test_a_lost_rollup_ends_calls_that_save(citus_schema: str) -> None:
    with LearningStore.open(URL, schema=citus_schema, timeout_seconds=1) as store:
        store.save_session("s", simple(), "1")
        with psycopg.connect(URL) as connection:
            lost = sql.SQL("DELETE FROM {} WHERE scenario_id <> 0")
            connection.execute(lost.format(sql.Identifier(citus_schema, "rollups")))
        with pytest.raises(StoreUnavailableError, match="doctor"):
            store.save_session("s", simple(), "2")
        with pytest.raises(CorruptStoreError, match="doctor"):
            store.storage.save(SessionKey("s", SessionId("2")), simple())


def test_names_that_are_added_at_once_are_added_once(citus_schema: str) -> None:
    with (
        LearningStore.open(URL, schema=citus_schema) as one,
        LearningStore.open(URL, schema=citus_schema) as two,
    ):
        with ThreadPoolExecutor(8) as threads:
            saves = [
                threads.submit(store.save_session, f"s{number % 2}", full())
                for number in range(4)
                for store in (one, two)
            ]
        assert len({save.result() for save in saves}) == 8
        assert one.scenarios() == ["s0", "s1"]
        assert one.verify_totals(deep=True) == []


def test_any_number_of_agents_may_bring_the_same_new_names(
    citus_schema: str, caplog: pytest.LogCaptureFixture
) -> None:
    """One waits for the other: if all but one had to try again, some would give up."""
    caplog.set_level("INFO", "swarmstore")
    agents, steps = 16, 3

    def agent(number: int) -> None:
        """Save sessions, each with some of the names that others are about to add."""
        with LearningStore.open(URL, schema=citus_schema) as store:
            for step in range(steps):
                names = [f"{step} {20 * number + place}" for place in range(400)]
                learned = replace(simple(), action_stats={name: ActionStats(visits=1) for name in names})
                store.save_session("s", learned)

    with ThreadPoolExecutor(agents) as threads:
        list(threads.map(agent, range(agents)))
    assert "action_sequences" not in caplog.text
    with LearningStore.open(URL, schema=citus_schema) as store:
        assert len(store.list_sessions("s")) == agents * steps
        assert store.verify_totals(deep=True) == []


@contextmanager
def remote_commands(store: LearningStore) -> Iterator[list[str]]:
    """What the coordinator asks of servers, while the block runs."""
    said: list[str] = []
    engine = database_of(store.storage).engine

    def note(diagnostic: psycopg.errors.Diagnostic) -> None:
        said.append(diagnostic.message_primary or "")

    def listen(connection: Any, *_: object) -> None:
        connection.autocommit = True
        connection.execute("SET citus.log_remote_commands = on")
        connection.execute("SET client_min_messages = log")
        connection.autocommit = False
        connection.add_notice_handler(note)

    event.listen(engine, "checkout", listen)
    yield said
    event.remove(engine, "checkout", listen)


def shard_groups(schema: str, commands: list[str]) -> set[str]:
    """The ranges of scenarios whose shards are named, but for tables that are whole everywhere."""
    ranges = "SELECT shardid::text, shardminvalue FROM pg_dist_shard WHERE shardminvalue IS NOT NULL"
    with psycopg.connect(URL) as connection:
        range_of: dict[str, str] = dict(connection.execute(ranges).fetchall())
    named = {found for said in commands for found in re.findall(rf"{schema}\.\w+?_(\d+)\b", said)}
    return {range_of[shard] for shard in named if shard in range_of}


@pytest.fixture
def not_by_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    """The global total is not folded, which a few saves do."""
    monkeypatch.setattr(fold_totals, "random", lambda: 1.0)


CALLS: dict[str, Callable[[LearningStore], object]] = {
    "save": lambda store: store.save_session("s", simple()),
    "load_scenario": lambda store: store.load_scenario("s"),
    "load_session": lambda store: store.load_session("s", "1"),
    "list_sessions": lambda store: store.list_sessions("s"),
    "query_latest": lambda store: store.query_latest("s", 3),
    "query_range": lambda store: store.query_range("s", 0, 9),
    "merge": lambda store: store.merge_sessions("s", Additive()),
    "merge by age": lambda store: store.merge_sessions("s", TimeDecay(2)),
    "learn": lambda store: store.run_offline_learning("s", 3),
}
TWO_PHASES = {"learn"}  # which keeps many rows of several tables, seldom


@pytest.mark.usefixtures("not_by_chance")
@pytest.mark.parametrize("name", CALLS)
def test_a_call_on_one_scenario_asks_one_server(citus_schema: str, name: str) -> None:
    with LearningStore.open(URL, schema=citus_schema, fold_at=1_000) as store:
        for number in range(4):
            store.save_session("s", simple(number), str(number))
            store.save_session("other", simple(number))
        with remote_commands(store) as commands:
            CALLS[name](store)
        assert len(shard_groups(citus_schema, commands)) == 1, "\n".join(commands)
        assert name in TWO_PHASES or not any("PREPARE" in said for said in commands)


@pytest.mark.usefixtures("not_by_chance")
def test_refreshing_a_total_asks_one_server(citus_schema: str) -> None:
    with LearningStore.open(URL, schema=citus_schema, fold_at=3, fold_in_background=False) as store:
        for number in range(2):
            store.save_session("s", simple(number), str(number))
        with remote_commands(store) as commands:
            store.save_session("s", simple(2), "2")
        assert any("rollup_transitions" in said for said in commands)
        assert len(shard_groups(citus_schema, commands)) == 1, "\n".join(commands)
        assert store.verify_totals(deep=True) == []
