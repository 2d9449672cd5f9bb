"""What a mistake is, and whether the code that it replaces is still there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Defect:
    """One mistake: the text of a file that is replaced, and the tests that should notice."""

    name: str
    changes: tuple[tuple[str, str, str], ...]
    tests: str


def outdated(defect: Defect, project: Path = ROOT) -> str | None:
    """The file in which the text that a defect replaces is not found once, None when it can be applied."""
    return next(
        (file for file, text, _ in defect.changes if (project / file).read_text().count(text) != 1), None
    )
