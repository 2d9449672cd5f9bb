"""What the generated pages have in common: tables of Markdown, and how docstrings are read."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


def table(names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of Markdown."""
    lines = [names, ["---"] * len(names), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def paragraphs(of: object) -> list[str]:
    """The paragraphs of a docstring, each on one line."""
    return [" ".join(one.split()) for one in re.split(r"\n{2,}", inspect.getdoc(of) or "")]


def sentence(text: str) -> str:
    """A text with a full stop at its end."""
    return text if text.endswith((".", "?", "!")) else f"{text}."
