"""The site has every page, in its navigation, and can be built without a network."""

from __future__ import annotations

import re

import swarmstore
from swarmstore import conformance, contracts
from tests.docs.errors import errors
from tests.docs.pages import DOCS, ROOT

CONFIGURATION = (ROOT / "mkdocs.yml").read_text()
# the build adds them; CI builds the site
FROM_THE_ROOT = {"changelog.md", "contributing.md", "security.md"}


def test_every_page_is_in_the_navigation_once() -> None:
    navigation = CONFIGURATION.partition("\nnav:\n")[2].partition("\n\n")[0]
    named = re.findall(r": (\S+\.md)$", navigation, re.MULTILINE)
    pages = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")} | FROM_THE_ROOT
    assert sorted(named) == sorted(pages)


def test_every_picture_is_shown() -> None:
    pages = "".join(path.read_text() for path in [ROOT / "README.md", *DOCS.rglob("*.md")])
    assert [path.name for path in DOCS.rglob("*.svg") if f"{path.name})" not in pages] == []


def test_nothing_is_loaded_from_a_network() -> None:
    assert "://" not in CONFIGURATION
    assert "font: false" in CONFIGURATION
    pages = "".join(path.read_text() for path in DOCS.rglob("*.md"))
    assert re.findall(r"!\[[^]]*\]\(\w+://[^)]*", pages) == []


def test_every_public_name_is_on_one_page() -> None:
    """Errors have a page of their own."""
    told = [
        name
        for page in (DOCS / "reference" / "python").glob("*.md")
        for name in re.findall(r"^::: (\S+)$", page.read_text(), re.MULTILINE)
    ]
    public = {f"swarmstore.{name}" for name in swarmstore.__all__}
    public -= {f"swarmstore.{error.__name__}" for error in errors()}
    public |= {f"swarmstore.contracts.{name}" for name in {*contracts.__all__} - {*swarmstore.__all__}}
    public |= {f"swarmstore.conformance.{name}" for name in conformance.__all__}
    assert sorted(told) == sorted(public)
