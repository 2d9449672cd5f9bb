"""Traces of SwarmEngine become sessions: the right counts, once, whatever is wrong with a file."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from swarmstore import (
    ActionStats,
    ConfigurationError,
    InvalidTextError,
    LearningSnapshot,
    LearningStore,
    MemoryStorage,
    SessionId,
    TraceError,
)
from swarmstore.contracts.imports import Outcome
from tests.recording.making import MANAGER, event, saved, write, write_record
from tests.recording.reference import Action, End, reference

TRACES = Path(__file__).parent / "traces"
SHIPPED = sorted(TRACES.glob("*/trace-*.jsonl"))
ONE = TRACES / "deep_search--open" / "trace-5.jsonl"


def beside(trace: Path, kind: str) -> Any:
    return json.loads((trace.parent / f"{kind}-{trace.stem.removeprefix('trace-')}.json").read_text())


def test_the_shipped_traces_are_there() -> None:
    outcomes = {next(iter(beside(trace, "learn_stats_record")["outcome"])) for trace in SHIPPED}
    assert outcomes == {"Success", "Timeout"}
    assert {trace.parent.name.partition("--")[0] for trace in SHIPPED} == {
        "deep_search",
        "simple_qa",
        "troubleshooting",
    }


@pytest.mark.parametrize("trace", SHIPPED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_counts_are_those_of_the_run(store: LearningStore, trace: Path) -> None:
    """The engine's record, and the counts that somebody else made of the same trace."""
    report = store.ingest(trace)
    record, counts = beside(trace, "learn_stats_record"), beside(trace, "learn_stats")
    assert (report.outcome, report.bad_lines, report.missing_actions) == (Outcome.ADDED, [], 0)
    assert (report.scenario, report.ticks, report.actions) == (
        record["scenario"],
        record["total_ticks"],
        record["total_actions"],
    )
    assert report.success is ("Success" in record["outcome"])
    session = saved(store, report)
    assert session.metadata.created_at == report.session_id.timestamp == record["timestamp_ms"] // 1000
    assert (session.metadata.scenario_name, session.metadata.total_actions) == (
        record["scenario"],
        record["total_actions"],
    )
    assert (session.metadata.session_count, session.metadata.total_episodes) == (1, 1)
    data = json.loads(session.to_json())
    for part in ("episode_transitions", "ngram_stats", "selection_performance"):
        assert data[part] == counts[part]
    assert session.contextual_stats == {
        tuple(key.split(":")): ActionStats(**stats) for key, stats in counts["contextual_stats"].items()
    }
    assert sum(stats.visits for stats in session.action_stats.values()) == record["total_actions"]
    assert store.load_scenario(report.scenario) == session


def test_again_changes_nothing(store: LearningStore, tmp_path: Path) -> None:
    """Nor does a copy of the files in another place."""
    first = [store.ingest(trace) for trace in SHIPPED]
    total = store.load_global()
    copies = shutil.copytree(TRACES, tmp_path / "copies")
    for traces in (SHIPPED, sorted(copies.glob("*/trace-*.jsonl"))):
        again = [store.ingest(trace) for trace in traces]
        assert {report.outcome for report in again} == {Outcome.UNCHANGED}
        assert [report.session_id for report in again] == [report.session_id for report in first]
    assert store.load_global() == total
    assert total.metadata.session_count == len(SHIPPED)


def test_equal_traces_of_two_runs_are_two_sessions(store: LearningStore) -> None:
    runs = [TRACES / "troubleshooting--extreme" / f"trace-{seed}.jsonl" for seed in (100, 104)]
    assert runs[0].read_bytes() == runs[1].read_bytes()
    assert len({store.ingest(trace).session_id for trace in runs}) == 2
    assert store.load_scenario("troubleshooting").metadata.session_count == 2


def test_a_pruned_session_does_not_come_back(store: LearningStore) -> None:
    """What it taught is in the totals still, and would count twice."""
    store.ingest(ONE)
    total = store.load_scenario("deep_search").action_stats
    store.prune("deep_search", keep_latest=0)
    assert store.ingest(ONE).outcome is Outcome.UNCHANGED
    assert store.list_sessions("deep_search") == []
    assert store.load_scenario("deep_search").action_stats == total


def test_an_id_that_another_session_has_is_left_to_it(store: LearningStore, tmp_path: Path) -> None:
    with LearningStore.open(f"sqlite:///{tmp_path / 'other.db'}") as other:
        wanted = other.ingest(ONE).session_id
    store.save_session("deep_search", LearningSnapshot.empty(), wanted)
    report = store.ingest(ONE)
    assert report.session_id != wanted
    assert report.session_id.timestamp == wanted.timestamp
    assert store.list_sessions("deep_search") == sorted([wanted, report.session_id])


def test_many_at_once_ingest_each_trace_once(database_url: str) -> None:
    """Stores of their own, as processes have them."""

    def work(_: int) -> list[Outcome]:
        with LearningStore.open(database_url) as store:
            return [store.ingest(trace).outcome for trace in SHIPPED]

    with ThreadPoolExecutor(4) as threads:
        outcomes = [outcome for made in threads.map(work, range(4)) for outcome in made]
    assert outcomes.count(Outcome.ADDED) == len(SHIPPED)
    assert set(outcomes) == {Outcome.ADDED, Outcome.UNCHANGED}
    with LearningStore.open(database_url) as store:
        assert store.load_global().metadata.session_count == len(SHIPPED)
        assert store.verify_totals(deep=True) == []


def test_workers_have_sequences_of_their_own(store: LearningStore, tmp_path: Path) -> None:
    """And what the engine itself does is no action, whichever worker it does it for."""
    steps = [Action(name, i % 3 > 0, i % 2, 3) for i, name in enumerate("ABCABDDACCAB")]
    noise = [
        event("tick_start", MANAGER),
        event("llm_plan_deps", MANAGER),
        event("llm_invoke", 0),
        event("tick_end", 0),
    ]
    lines = [
        line for step in steps for line in (*noise[1:], event(step.name, int(step.worker), 0, step.success))
    ]
    report = store.ingest(write(tmp_path, noise[0], *lines), scenario="s", success=False)
    session = saved(store, report)
    assert session == reference([*steps, End(False)], session.metadata)
    assert (report.ticks, report.actions) == (1, len(steps))


@pytest.mark.parametrize(
    ("outcome", "success"),
    [
        ({"Success": {"score": 0.0}}, True),
        ({"Failure": {"reason": "x"}}, False),
        ({"Timeout": {"partial_score": 0.9}}, False),
    ],
)
def test_the_record_tells_the_outcome(
    store: LearningStore, tmp_path: Path, outcome: dict[str, Any], success: bool
) -> None:
    write_record(tmp_path, outcome=outcome)
    report = store.ingest(write(tmp_path, event("A"), event("B")))
    assert report.success is success
    transitions = saved(store, report).episode_transitions
    assert (transitions.success_episodes, transitions.failure_episodes) == (int(success), int(not success))


def test_without_a_record_the_arguments_tell(store: LearningStore, tmp_path: Path) -> None:
    """The time is the file's, or the one given; equal traces are the same run unless times differ."""
    trace = write(tmp_path, event("A"), name="events.jsonl")
    with pytest.raises(TraceError, match=r"learn_stats_record.*give scenario and success"):
        store.ingest(trace)
    with pytest.raises(TraceError, match="give scenario and success"):
        store.ingest(trace, scenario="s")
    first = store.ingest(trace, scenario="s", success=True)
    assert saved(store, first).metadata.created_at == int(trace.stat().st_mtime)
    trace.touch()
    assert store.ingest(trace, scenario="s", success=True).session_id == first.session_id
    other = store.ingest(trace, scenario="s", success=True, created_at=1_700_000_000)
    assert (other.outcome, other.session_id.timestamp) == (Outcome.ADDED, 1_700_000_000)
    assert store.load_scenario("s").metadata.session_count == 2


def test_one_run_cannot_end_both_ways(store: LearningStore, tmp_path: Path) -> None:
    trace = write(tmp_path, event("A"))
    store.ingest(trace, scenario="s", success=True)
    with pytest.raises(TraceError, match="as a successful run"):
        store.ingest(trace, scenario="s", success=False)
    assert store.load_scenario("s").metadata.session_count == 1


@pytest.mark.parametrize("name", ["trace-7.log", "trace-7.events.gz"])
def test_the_record_is_found_whatever_a_trace_ends_in(
    store: LearningStore, tmp_path: Path, name: str
) -> None:
    write_record(tmp_path, actions=1)
    assert store.ingest(write(tmp_path, event("a"), name=name)).scenario == "s"


def test_a_record_from_elsewhere_may_be_given(store: LearningStore, tmp_path: Path) -> None:
    trace = write(tmp_path, event("A"), event("B"), name="events.jsonl")
    assert store.ingest(str(trace), record=str(write_record(tmp_path))).scenario == "s"


def test_bad_arguments_are_refused(store: LearningStore, tmp_path: Path) -> None:
    with pytest.raises(InvalidTextError):
        store.ingest(write(tmp_path, event("A")), scenario="a\0", success=True)
    with pytest.raises(ConfigurationError, match="SQLite or PostgreSQL"):
        LearningStore(MemoryStorage()).ingest(ONE)


def test_totals_are_folded_as_traces_come_in(tmp_path: Path) -> None:
    """So that a store which only ingests does not grow slow."""
    with LearningStore.open(f"sqlite:///{tmp_path / 's.db'}", fold_at=2) as store:
        for number in range(9):
            trace = write(tmp_path, event(f"A{number}"))
            store.ingest(trace, scenario="s", success=True)
        assert store.fold() <= 4  # two that wait, in two totals
        assert store.load_scenario("s").metadata.session_count == 9


def test_the_id_is_the_runs_time(store: LearningStore) -> None:
    """Sessions of traces and recorded ones are in one order of time."""
    report = store.ingest(ONE)
    milliseconds = beside(ONE, "learn_stats_record")["timestamp_ms"]
    assert report.session_id.startswith(f"{milliseconds // 1000}.{milliseconds % 1000:03}")
    assert SessionId(report.session_id).timestamp == milliseconds // 1000
