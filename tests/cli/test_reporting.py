"""`swarmstore report` as a user sees it."""

from __future__ import annotations

from pathlib import Path

from tests.cli.running import answer, data, run
from tests.report.reading import read


def test_a_report_is_written_of_all_scenarios_or_of_one(url: str, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    assert answer("report", "-o", str(page), url=url) == f"wrote {page}\n"
    headings = [heading.text() for heading in read(page.read_text()).all("h2")]
    assert headings == [
        "All scenarios",
        *[f"Scenario {s}" for s in ("troubleshooting", "deep_search", "simple_qa")],
    ]
    told = data("report", "--scenario", "simple_qa", "-o", str(page), url=url)
    assert told == {"file": str(page), "bytes": page.stat().st_size}
    root = read(page.read_text())
    assert [heading.text() for heading in root.all("h2")] == ["Scenario simple_qa"]
    assert "72.2 %" in root.text()  # as `swarmstore scenarios` says
    assert len(root.all("svg")) == 5  # the shipped runs have no strategies


def test_a_report_that_cannot_be_made_says_why_and_leaves_the_old_one(url: str, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    page.write_text("the old one")
    for arguments, why in (
        (("--scenario", "nope", "-o", str(page)), "there is no scenario 'nope'"),
        (("-o", str(tmp_path)), "cannot be used: it is a folder, not a file"),
        (("-o", str(tmp_path / "no" / "folder.html")), "No such file or directory"),
    ):
        ended = run("report", *arguments, url=url)
        assert (ended.returncode, ended.stdout) == (1, "")
        assert why in ended.stderr
        assert "Traceback" not in ended.stderr
    assert page.read_text() == "the old one"
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ".db"][:1] == ["report.html"]
