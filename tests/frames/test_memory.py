"""Very many rows go into files, and no more than a few batches of them are ever in memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.many_rows import fill

pytestmark = pytest.mark.long

PER_SESSION = 1000
MOST_MB = 80  # as Python's objects the rows would take far more
MEASURED = """
import json, sys
import pyarrow.csv, pyarrow.parquet
from swarmstore import LearningStore
from tests.helpers.memory_used import greatest_memory

url, folder, file_format, view = sys.argv[1:]
with LearningStore.open(url) as store:
    store.frame(view, scenario="none")
    before = greatest_memory()
    report = store.export_frames(folder, file_format, views=[view])
    print(json.dumps({"rows": report.files[0].rows, "grown": greatest_memory() - before}))
"""


@pytest.mark.parametrize(
    ("database", "file_format", "rows"),
    [
        ("sqlite_url", "parquet", 400_000),
        ("sqlite_url", "csv", 200_000),
        ("migrated_postgres_url", "parquet", 200_000),
    ],
)
def test_very_many_rows_are_exported_in_bounded_memory(
    request: pytest.FixtureRequest, tmp_path: Path, database: str, file_format: str, rows: int
) -> None:
    url = request.getfixturevalue(database)
    fill(url, rows // PER_SESSION, PER_SESSION)
    ended = subprocess.run(
        [sys.executable, "-c", MEASURED, url, str(tmp_path), file_format, "transitions"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    measured = json.loads(ended.stdout)
    assert measured["rows"] == rows
    assert measured["grown"] < MOST_MB * 2**20, f"{measured['grown'] / 2**20:.0f} MB"
