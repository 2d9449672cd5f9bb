"""From a trace of SwarmEngine to a session, once."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from swarmstore.contracts.imports import ImportTarget, Outcome, SessionFile, SourceFile
from swarmstore.errors import TraceError
from swarmstore.files.sidecars import content_hash
from swarmstore.model.limits import check_count, check_flag, check_text
from swarmstore.model.metadata import SnapshotMetadata
from swarmstore.model.session_ids import SessionId, session_id_at
from swarmstore.model.snapshot import LearningSnapshot
from swarmstore.transfer.traces import engine_trace
from swarmstore.transfer.traces.engine_trace import RunRecord
from swarmstore.transfer.traces.trace_content import BadLine, TraceContent, count_actions

ORIGIN = "traces of SwarmEngine"  # in the ledger of imports


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What became of a trace.

    outcome: whether the session was added, was in the store already, or replaced a part of the run.
    missing_actions: how many actions of the run record are not in the trace.
    fewer_than_stored: how many more actions the store has of this run. It keeps them.
    """

    trace: str
    outcome: Outcome
    scenario: str
    session_id: SessionId
    success: bool
    ticks: int
    actions: int
    missing_actions: int = 0
    fewer_than_stored: int = 0
    bad_lines: list[BadLine] = field(default_factory=list)


def ingest_trace(
    target: ImportTarget,
    trace: Path,
    *,
    record: Path | None = None,
    scenario: str | None = None,
    success: bool | None = None,
    created_at: int | None = None,
) -> IngestReport:
    """Make a trace a session that counts in both totals; `LearningStore.ingest` says how.

    With a record a run is its scenario, its time and the engine's id for it. Without one it is its
    scenario, the time that was given, and its actions. So a repeat changes nothing, wherever the file
    is by then and however it is written, and a session that was pruned does not come back.

    Raises TraceError, InvalidValueError kinds, and what the database raises.
    """
    written_ms = engine_trace.modified_ms(trace)
    run = _run(trace, record, scenario, success, created_at)
    content = count_actions(trace, engine_trace.read_lines(trace))
    missing = _missing_actions(trace, content, run.total_actions)
    actions = content.counter.actions + missing
    content.counter.end_episode(run.success)
    at_ms = written_ms if run.timestamp_ms is None else run.timestamp_ms
    metadata = SnapshotMetadata(run.scenario, None, at_ms // 1000, 1, 1, actions)
    path, *begun_as = _names(run, content)
    source = SourceFile(ORIGIN, path, content_hash(content.digest + bytes([run.success])), counted=True)
    # runs of one millisecond have ids of their own, each the same every time
    session_id = session_id_at(at_ms * 1000 + int.from_bytes(content_hash(path.encode())[:8]) % 1000)
    file = SessionFile(source, run.scenario, session_id, content.counter.finish(metadata))
    fewer = 0

    def replaces(stored: LearningSnapshot) -> bool:
        nonlocal fewer
        more = content.counter.actions - sum(stats.visits for stats in stored.action_stats.values())
        fewer = max(0, -more)
        if more == 0:
            _check_equal(trace, run, stored, file.snapshot)
        return more > 0

    outcome, session_id = target.import_run(file, begun_as, replaces)
    return IngestReport(
        str(trace),
        Outcome.ADDED if outcome is Outcome.RENAMED else outcome,
        run.scenario,
        session_id,
        run.success,
        content.ticks if run.total_ticks is None else run.total_ticks,
        actions,
        missing,
        fewer,
        content.bad_lines,
    )


def _check_equal(trace: Path, run: RunRecord, stored: LearningSnapshot, found: LearningSnapshot) -> None:
    """Refuse what contradicts the run that is in the store, with as many actions. Raises TraceError."""
    if stored == found.with_metadata(stored.metadata):
        return
    if bool(stored.episode_transitions.success_episodes) is not run.success:
        other = "failed" if run.success else "successful"
        raise TraceError(
            f"{trace} is in the store already, as a {other} run; if these are two runs with equal "
            "traces, give each its record or its time"
        )
    raise TraceError(
        f"{trace} belongs to a run that the store has with as many, but different actions; give the right "
        "record"
    )


def _run(
    trace: Path, path: Path | None, scenario: str | None, success: bool | None, created_at: int | None
) -> RunRecord:
    """Scenario, outcome and time, from the record or as given. Raises TraceError, InvalidValueError."""
    if scenario is not None:
        check_text("scenario", scenario)
    if success is not None:
        check_flag("success", success)
    if created_at is not None:
        check_count("created_at", created_at, 2**53 // 1000)
    found = path or engine_trace.record_beside(trace)
    if found is None:
        if scenario is None or success is None:
            raise TraceError(
                f"nothing says which scenario {trace} ran and how it ended: its run record "
                f"(learn_stats_record-SEED.json beside trace-SEED.jsonl, or given) is missing; "
                "give scenario and success instead"
            )
        return RunRecord(scenario, success, None if created_at is None else created_at * 1000)
    record = engine_trace.read_record(found)
    given = {"scenario": scenario, "success": success, "created_at": created_at}
    at = None if record.timestamp_ms is None else record.timestamp_ms // 1000
    says = {"scenario": record.scenario, "success": record.success, "created_at": at}
    for name, value in given.items():
        if value is not None and value != says[name]:
            raise TraceError(
                f"{found} contradicts what was given for {trace}: {name} is {says[name]!r} there, "
                f"not {value!r}; leave it out, or give another record"
            )
    return record


def _missing_actions(trace: Path, content: TraceContent, recorded: int | None) -> int:
    """How many actions the trace lost. Raises TraceError when it cannot be the trace of this run."""
    counted = content.counter.actions
    expected = counted if recorded is None else recorded
    if counted > expected:
        raise TraceError(
            f"{trace} has {counted} actions and its run record {expected}: they are not of the same run; "
            "give the right record"
        )
    if counted == 0 and recorded != 0:
        bad = "".join(f"; line {bad.line}: {bad.reason}" for bad in content.bad_lines[:1])
        raise TraceError(f"{trace} has no action of a worker in it{bad}")
    return expected - counted


def _names(run: RunRecord, content: TraceContent) -> list[str]:
    """What the ledger knows the run by, and then a part of it, the largest first."""
    if run.session_id is not None:
        return [f"{run.scenario}/{run.timestamp_ms}/{run.session_id}"]
    time = "" if run.timestamp_ms is None else run.timestamp_ms
    return [f"{run.scenario}/{time}/{digest.hex()}" for digest in reversed(content.digests)]
