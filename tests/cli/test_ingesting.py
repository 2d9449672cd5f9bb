"""`swarmstore ingest`: what it prints, and how it ends."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from swarmstore.cli.app import app
from tests.cli.running import data, done, run
from tests.helpers.shipped import SHIPPED
from tests.odd import as_nobody

TRACE = SHIPPED.parent / "traces" / "trace-5.jsonl"


def test_the_shipped_trace_is_ingested_once(database_url: str) -> None:
    first = done("ingest", str(TRACE), url=database_url)
    assert "1 added" in first
    assert "deep_search" in first
    assert "2 unchanged" in done("ingest", str(TRACE), str(TRACE), url=database_url)
    (report,) = data("ingest", str(TRACE), url=database_url)["traces"]
    assert (report["outcome"], report["scenario"], report["bad_lines"]) == ("unchanged", "deep_search", [])
    (summary,) = data("scenarios", url=database_url)
    assert (summary["session_count"], summary["total_actions"]) == (1, report["actions"])


def test_what_is_wrong_is_listed_and_stops_nothing(database_url: str, tmp_path: Path) -> None:
    torn = tmp_path / "trace-5.jsonl"
    torn.write_text(TRACE.read_text() + '{"tick":')
    shutil.copy(TRACE.with_name("learn_stats_record-5.json"), tmp_path)
    lost = tmp_path / "trace-6.jsonl"
    ended = run("ingest", str(lost), str(torn), url=database_url)
    assert ended.returncode == 1
    lines = len(TRACE.read_text().splitlines())
    assert f"left out: {torn}, line {lines + 1}: not a complete JSON object" in ended.stdout
    assert f"not ingested: {lost}: " in ended.stdout
    assert "1 added" in ended.stdout
    again = run("ingest", str(torn), "--json", url=database_url)
    assert again.returncode == 1
    assert f'"line": {lines + 1}' in again.stdout


def test_without_a_record_the_options_tell(database_url: str, tmp_path: Path) -> None:
    trace = Path(shutil.copy(TRACE, tmp_path / "events.jsonl"))
    refused = run("ingest", str(trace), url=database_url)
    assert refused.returncode == 1
    assert "give scenario and success" in refused.stdout
    options = ("--scenario", "s", "--failure", "--created-at", "1700000000")
    (report,) = data("ingest", str(trace), *options, url=database_url)["traces"]
    assert (report["scenario"], report["success"]) == ("s", False)
    assert report["session_id"].startswith("1700000000.")


def test_one_record_is_for_one_trace(database_url: str) -> None:
    ended = run("ingest", str(TRACE), str(TRACE), "--record", str(TRACE), url=database_url)
    assert ended.returncode == 2
    assert "one record belongs to one trace" in ended.stderr


def test_odd_and_unreadable_traces_are_listed_and_the_good_one_is_ingested(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """As a user whom permissions stop."""
    with tempfile.TemporaryDirectory(prefix="swarmstore-") as made:
        base = Path(made)
        for name in ("locked", "bad-record"):
            (base / name).mkdir()
        for name in ("good.jsonl", "locked/trace-1.jsonl", "unreadable.jsonl", "bad-record/trace-2.jsonl"):
            shutil.copy(TRACE, base / name)
        os.mkfifo(base / "pipe.jsonl")
        os.mkfifo(base / "bad-record" / "learn_stats_record-2.json")
        (base / "loop.jsonl").symlink_to("loop.jsonl")
        (base / "linked.jsonl").symlink_to("good.jsonl")  # the user's own word: the same run
        (base / "unreadable.jsonl").chmod(0)
        (base / "locked").chmod(0)
        odd = (
            "locked/trace-1.jsonl",
            "unreadable.jsonl",
            "pipe.jsonl",
            "loop.jsonl",
            "bad-record/trace-2.jsonl",
        )
        traces = [str(base / name) for name in (*odd, "good.jsonl", "linked.jsonl")]
        options = ["--scenario", "s", "--success", "--created-at", "1700000000"]
        with as_nobody(base), pytest.raises(SystemExit) as ended:
            app(["ingest", *traces, *options, "--url", f"sqlite:///{base / 'store.db'}"])
        (base / "locked").chmod(0o700)
    printed = capsys.readouterr()
    assert (ended.value.code, printed.err) == (1, "")
    assert "1 added, 1 unchanged" in printed.out
    for name in odd:
        assert f"not ingested: {base / name}: " in printed.out
    assert printed.out.count("Permission denied") == 2
    assert printed.out.count("it is a named pipe, not a file") == 2
