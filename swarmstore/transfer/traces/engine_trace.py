"""Files of SwarmEngine: the trace of a run's events, and the record of how the run ended.

A trace is JSON lines, one `TraceEvent` each. The record is one object in a file beside it:
`learn_stats_record-SEED.json` for `trace-SEED.jsonl` or `trace-SEED.jsonl.gz`.
"""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import msgspec

from swarmstore.errors import InvalidValueError, TraceError
from swarmstore.model.json.format_errors import located
from swarmstore.model.limits import MAX_COUNT, MAX_HASH, check_count, check_text
from swarmstore.recording.session_counter import SessionCounter
from swarmstore.transfer.traces.json_lines import objects_in, read_whole, unreadable

MANAGER = MAX_HASH  # upstream's `WorkerId::MANAGER`, `usize::MAX`
_TICK_START = "tick_start"
_NO_ACTIONS = frozenset({_TICK_START, "tick_end", "llm_invoke"})
_TRACE_NAME = re.compile(r"trace-(.*)\.jsonl(?:\.gz)?", re.DOTALL)
_OUTCOMES = ("Success", "Failure", "Timeout")


class _Event(msgspec.Struct):
    tick: int
    worker_id: int
    action: str
    success: bool
    duration_ms: int


class _Record(msgspec.Struct):
    timestamp_ms: int
    scenario: str
    outcome: dict[str, object]
    total_ticks: int
    total_actions: int
    session_id: str = ""


_events = msgspec.json.Decoder(_Event)
_records = msgspec.json.Decoder(_Record)


@dataclass(frozen=True, slots=True)
class RunRecord:
    """How a run ended, by the engine's `LearnStatsRecord`, or as far as a caller says it.

    timestamp_ms: since 1970. session_id: what the engine calls the run, empty where its record does
    not say it, None where there is no record.
    """

    scenario: str
    success: bool
    timestamp_ms: int | None
    total_ticks: int | None = None
    total_actions: int | None = None
    session_id: str | None = None


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line of a trace that is not an event, by its number from 1, and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class TraceContent:
    """What is in a trace: its counted actions, and how many ticks began.

    digests: of the first action, of the first two, and so on: what a trace was before it grew.
    """

    counter: SessionCounter
    ticks: int
    digests: list[bytes]
    bad_lines: list[BadLine]

    @property
    def digest(self) -> bytes:
        """A digest of all its actions: the same for the same actions, however the file is written."""
        return self.digests[-1] if self.digests else blake2b(digest_size=16).digest()


def modified_ms(trace: Path) -> int:
    """When a trace was written, milliseconds since 1970, in whole seconds.

    Raises TraceError for what is no file, or cannot be looked at.
    """
    status = _status(trace)
    if status is None:
        raise TraceError(f"{trace} does not exist")
    if stat.S_ISDIR(status.st_mode):
        raise TraceError(f"{trace} is a folder; give the traces in it, as {trace / 'trace-*.jsonl'}")
    return max(0, status.st_mtime_ns // 1_000_000_000 * 1000)


def record_beside(trace: Path) -> Path | None:
    """The run record that belongs to a trace by its name, None when there is none. Raises TraceError."""
    named = _TRACE_NAME.fullmatch(trace.name)
    if named is None:
        return None
    path = trace.with_name(f"learn_stats_record-{named[1]}.json")
    return None if _status(path) is None else path


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise unreadable(path, error) from error


def read_record(path: Path) -> RunRecord:
    """Read a run record. A run is a success when its outcome is `Success`. Raises TraceError."""
    content = read_whole(path)
    try:
        read = _records.decode(content)
        outcome, details = read.outcome.popitem() if len(read.outcome) == 1 else (None, None)
        if outcome not in _OUTCOMES or not isinstance(details, dict):
            raise InvalidValueError("$.outcome", f"must be an object of just one of {', '.join(_OUTCOMES)}")
        timestamp_ms = check_count("$.timestamp_ms", read.timestamp_ms)
        return RunRecord(
            check_text("$.scenario", read.scenario),
            outcome == "Success",
            timestamp_ms,
            check_count("$.total_ticks", read.total_ticks),
            check_count("$.total_actions", read.total_actions),
            check_text("$.session_id", read.session_id),
        )
    except (msgspec.DecodeError, UnicodeError, RecursionError, InvalidValueError) as error:
        raise TraceError(f"{path} is not a run record: {_reason(error, content, _Record)}") from None


def read_trace(path: Path) -> TraceContent:
    """Count a trace's actions, event by event; what is not an event is left out and listed.

    All events of workers are actions, in their order in the file, but for `llm_invoke`; those of
    the manager are not, nor are `tick_start` and `tick_end`. Durations are whole milliseconds.
    A trace has neither discoveries nor KPIs, and its `selection_logic` is not a strategy.

    Raises TraceError, also for a trace of several runs: the engine appends to a file that is there.
    """
    counter, so_far, digests, bad = SessionCounter(), blake2b(digest_size=16), list[bytes](), list[BadLine]()
    ticks, last_tick = 0, -1
    for number, text, problem in objects_in(path):
        if problem is not None:
            bad.append(BadLine(number, problem))
            continue
        try:
            event = _events.decode(text)
            check_count("$.tick", event.tick, MAX_HASH)
            check_count("$.worker_id", event.worker_id, MAX_HASH)
            check_count("$.duration_ms", event.duration_ms, MAX_COUNT)
            if event.worker_id == MANAGER or event.action in _NO_ACTIONS:
                if event.action != _TICK_START:
                    continue
                if event.tick <= last_tick:
                    raise TraceError(
                        f"{path} is the trace of several runs: tick {event.tick} begins in line {number}"
                        f" after tick {last_tick} did; put each into a file of its own"
                    )
                ticks, last_tick = ticks + 1, event.tick
            else:
                counter.action(
                    event.action, event.success, worker=event.worker_id, duration_ms=event.duration_ms
                )
                so_far.update(msgspec.json.encode(event))
                digests.append(so_far.digest())
        except (msgspec.DecodeError, UnicodeError, RecursionError, InvalidValueError) as error:
            bad.append(BadLine(number, _reason(error, text, _Event)))
    return TraceContent(counter, ticks, digests, bad)


def _reason(error: Exception, text: bytes, type_: type) -> str:
    if isinstance(error, msgspec.ValidationError):
        return located(error, text, type_)
    return str(error) if isinstance(error, InvalidValueError) else f"not a complete JSON object: {error}"
