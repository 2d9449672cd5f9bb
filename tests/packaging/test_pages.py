"""Pages do what they say."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.packaging.followed_pages import PAGES, STEP, follow, without_servers


@pytest.mark.parametrize(
    "page", [page for page in PAGES if STEP.search(without_servers(page))], ids=lambda page: page.stem
)
def test_each_step_prints_what_the_page_shows(page: Path, tmp_path: Path) -> None:
    follow(without_servers(page), tmp_path)
