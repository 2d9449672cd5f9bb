"""A million rows go into files, and no more than a few batches of them are ever in memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.frames.large import TRANSITIONS, fill

ROWS = 1_000_000
MOST_MB = 120  # as Python's objects the rows would take more than three times as much
MEASURED = """
import json, resource, sys
from pathlib import Path
import pyarrow.csv, pyarrow.parquet
from swarmstore import LearningStore

url, folder, file_format, view = sys.argv[1:]
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
with LearningStore.open(url) as store:
    store.frame(view, scenario="none")
    before = peak()
    report = store.export_frames(folder, file_format, views=[view])
    print(json.dumps({"rows": report.files[0].rows, "grown": peak() - before}))
"""


@pytest.mark.parametrize("file_format", ["parquet", "csv"])
def test_a_million_rows_are_exported_in_bounded_memory(
    database_url: str, tmp_path: Path, file_format: str
) -> None:
    fill(database_url, ROWS // TRANSITIONS)
    ended = subprocess.run(
        [sys.executable, "-c", MEASURED, database_url, str(tmp_path), file_format, "transitions"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    measured = json.loads(ended.stdout)
    assert measured["rows"] == ROWS
    assert measured["grown"] < MOST_MB * 2**20
