"""Everything that the command line uses is there for programs too."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import swarmstore

CLI = Path(swarmstore.__file__).parent / "cli"


def test_the_command_line_uses_public_names_only() -> None:
    used = {name for path in CLI.rglob("*.py") for name in _imported(path)}
    public = {f"swarmstore.{name}" for name in swarmstore.__all__}
    assert {name for name in used if not name.startswith("swarmstore.cli.")} - public == set()
    assert used & public


def _imported(path: Path) -> Iterator[str]:
    """What a module takes of this package, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        names: list[str] = []
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports from '{'.' * node.level}'"
            names = [f"{node.module}.{each.name}" for each in node.names]
        elif isinstance(node, ast.Import):
            names = [each.name for each in node.names]
        yield from (name for name in names if name.partition(".")[0] == "swarmstore")
