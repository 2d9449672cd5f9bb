"""The pages that say where things are: files that exist, and a drawing of the imports as they are."""

from __future__ import annotations

import ast
import os
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.drawing import Arrow, drawing

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "swarmstore"
DRAWING = ROOT / "docs/explanation/architecture.svg"
IN_BACKTICKS = re.compile(r"`((?:swarmstore|migrations|tests|benchmarks|examples)/[\w./]+)`")


@pytest.mark.parametrize(
    "page", ["docs/explanation/architecture.md", "docs/explanation/changing.md", "CONTRIBUTING.md"]
)
def test_what_is_named_is_there(page: str) -> None:
    named = IN_BACKTICKS.findall((ROOT / page).read_text())
    assert len(named) > 3
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_each_room_is_described() -> None:
    text = (ROOT / "docs/explanation/architecture.md").read_text()
    rooms = [path.parent for path in PACKAGE.glob("*/__init__.py")]
    rooms += [path.parent for path in (PACKAGE / "db").glob("*/__init__.py")]
    assert [str(room) for room in rooms if f"`{room.relative_to(ROOT)}`" not in text] == []


def test_the_drawing_is_of_the_imports() -> None:
    arrows = set(_arrows(_needs()))
    drawn = drawing(
        {room: [room] for arrow in arrows for room in (arrow.start, arrow.end)}, arrows, down=True
    )
    if os.environ.get("SWARMSTORE_WRITE_DOCS"):
        DRAWING.write_text(drawn)
    assert DRAWING.read_text() == drawn
    assert "](architecture.svg)" in DRAWING.with_suffix(".md").read_text()


def _room(module: str) -> str | None:
    """The package that a module is in: of the top, or of `db`; None for modules beside the packages."""
    parts = module.split(".")[1:]
    depth = 2 if parts[:1] == ["db"] else 1
    folder = PACKAGE.joinpath(*parts[:depth])
    return "/".join(parts[:depth]) if (folder / "__init__.py").exists() else None


def _needs() -> dict[str, set[str]]:
    """Which rooms each room imports from."""
    needs: dict[str, set[str]] = defaultdict(set)
    for path in PACKAGE.rglob("*.py"):
        room = _room(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for node in ast.walk(ast.parse(path.read_text())):
            if room is not None and isinstance(node, ast.ImportFrom):
                for name in node.names:
                    other = _room(f"{node.module}.{name.name}") or _room(node.module or "")
                    if other not in {None, "", room, "db"}:
                        needs[room].add(str(other))
    needs["cli"].add("store")  # by public names, which `swarmstore/__init__.pyi` has from there
    return needs


def _arrows(needs: dict[str, set[str]]) -> Iterator[Arrow]:
    """An arrow for each need that no other one implies."""
    for room, others in needs.items():
        implied = set().union(*[_reached(needs, other) for other in others])
        yield from (Arrow(room, other) for other in others - implied)


def _reached(needs: dict[str, set[str]], room: str) -> set[str]:
    reached: set[str] = set()
    left = set(needs[room]) if room in needs else set()
    while left:
        reached |= left
        left = set().union(*[needs.get(each, set()) for each in left]) - reached
    return reached
