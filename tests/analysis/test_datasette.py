"""The metadata for Datasette names what there is, its questions have answers, and Datasette takes it.

SWARMSTORE_WRITE_DOCS=1 writes the file anew.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from swarmstore import LearningStore
from tests.analysis.datasette import QUESTIONS, metadata
from tests.helpers.shipped import SHIPPED

FILE = Path(__file__).parents[2] / "examples" / "datasette.json"
PARAMETERS = {"scenario": "troubleshooting", "action": "CheckStatus"}


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("datasette") / "swarm.db"
    with LearningStore.open(f"sqlite:///{path}") as store:
        store.import_store(SHIPPED)
    return path


@pytest.fixture
def connection(database: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(database)) as opened:
        yield opened


def test_the_file_says_what_the_catalogue_says() -> None:
    text = json.dumps(metadata(), indent=2, ensure_ascii=False) + "\n"
    if os.environ.get("SWARMSTORE_WRITE_DOCS"):
        FILE.write_text(text)
    assert FILE.read_text() == text


def test_it_names_every_table_and_column_and_none_besides(connection: sqlite3.Connection) -> None:
    named = json.loads(FILE.read_text())["databases"]["swarm"]["tables"]
    there = {
        name: {column for _, column, *_ in connection.execute(f"PRAGMA table_info({name})")}
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'"
        )
    }
    assert named.keys() == there.keys()
    assert not named.keys() & QUESTIONS.keys(), "they share one place in a URL"
    for name, table in named.items():
        assert table.get("hidden") or set(table["columns"]) == there[name], name
        assert table.get("hidden") or all(table["columns"].values()), name


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_question_has_an_answer(connection: sqlite3.Connection, name: str) -> None:
    sql = QUESTIONS[name][2]
    asked = {parameter: PARAMETERS[parameter] for parameter in re.findall(r":(\w+)", sql)}
    rows = connection.execute(sql, asked).fetchall()
    assert rows or name == "strategies_compared"  # the shipped runs have no strategies


def test_datasette_serves_it(database: Path) -> None:
    if importlib.util.find_spec("datasette") is None:
        pytest.skip("needs Datasette: pip install datasette")

    shutil.copy(FILE, database.parent)

    def get(path: str) -> Any:
        program = (sys.executable, "-W", "ignore", "-m", "datasette")
        served = (".", "--metadata", FILE.name, "--get", path)
        ended = subprocess.run(
            [*program, *served], capture_output=True, text=True, check=True, cwd=database.parent
        )
        return ended.stdout

    assert "Begin with the views" in get("/")
    assert "Which action followed which, in totals" in get("/swarm/total_transitions")
    asked = "?scenario=troubleshooting&action=CheckStatus&_shape=array"
    answers = json.loads(get(f"/swarm/what_follows.json{asked}"))
    assert sum(answer["probability"] for answer in answers) == pytest.approx(1.0)
