"""`swarmstore export` as a user sees it."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq

from swarmstore import LearningStore
from swarmstore.model.limits import MAX_TOTAL
from tests.cli.running import data, done, run
from tests.helpers.shipped import SHIPPED
from tests.snapshots import full, simple


def test_what_was_imported_is_exported_as_it_was(url: str, tmp_path: Path) -> None:
    folder = tmp_path / "export"
    assert "120 added" in done("export", str(folder), url=url)
    assert "120 unchanged" in done("export", str(folder), url=url)
    for path in SHIPPED.rglob("*.json"):
        assert json.loads((folder / path.relative_to(SHIPPED)).read_text()) == json.loads(path.read_text())
    report = data("export", str(folder), url=url)
    assert report["sessions"] == {"unchanged": 120}
    assert (report["problems"], report["kept_beside"], report["encoded"]) == ([], {}, [])
    assert "export of this very store" in done("import", str(folder), url=url)


def test_export_says_what_an_engine_will_not_see(database_url: str, tmp_path: Path) -> None:
    with LearningStore.open(database_url) as store:
        store.save_session("a/b", full())
    shown = done("export", str(tmp_path / "export"), url=database_url)
    assert "a%2Fb" in shown
    for limit in ("statistics by context", "counts above 4294967295"):
        assert limit in shown
    assert "sessions with a new id  1" in shown


def test_a_prior_that_was_saved_again_is_a_warning(database_url: str, tmp_path: Path) -> None:
    with LearningStore.open(database_url) as store:
        store.save_session("s", simple(), "1700000000")
        for second in range(1, 13):
            store.save_session("s", store.load_scenario("s"), f"17{second:08}")
    for command in ("export", "import"):
        shown = done(command, str(tmp_path / "export"), url=database_url)
        assert "warning: session 1700000001 of s equals the total before it" in shown
        assert "warning: and 2 more sessions like that" in shown


def test_an_export_that_cannot_be_done_ends_with_1_and_says_why(database_url: str, tmp_path: Path) -> None:
    with LearningStore.open(database_url) as store:
        store.save_scenario("s", simple(MAX_TOTAL))
        store.save_session("s", simple())
    ended = run("export", str(tmp_path / "export"), url=database_url)
    assert ended.returncode == 1
    assert "not exported: scenario:s: " in ended.stdout
    (tmp_path / "file").write_text("")
    for folder, why in ((tmp_path, "is not empty"), (tmp_path / "file", "it is a file, not a folder")):
        ended = run("export", str(folder), url=database_url)
        assert (ended.returncode, ended.stdout) == (1, "")
        assert why in ended.stderr
        assert "Traceback" not in ended.stderr
    assert run("export", url=database_url).returncode == 2


def test_views_go_into_files_for_other_tools(url: str, tmp_path: Path) -> None:
    frames = tmp_path / "frames"
    shown = done("export", str(frames), "--format", "parquet", "--scenario", "simple_qa", url=url)
    assert "transitions.parquet" in shown
    assert set(pq.read_table(frames / "transitions.parquet")["scenario"].to_pylist()) == {"simple_qa"}
    report = data("export", str(frames), "--format", "csv", "--view", "totals", url=url)
    assert report == {"folder": str(frames), "files": [{"view": "totals", "file": "totals.csv", "rows": 4}]}
    assert len((frames / "totals.csv").read_text().splitlines()) == 5


def test_an_export_of_views_that_cannot_be_done_says_why(url: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for arguments, code, why in (
        (
            ("frames", "--format", "csv", "--view", "nope"),
            1,
            "'nope' is not a view; there are saved_sessions",
        ),
        (("file", "--format", "csv"), 1, "it is a file, not a folder"),
        (("frames", "--scenario", "simple_qa"), 2, "add --format parquet or csv"),
        (("frames", "--format", "xlsx"), 2, "xlsx"),
    ):
        folder, *options = arguments
        ended = run("export", str(tmp_path / folder), *options, url=url)
        assert (ended.returncode, ended.stdout) == (code, ""), arguments
        assert why in ended.stderr
        assert "Traceback" not in ended.stderr
    assert not (tmp_path / "frames").exists()
