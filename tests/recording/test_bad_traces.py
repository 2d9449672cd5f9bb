"""Lines, records and arguments that are wrong: what is reported, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from swarmstore import LearningStore, TraceError
from tests.recording.making import MANAGER, event, saved, write, write_record
from tests.recording.reference import End, reference

BAD_LINES = {
    '{"tick":0,"worker_id":0,"act': "not a complete JSON object",
    "[]": "Expected object, got array",
    '{"tick":0,"worker_id":0,"action":"A","success":true}': "missing required field duration_ms",
    event("A", success=1): "$.success: Expected bool, got int",
    event("A", worker=-1): "$.worker_id: -1 is not an integer",
    event("A", worker=2**64): "$.worker_id",
    event("A", duration_ms=2**60): "$.duration_ms",
    event("A\0"): "NUL",
}


@pytest.mark.parametrize(("line", "reason"), BAD_LINES.items(), ids=list(BAD_LINES.values()))
def test_a_bad_line_is_reported_and_stops_nothing(
    store: LearningStore, tmp_path: Path, line: str, reason: str
) -> None:
    """Blank lines are none; the neighbours of a bad line become neighbours."""
    write_record(tmp_path, actions=3)
    report = store.ingest(write(tmp_path, event("A"), "", line, event("B")))
    (bad,) = report.bad_lines
    assert bad.line == 3
    assert reason in bad.reason
    assert report.missing_actions == 1
    session = saved(store, report)
    assert session.metadata.total_actions == 3
    assert session.episode_transitions.success_transitions == {("A", "B"): 1}


def test_bytes_that_are_no_text_are_a_bad_line(store: LearningStore, tmp_path: Path) -> None:
    trace = tmp_path / "trace-7.jsonl"
    trace.write_bytes(event("A").encode() + b"\n\xff\xfe\x00\n" + event("B").encode() + b"\r\n")
    report = store.ingest(trace, scenario="s", success=True)
    assert [bad.line for bad in report.bad_lines] == [2]
    assert report.actions == 2


@pytest.mark.parametrize("given", [{"scenario": "t"}, {"success": False}, {"created_at": 1_700_000_001}])
def test_arguments_must_agree_with_the_record(
    store: LearningStore, tmp_path: Path, given: dict[str, Any]
) -> None:
    write_record(tmp_path)
    trace = write(tmp_path, event("A"), event("B"))
    with pytest.raises(TraceError, match=rf"contradicts.*{next(iter(given))}"):
        store.ingest(trace, **given)
    assert store.scenarios() == []
    agreeing = store.ingest(trace, scenario="s", success=True, created_at=1_700_000_000)
    assert agreeing.session_id == store.ingest(trace).session_id


@pytest.mark.parametrize(
    ("text", "reason"),
    [("{", "not a complete JSON object"), ("{}", "missing required field timestamp_ms")],
)
def test_a_torn_record_is_named(store: LearningStore, tmp_path: Path, text: str, reason: str) -> None:
    write_record(tmp_path).write_text(text)
    with pytest.raises(TraceError) as raised:
        store.ingest(write(tmp_path, event("A")))
    assert "learn_stats_record-7.json" in str(raised.value)
    assert reason in str(raised.value)


@pytest.mark.parametrize(
    "values",
    [
        {"outcome": {"Won": {}}},
        {"outcome": {"Success": {}, "Failure": {}}},
        {"outcome": {"Timeout": 5.0}},
        {"timestamp_ms": -1},
        {"scenario": "a\0"},
    ],
    ids=str,
)
def test_a_record_of_something_else_is_named(
    store: LearningStore, tmp_path: Path, values: dict[str, Any]
) -> None:
    write_record(tmp_path, **values)
    field = rf"learn_stats_record-7\.json is not a run record: \$\.{next(iter(values))}"
    with pytest.raises(TraceError, match=field):
        store.ingest(write(tmp_path, event("A")))


def test_a_trace_of_another_run_is_refused(store: LearningStore, tmp_path: Path) -> None:
    """More actions than its record knows; fewer may have been lost on their way into the file."""
    write_record(tmp_path, actions=1)
    with pytest.raises(TraceError, match="2 actions and its run record 1"):
        store.ingest(write(tmp_path, event("A"), event("B")))
    assert store.scenarios() == []


def test_a_trace_of_several_runs_is_refused(store: LearningStore, tmp_path: Path) -> None:
    """The engine appends to a trace that is there already."""
    run = [event("tick_start", MANAGER, tick=tick) for tick in range(2)] + [event("A")]
    with pytest.raises(TraceError, match="several runs: tick 0 begins in line 4 after tick 1"):
        store.ingest(write(tmp_path, *run, *run), scenario="s", success=True)


@pytest.mark.parametrize("line", ["", event("tick_start", MANAGER), "no event"])
def test_an_empty_trace_is_refused(store: LearningStore, tmp_path: Path, line: str) -> None:
    trace = write(tmp_path, line)
    with pytest.raises(TraceError, match="no action of a worker"):
        store.ingest(trace, scenario="s", success=True)
    write_record(tmp_path, actions=2)
    with pytest.raises(TraceError, match="no action of a worker"):
        store.ingest(trace)
    assert store.scenarios() == []


def test_a_run_without_actions_is_one_if_the_engine_says_so(store: LearningStore, tmp_path: Path) -> None:
    write_record(tmp_path, outcome={"Timeout": {"partial_score": None}}, actions=0)
    session = saved(store, store.ingest(write(tmp_path)))
    assert session == reference([End(False)], session.metadata)


def test_files_that_cannot_be_read_are_named(store: LearningStore, tmp_path: Path) -> None:
    with pytest.raises(TraceError, match=r"missing\.jsonl does not exist"):
        store.ingest(tmp_path / "missing.jsonl", scenario="s", success=True)
    with pytest.raises(TraceError, match="is a folder; give the traces in it"):
        store.ingest(tmp_path, scenario="s", success=True)
    with pytest.raises(TraceError, match=r"none\.json cannot be read"):
        store.ingest(write(tmp_path, event("A")), record=tmp_path / "none.json")
