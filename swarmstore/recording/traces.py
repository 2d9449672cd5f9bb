"""Files of SwarmEngine: the trace of a run's events, and the record of how the run ended.

A trace is JSON lines, one `TraceEvent` each. The record is one object in a file beside it:
`learn_stats_record-SEED.json` for `trace-SEED.jsonl`.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from swarmstore.disk import opened, reason_of
from swarmstore.errors import InvalidValueError, TraceError
from swarmstore.model.validation import MAX_COUNT, MAX_HASH, check_count, check_text
from swarmstore.model.wire_errors import located
from swarmstore.recording.counting import SessionCounter

MANAGER = MAX_HASH  # upstream's `WorkerId::MANAGER`, `usize::MAX`
_TICK_START = "tick_start"
_NO_ACTIONS = frozenset({_TICK_START, "tick_end", "llm_invoke"})
_TRACE_NAME = re.compile(r"trace-(.*)\.jsonl", re.DOTALL)
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
    outcome: dict[str, Any]
    total_ticks: int
    total_actions: int


_events = msgspec.json.Decoder(_Event)
_records = msgspec.json.Decoder(_Record)


@dataclass(frozen=True, slots=True)
class RunRecord:
    """How a run ended, by the engine's `LearnStatsRecord`. `timestamp_ms`: since 1970."""

    timestamp_ms: int
    scenario: str
    success: bool
    total_ticks: int
    total_actions: int


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line of a trace that is no event, by its number from 1, and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class TraceContent:
    """What is in a trace: its counted actions, how many ticks began, and a digest of its bytes."""

    counter: SessionCounter
    ticks: int
    digest: bytes
    bad_lines: list[BadLine]


def modified_ms(trace: Path) -> int:
    """When a trace was written, milliseconds since 1970, in whole seconds.

    Raises TraceError for what is no file, or cannot be looked at.
    """
    try:
        status = trace.stat()
    except FileNotFoundError:
        raise TraceError(f"{trace} does not exist") from None
    except OSError as error:
        raise _unreadable(trace, error) from error
    if stat.S_ISDIR(status.st_mode):
        raise TraceError(f"{trace} is a folder; give the traces in it, as {trace / 'trace-*.jsonl'}")
    return max(0, status.st_mtime_ns // 1_000_000_000 * 1000)


def record_beside(trace: Path) -> Path | None:
    """The run record that belongs to a trace by its name, None when there is none. Raises TraceError."""
    named = _TRACE_NAME.fullmatch(trace.name)
    path = trace.with_name(f"learn_stats_record-{named[1]}.json") if named else None
    if path is None:
        return None
    try:
        path.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unreadable(path, error) from error
    return path


def read_record(path: Path) -> RunRecord:
    """Read a run record. A run is a success when its outcome is `Success`. Raises TraceError."""
    with _opened(path) as file:
        content = file.read()
    try:
        read = _records.decode(content)
        outcome, details = read.outcome.popitem() if len(read.outcome) == 1 else (None, None)
        if outcome not in _OUTCOMES or not isinstance(details, dict):
            raise InvalidValueError("$.outcome", f"must be an object of just one of {', '.join(_OUTCOMES)}")
        return RunRecord(
            check_count("$.timestamp_ms", read.timestamp_ms),
            check_text("$.scenario", read.scenario),
            outcome == "Success",
            check_count("$.total_ticks", read.total_ticks),
            check_count("$.total_actions", read.total_actions),
        )
    except (msgspec.DecodeError, UnicodeError, RecursionError, InvalidValueError) as error:
        raise TraceError(f"{path} is no run record: {_reason(error, content, _Record)}") from None


def read_trace(path: Path) -> TraceContent:
    """Count a trace's actions, line by line; lines that are no events are left out and listed.

    All events of workers are actions, in their order in the file, but for `llm_invoke`; those of
    the manager are not, nor are `tick_start` and `tick_end`. Durations are whole milliseconds.
    A trace has neither discoveries nor KPIs, and its `selection_logic` is no strategy.

    Raises TraceError, also for a trace of several runs: the engine appends to a file that is there.
    """
    counter, digest, bad = SessionCounter(), blake2b(digest_size=16), list[BadLine]()
    ticks, last_tick = 0, -1
    with _opened(path) as file:
        for number, line in enumerate(file, start=1):
            digest.update(line)
            if line.isspace():
                continue
            try:
                event = _event(line)
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
                    _count(counter, event)
            except (msgspec.DecodeError, UnicodeError, RecursionError, InvalidValueError) as error:
                bad.append(BadLine(number, _reason(error, line, _Event)))
    return TraceContent(counter, ticks, digest.digest(), bad)


def _event(line: bytes) -> _Event:
    event = _events.decode(line)
    check_count("$.tick", event.tick, MAX_HASH)
    check_count("$.worker_id", event.worker_id, MAX_HASH)
    check_count("$.duration_ms", event.duration_ms, MAX_COUNT)
    return event


def _count(counter: SessionCounter, event: _Event) -> None:
    counter.action(event.action, event.success, worker=event.worker_id, duration_ms=event.duration_ms)


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        with opened(path, follow=True) as file:
            yield file
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> TraceError:
    return TraceError(f"{path} cannot be read: {reason_of(error, path)}")


def _reason(error: Exception, text: bytes, type_: type) -> str:
    if isinstance(error, msgspec.ValidationError):
        return located(error, text, type_)
    return str(error) if isinstance(error, InvalidValueError) else f"not (all of) a JSON object: {error}"
