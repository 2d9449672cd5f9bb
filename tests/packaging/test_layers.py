"""What holds of the modules together; which may import which is in pyproject.toml, [tool.importlinter]."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "swarmstore"
MODULES = sorted(PACKAGE.rglob("*.py"))
LONGEST = 350
OF_ONE_CONCEPT = {  # names of several modules: each is about the same thing, on another floor
    "compatibility",
    "imports",
    "storage",
    "change_feed",
    "engine",
    "facts",
    "removed_sessions",
    "offline_models",
    "ingest",
    "merge",
    "scenarios",
    "sessions",
    "totals",
}


def test_data_flows_one_way() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    told = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout


@pytest.mark.parametrize("folder", ["swarmstore", "migrations", "tests", "benchmarks"])
def test_no_file_is_too_long_to_read(folder: str) -> None:
    lengths = {str(path): len(path.read_text().splitlines()) for path in (ROOT / folder).rglob("*.py")}
    assert {path: length for path, length in lengths.items() if length > LONGEST} == {}


def test_most_modules_are_read_in_two_minutes() -> None:
    assert median(len(path.read_text().splitlines()) for path in MODULES) < 120


def test_a_name_is_of_one_concept() -> None:
    places = defaultdict(list)
    for path in MODULES:
        if path.stem not in {"__init__", "__main__"}:
            places[path.stem].append(str(path.relative_to(PACKAGE)))
    twice = {name: found for name, found in places.items() if len(found) > 1}
    assert {name: found for name, found in twice.items() if name not in OF_ONE_CONCEPT} == {}
