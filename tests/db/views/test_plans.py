"""Plans of views: a filter by scenario or session reaches the facts by their keys on both databases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from benchmarks.data import snapshots
from swarmstore import SessionId, SqlStorage
from swarmstore.db.analytics.views import VIEWS
from swarmstore.db.schema.families import ROLLUPS, SESSIONS
from swarmstore.db.schema.sessions import TotalSource
from tests.helpers.copied_sessions import multiply
from tests.helpers.internals import database_of
from tests.snapshots import full, model, simple

pytestmark = pytest.mark.long

SCENARIOS, COPIES = 100, 9
# what grows with sessions; scenarios and names of actions are few, and a planner may read them all
TABLES = {
    table.name
    for family in (SESSIONS, ROLLUPS)
    for table in (family.header.table, *family.facts.values(), TotalSource.table)
}
OF_SESSIONS = {name for name, view in VIEWS.items() if "session_id" in {c.name for c in view.columns}}
OF_TOTALS = {name for name, view in VIEWS.items() if "kind" in {c.name for c in view.columns}}
# each of its rows is made from those before it in its scenario, which an id alone does not tell
WINDOWED = {"learning_curve"}
# SQLite's plans show a scan of the scenarios' part, which 'scenario' = 'global' keeps from running
NOT_RUN = {"totals", "total_strategy_switches"}
# every session is a part of the global total
OF_EACH_SESSION = {"total_origins"}
# SQLite may pick the scenario's sessions from its index of all of them, an entry each: facts are by key
BY_INDEX = {
    "transition_days": {"sessions"},
    "action_days": {"sessions"},
    "total_strategy_switches": {"total_sources"},  # it counts what is pending for each total so
}


@pytest.fixture
def filled(database_url: str) -> Iterator[SqlStorage]:
    """Enough for a planner to prefer a key; some sessions wait for their totals, most do not."""
    with SqlStorage(database_url) as opened:
        for number, snapshot in enumerate(snapshots(100, SCENARIOS)):
            opened.save_session(f"s{number}", snapshot, SessionId(str(1_700_000_000 + number)))
        multiply(opened, COPIES)
        for number in range(SCENARIOS):
            opened.save_session(f"alone {number}", full())
        opened.fold()
        opened.save_session("s1", simple())
        opened.save_offline_model("s1", model())
        database_of(opened).write(lambda session: session.execute(text("ANALYZE")))
        yield opened


def scanned(storage: SqlStorage, view: str, where: str) -> set[str]:
    """The tables of which a query of a view reads more rows than a key finds."""
    sqlite = database_of(storage).engine.dialect.name == "sqlite"

    def work(session: Session) -> set[str]:
        if sqlite:
            rows = session.execute(text(f"EXPLAIN QUERY PLAN SELECT * FROM {view} WHERE {where}")).all()
            found = re.findall(r"^SCAN (\w+)", "\n".join(str(row[-1]) for row in rows), re.MULTILINE)
            return set(found) & TABLES
        session.execute(text("SET LOCAL enable_seqscan = off"))  # as in a large table
        explain = f"EXPLAIN (FORMAT JSON) SELECT * FROM swarmstore.{view} WHERE {where}"
        (explained,) = session.scalar(text(explain))
        return set(_without_a_key(explained["Plan"])) & TABLES

    return database_of(storage).write(work)


def _without_a_key(node: dict[str, Any]) -> Iterator[str]:
    # a bitmap's condition stands on the nodes below it, which name no table
    by_bitmap = node["Node Type"] == "Bitmap Heap Scan"
    if "Relation Name" in node and "Index Cond" not in node and not (by_bitmap and _is_keyed(node)):
        yield node["Relation Name"]
    for child in node.get("Plans", ()):
        yield from _without_a_key(child)


def _is_keyed(bitmap: dict[str, Any]) -> bool:
    parts = bitmap.get("Plans", ())
    return bool(parts) and all("Index Cond" in part or _is_keyed(part) for part in parts)


FILTERS = {
    "scenario = 's1'": set(VIEWS),
    "scenario = 's1' AND session_id = '1700000001.100001'": OF_SESSIONS,
    "session_row_id = 5": OF_SESSIONS - WINDOWED,
    "kind = 'global'": OF_TOTALS - NOT_RUN - OF_EACH_SESSION,
    "scenario_id = 0": OF_TOTALS - OF_EACH_SESSION,
}


def test_filters_reach_the_keys(filled: SqlStorage) -> None:
    for where, views in FILTERS.items():
        found = {view: scanned(filled, view, where) - BY_INDEX.get(view, set()) for view in views}
        assert found == {view: set() for view in views}, where
    for table in ("session_transitions", "rollup_transitions"):  # a scan would be seen
        assert scanned(filled, table, "success_count = 1") == {table}
