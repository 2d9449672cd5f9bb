"""The cookbook's queries run on both databases, and give what the page shows.

`SWARMSTORE_WRITE_COOKBOOK=1 pytest -n0 tests/db/views/test_cookbook.py` writes the results anew, from
SQLite; PostgreSQL has to give the same ones.
"""

from __future__ import annotations

import os
import re
import runpy
from collections.abc import Iterator

import pytest

from swarmstore import LearningStore, Settings, SqlStorage
from swarmstore.db.analytics.views import VIEWS
from tests.db.views.pages import DOCS, answered, queries, result_of, table
from tests.helpers.internals import database_of

PAGE = DOCS / "how-to" / "cookbook.md"
README = DOCS.parent / "README.md"
EXAMPLES = DOCS.parent / "examples"
QUESTIONS = 15
# what differs from one store to another with the same content
OWN = {"scenario_id", "session_row_id", "saved_at", "newest_saved_at", "updated_at"}


@pytest.fixture
def example(database_url: str) -> Iterator[SqlStorage]:
    """The store that the page tells how to make."""
    with SqlStorage(database_url, Settings(fold_in_background=False)) as storage:
        store = LearningStore(storage)
        store.import_store(EXAMPLES / "store")
        runpy.run_path(str(EXAMPLES / "eight_days.py"))["run"](store)
        for scenario in store.scenarios():
            store.run_offline_learning(scenario, 20)
        yield storage


def test_the_pages_show_what_the_queries_give(example: SqlStorage) -> None:
    found = answered(PAGE.read_text(), lambda query: result_of(example, query))
    sqlite = database_of(example).engine.dialect.name == "sqlite"
    if os.environ.get("SWARMSTORE_WRITE_COOKBOOK") and sqlite:
        PAGE.write_text(found)
    assert found.splitlines() == PAGE.read_text().splitlines()
    for query in re.findall(r"```sql\n(.*?)```", README.read_text(), re.DOTALL):
        assert len(result_of(example, query).splitlines()) > 2


def test_every_question_has_a_query_and_rows_that_last() -> None:
    page = PAGE.read_text()
    sections = re.split(r"^## (?=\d)", page, flags=re.MULTILINE)[1:]
    assert [section.partition(".")[0] for section in sections] == [str(n + 1) for n in range(QUESTIONS)]
    for section in sections:
        assert len(queries(section)) == 1
        result = section.rpartition("```text\n")[2].splitlines()
        assert 3 <= result.index("```") <= 40
        assert not OWN & set(result[0].split())


def test_queries_read_views_only() -> None:
    for query in queries(PAGE.read_text()):
        own = set(re.findall(r"(?:WITH|,)\s+(\w+) AS \(", query))
        read = set(re.findall(r"(?:FROM|JOIN)\s+(\w+)", query))
        assert read - own
        assert read - own <= VIEWS.keys()


def test_the_results_are_written_as_they_are() -> None:
    rows = [("a", 1, 0.5, None), ("bc", 20, 2.0, "x")]
    assert table(("name", "n", "rate", "t"), rows).splitlines() == [
        "name   n   rate  t",
        "────  ──  ─────  ────",
        "a      1  0.500  NULL",
        "bc    20  2.000  x",
    ]
