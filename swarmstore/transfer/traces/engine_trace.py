"""Files of SwarmEngine: the trace of a run's events, and the record of how the run ended.

A trace is JSON lines, one `TraceEvent` each. The record is one object in a file beside it:
`learn_stats_record-SEED.json` for `trace-SEED.jsonl`, `trace-SEED.jsonl.gz` or another ending.
"""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

import msgspec

from swarmstore.errors import InvalidValueError, TraceError
from swarmstore.model.json.format_errors import located
from swarmstore.model.limits import check_count, check_text
from swarmstore.transfer.traces.json_lines import objects_in, read_whole, unreadable
from swarmstore.transfer.traces.trace_content import Lines, TraceEvent

_TRACE_NAME = re.compile(r"trace-(.*?)\.[a-z]+(?:\.gz)?", re.DOTALL)
_OUTCOMES = ("Success", "Failure", "Timeout")


class _Record(msgspec.Struct):
    timestamp_ms: int
    scenario: str
    outcome: dict[str, object]
    total_ticks: int
    total_actions: int
    session_id: str = ""


_events = msgspec.json.Decoder(TraceEvent)
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


def read_lines(path: Path) -> Lines:
    """Give the events of a trace; see `Lines`. Raises TraceError."""
    for number, text, problem in objects_in(path):
        if problem is not None:
            yield number, problem
            continue
        try:
            event = _events.decode(text)
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            yield number, _reason(error, text, TraceEvent)
        else:
            yield number, event


def _reason(error: Exception, text: bytes, type_: type) -> str:
    if isinstance(error, msgspec.ValidationError):
        return located(error, text, type_)
    return str(error) if isinstance(error, InvalidValueError) else f"not a complete JSON object: {error}"
