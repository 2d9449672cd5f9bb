"""What the documents name is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = [
    *(
        ROOT / name
        for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "examples/README.md")
    ),
    *sorted((ROOT / "docs").rglob("*.md")),
]
_LINK = re.compile(r"\]\(([^)#]*)(?:#([^)]+))?\)")
_FENCED = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)


def test_every_promise_names_a_test_that_exists() -> None:
    named = re.findall(
        r"`([\w/]+\.py)::(\w+)`", (ROOT / "docs" / "explanation" / "reliability.md").read_text()
    )
    assert len(named) > 70
    missing = [f"{file}::{test}" for file, test in named if f"def {test}(" not in _tests(file)]
    assert missing == []


def _tests(file: str) -> str:
    """A file of tests: those of backends are in the package."""
    return (ROOT / ("swarmstore" if file.startswith("conformance/promises/") else "tests") / file).read_text()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    broken = []
    for target, anchor in _LINK.findall(_FENCED.sub("", document.read_text())):
        page = document.parent / target if target else document
        if "://" not in target and not (page.exists() and (not anchor or anchor in _anchors(page))):
            broken.append(f"{target}#{anchor}")
    assert broken == []


def _anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as the site names them."""
    headings = re.findall(r"^#+ (.+)$", _FENCED.sub("", page.read_text()), re.MULTILINE)
    words = (re.sub(r"[^\w\s-]", "", heading, flags=re.ASCII).strip().lower() for heading in headings)
    return {re.sub(r"[-\s]+", "-", each) for each in words}
