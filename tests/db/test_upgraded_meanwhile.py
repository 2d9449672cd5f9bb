"""Somebody upgrades the tables while a process goes on that runs older code."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import text

from swarmstore import (
    GlobalKey,
    LearningStore,
    ScenarioKey,
    SchemaAheadError,
    SessionId,
    SessionKey,
    SqlStorage,
)
from tests.helpers.internals import database_of
from tests.helpers.shipped import SHIPPED
from tests.snapshots import model, simple

KEY = SessionKey("s", SessionId("1"))

CALLS: dict[str, Callable[[LearningStore], object]] = {
    "save": lambda s: s.save_session("s", simple(2)),
    "save a new scenario": lambda s: s.save_session("new", simple(2), "x"),
    "save again": lambda s: s.save_session("s", simple(), "1"),
    "replace": lambda s: s.storage.save(KEY, simple(3)),
    "save a total": lambda s: s.save_scenario("s", simple(3)),
    "save a model": lambda s: s.save_offline_model("s", model()),
    "learn": lambda s: s.run_offline_learning("s", 3),
    "delete": lambda s: s.storage.delete(KEY),
    "delete a total": lambda s: s.storage.delete(GlobalKey()),
    "prune": lambda s: s.prune("s", keep_latest=0),
    "fold": lambda s: s.fold(),
    "rebuild": lambda s: s.rebuild_totals(),
    "import": lambda s: s.import_store(SHIPPED),
    "load a known total": lambda s: s.load_scenario("s"),
    "load the global total": lambda s: s.load_global(),
    "load a session": lambda s: s.load_session("s", "1"),
    "query": lambda s: s.query_latest("s", 3),
    "list": lambda s: s.list_sessions("s"),
    "changes": lambda s: list(s.changes()),
    "verify": lambda s: s.verify_totals(deep=True),
}


@pytest.fixture
def store(database_url: str) -> Iterator[LearningStore]:
    with LearningStore.open(database_url, fold_in_background=False) as opened:
        opened.save_session("s", simple(), "1")
        opened.load_scenario("s")
        opened.load_global()
        yield opened


def upgrade_to(store: LearningStore, revision: str, oldest: str) -> None:
    """What a migration leaves that older code may use from `oldest` on."""
    storage = store.storage
    assert isinstance(storage, SqlStorage)
    schema = "swarmstore." if database_of(storage).engine.dialect.name == "postgresql" else ""
    with database_of(storage).engine.begin() as connection:
        connection.execute(text(f"UPDATE {schema}swarmstore_version SET version_num = '{revision}'"))
        connection.execute(text(f"UPDATE {schema}schema_compatibility SET oldest_revision = '{oldest}'"))


@pytest.mark.parametrize("call", CALLS)
def test_tables_that_older_code_may_not_use_are_noticed_by_the_next_call(
    store: LearningStore, call: str, database_url: str
) -> None:
    with LearningStore.open(database_url) as other:
        upgrade_to(store, "9999", oldest="9999")
        with pytest.raises(SchemaAheadError, match=r"9999.*newer swarmstore"):
            CALLS[call](store)
        upgrade_to(store, "9999", oldest="0001")
        assert other.list_sessions("s") == ["1"]
        assert other.storage.load(ScenarioKey("s")) == simple()


def test_tables_that_older_code_may_use_are_used(store: LearningStore) -> None:
    upgrade_to(store, "9999", oldest="0001")
    for name, call in CALLS.items():
        if name not in {"load a session", "save again"}:  # others remove it
            call(store)
