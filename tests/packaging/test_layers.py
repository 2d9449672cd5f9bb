"""Data flows one way, and only `db` knows SQLAlchemy: a file's imports say so."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "swarmstore"
LAYERS = [  # each may import from those before it, and from itself
    {"errors", "disk", "forking"},
    {"extras", "locations", "settings"},
    {"model"},
    {"discrepancy"},
    {"copying", "following", "summary", "tabular", "findings"},
    {"protocols", "ledger", "analysis"},
    {"memory", "files", "db"},
    {"importing", "exporting", "recording", "paging", "pruning", "frames", "report"},
    {"exchange", "insight", "maintenance", "undoing"},
    {"store"},
    {"aio"},
    {"cli"},
    {"__main__"},
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
MODULES = sorted(PACKAGE.rglob("*.py"))
LONGEST = 350


def imports(module: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            found.add(node.module or "")
            if node.module == "swarmstore":
                found |= {f"swarmstore.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("module", MODULES, ids=[str(path.relative_to(PACKAGE)) for path in MODULES])
def test_imports_point_downwards(module: Path) -> None:
    own = module.relative_to(PACKAGE).with_suffix("").parts[0]
    if own == "__init__":
        return
    for imported in imports(module):
        root, _, rest = imported.partition(".")
        other = rest.partition(".")[0]
        if root == "swarmstore":
            assert other == own or LEVEL[other] < LEVEL[own], imported
        if own != "db":
            assert root not in {"sqlalchemy", "alembic", "psycopg"}, imported


@pytest.mark.parametrize("folder", ["swarmstore", "migrations", "tests"])
def test_no_file_is_too_long_to_read(folder: str) -> None:
    lengths = {
        str(path): len(path.read_text().splitlines()) for path in (PACKAGE.parent / folder).rglob("*.py")
    }
    assert {path: length for path, length in lengths.items() if length > LONGEST} == {}


def test_every_layer_is_listed() -> None:
    names = {path.relative_to(PACKAGE).with_suffix("").parts[0] for path in MODULES} - {"__init__"}
    assert names == set(LEVEL)
