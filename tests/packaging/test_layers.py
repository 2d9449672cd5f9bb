"""What holds of the modules together; which may import which is in pyproject.toml, [tool.importlinter]."""

from __future__ import annotations

import ast
import re
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
    "dialect",
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
OF_ONE_DATABASE = {"sqlite_checks.py", "postgresql_checks.py"}
DIALECTS = "swarmstore.db.dialects"
NAMES = {path.parent.name for path in (PACKAGE / "db" / "dialects").glob("*/dialect.py")}


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


def test_nothing_outside_of_dialects_names_a_database() -> None:
    """But what doctor looks at in one of them alone; its two files say whose they are."""
    naming = [
        f"{path.relative_to(PACKAGE)}: {ast.unparse(node)}"
        for path in MODULES
        if not path.is_relative_to(PACKAGE / "db" / "dialects") and path.name not in OF_ONE_DATABASE
        for node in ast.walk(ast.parse(path.read_text()))
        if _names_a_database(node)
    ]
    assert naming == []


def _names_a_database(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        return (node.module or "").startswith(tuple(f"{DIALECTS}.{name}" for name in NAMES))
    return isinstance(node, ast.Constant) and node.value in NAMES


def test_no_test_needs_another_one() -> None:
    """What several need is in a file of its own, named for what it holds."""
    other = r"(test_\w+|conftest)"
    borrowed = re.compile(rf"^ *from tests[\w.]*(\.{other} import| import .*\b{other}\b)", re.MULTILINE)
    paths = (ROOT / "tests").rglob("*.py")
    assert [str(path.relative_to(ROOT)) for path in paths if borrowed.search(path.read_text())] == []
