"""The report in a real browser without network: skipped, and said so, where there is none.

SWARMSTORE_SCREENSHOTS=FOLDER keeps the pictures, for somebody to look at.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from swarmstore.analytics.report.page import render
from tests.report.browser import SCHEMES, WIDTHS, chromium, views_of
from tests.report.making import SCRIPT, findings, scenario_findings

LEAST_LETTERS = 10.0  # CSS pixels


@pytest.fixture
def screenshots(tmp_path: Path) -> Path:
    folder = Path(os.environ.get("SWARMSTORE_SCREENSHOTS", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def test_a_browser_draws_every_chart_and_complains_of_nothing(tmp_path: Path, screenshots: Path) -> None:
    page = tmp_path / "report.html"
    page.write_text(render(findings(scenario_findings(SCRIPT), scenario_findings("b", ("a", "b")))))
    with chromium() as browser:
        views = list(views_of(browser, page, screenshots))
    assert len(views) == len(WIDTHS) * len(SCHEMES)
    for view in views:
        assert view.complaints == [], view.name
        assert view.requests == [page.as_uri()], view.name
        assert f"-{view.page_width}-" in view.name, "nothing is wider than the screen"
        assert len(view.charts) == 12
        for chart in view.charts:
            assert chart["marks"] > 0, (view.name, chart)
            assert chart["cut"] == [], (view.name, chart)
            assert chart["height"] > 60, (view.name, chart)
            assert chart["letters"] >= LEAST_LETTERS, (view.name, chart)
            assert chart["unpainted"] == 0, (view.name, chart)  # as in a colour that the page lacks
    assert len({view.ground for view in views}) == len(SCHEMES)
