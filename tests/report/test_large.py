"""A report is small however much is stored."""

from __future__ import annotations

from pathlib import Path

import pytest

from swarmstore import LearningStore
from tests.helpers.many_rows import fill
from tests.report.reading import read

pytestmark = pytest.mark.long

SESSIONS = 10_000
MOST_MB = 5


def test_a_report_of_ten_thousand_sessions_is_small(database_url: str, tmp_path: Path) -> None:
    fill(database_url, SESSIONS, 2)
    page = tmp_path / "report.html"
    with LearningStore.open(database_url) as store:
        store.report(page)
    assert page.stat().st_size < MOST_MB * 2**20
    root = read(page.read_text())
    assert any(value.text().startswith("10,000") for value in root.all("dd"))
    (curve,) = [figure for figure in root.all("figure") if "Learning curve" in figure.text()]
    rows = [row.all("th", "td") for row in curve.all("tbody")[0].all("tr")]
    assert sum(int(row[3].text().replace(",", "")) for row in rows) == SESSIONS
    assert len(rows) == 40
