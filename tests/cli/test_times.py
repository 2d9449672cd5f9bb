"""Times as options take them, and as results show them."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import typer

from swarmstore import LearningStore
from swarmstore.cli.times import given_time
from tests.cli.running import data, done, run
from tests.helpers.shipped import SHIPPED
from tests.snapshots import simple

DAY = 86_400
TRACE = SHIPPED.parent / "traces" / "trace-5.jsonl"
NO_TIMES = ["x", "", "-5", "1e9", "30y", "1.5d", "2026-02-30", "2026-1-1", "2026-01-31T25:00", "٣d"]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        ("1795424316", 1795424316),
        (str(2**64 - 1), 2**64 - 1),
        ("1970-01-02", DAY),
        ("2026-01-31", 1769817600),
        ("2026-01-31T12:30", 1769862600),
        ("2026-01-31 12:30:05", 1769862605),
        ("2026-01-31T12:30Z", 1769862600),
    ],
)
def test_a_time_is_seconds_or_a_date_in_utc(text: str, seconds: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        assert given_time(text) == seconds
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    ("text", "ago"), [("90m", 5_400), ("12h", 43_200), ("30d", 30 * DAY), ("2w", 14 * DAY)]
)
def test_a_time_is_how_long_ago(text: str, ago: int) -> None:
    before = int(time.time())
    assert before - ago <= given_time(text) <= time.time() - ago


@pytest.mark.parametrize("text", NO_TIMES)
def test_what_is_no_time_is_said_with_what_is(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="is not a time"):
        given_time(text)


@pytest.mark.parametrize("text", ["1969-12-31", "999999w"])
def test_there_is_nothing_before_1970(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="is before 1970"):
        given_time(text)


@pytest.mark.parametrize(
    "command",
    [
        ("sessions", "simple_qa", "--since"),
        ("sessions", "simple_qa", "--until"),
        ("merge", "simple_qa", "--since"),
        ("merge", "simple_qa", "--until"),
        ("forget", "simple_qa", "--since"),
        ("forget", "simple_qa", "--until"),
        ("prune", "simple_qa", "--older-than"),
        ("ingest", str(TRACE), "--created-at"),
    ],
    ids=" ".join,
)
def test_every_option_of_a_time_refuses_what_is_none(sqlite_url: str, command: tuple[str, ...]) -> None:
    ended = run(*command, "yesterday", url=sqlite_url)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "'yesterday' is not a time. TIME is a date (2026-01-31)" in " ".join(ended.stderr.split())
    assert "TIME is a date (2026-01-31)" in run(command[0], "--help", COLUMNS="200").stdout


def test_options_take_dates(url: str, tmp_path: Path) -> None:
    """The shipped sessions are of 23 November 2026, 08:57 to 08:59."""
    for command in (("merge", "simple_qa"), ("forget", "simple_qa", "--dry-run")):
        some, all_ = (
            data(*command, "--since", "2026-11-23T08:58", "--until", until, url=url)
            for until in ("2026-11-23T08:58:30", "2026-11-24")
        )
        assert some != all_
    by_date = data("merge", "simple_qa", "--since", "2026-11-23 08:58", url=url)["metadata"]
    by_seconds = data("merge", "simple_qa", "--since", "1795424280", url=url)["metadata"]
    assert 0 < by_date["session_count"] == by_seconds["session_count"] < 36
    older = ("prune", "simple_qa", "--dry-run", "--older-than")
    assert data(*older, "2026-11-23", url=url)["scenarios"][0]["sessions"] == 0
    assert data(*older, "2026-11-24", url=url)["scenarios"][0]["sessions"] == 36
    trace = tmp_path / "events.jsonl"
    trace.write_bytes(TRACE.read_bytes())
    of_run = ("--scenario", "s", "--success", "--created-at", "2026-01-31")
    assert data("ingest", str(trace), *of_run, url=url)["traces"][0]["session_id"].startswith("1769817600.")


def test_the_last_session_is_shown_by_its_time_or_else_its_id(database_url: str) -> None:
    with LearningStore.open(database_url) as store:
        store.save_session("a", simple(), "1769862600.000001")
        store.save_session("b", simple(), "a-run-whose-id-is-" + 5 * "very-" + "long")
    shown = [line.split() for line in done("scenarios", url=database_url).splitlines()]
    assert ["a", "1", "1", "100.0", "%", "3", "2026-01-31", "12:30:00"] in shown
    assert shown[5][-1] == "a-run-whose-id-is-" + 5 * "very-" + "long"
