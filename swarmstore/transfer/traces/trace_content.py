"""What is counted of a trace, in whatever format it is: each has a reader, which gives its lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import TypeAlias

import msgspec

from swarmstore.errors import InvalidValueError, TraceError
from swarmstore.model.limits import MAX_COUNT, MAX_HASH, check_count
from swarmstore.recording.session_counter import SessionCounter

MANAGER = MAX_HASH  # upstream's `WorkerId::MANAGER`, `usize::MAX`
_TICK_START = "tick_start"
_NO_ACTIONS = frozenset({_TICK_START, "tick_end", "llm_invoke"})


class TraceEvent(msgspec.Struct):
    """What somebody did, by the names that SwarmEngine's `TraceEvent` has for it.

    Its JSON is what digests are made of, so that a run is the same in every format.
    """

    tick: int
    worker_id: int
    action: str
    success: bool
    duration_ms: int


Lines: TypeAlias = Iterable[tuple[int, TraceEvent | str]]
"""The lines of a trace by their numbers from 1: an event each, or why it is none."""


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


def count_actions(path: Path, lines: Lines) -> TraceContent:
    """Count a trace's actions, event by event; what is not an event is left out and listed.

    All events of workers are actions, in their order in the file, but for `llm_invoke`; those of
    the manager are not, nor are `tick_start` and `tick_end`. Durations are whole milliseconds.
    A trace has neither discoveries nor KPIs, and its `selection_logic` is not a strategy.

    Raises TraceError, also for a trace of several runs: the engine appends to a file that is there.
    """
    counter, so_far, digests, bad = SessionCounter(), blake2b(digest_size=16), list[bytes](), list[BadLine]()
    ticks, last_tick = 0, -1
    for number, event in lines:
        if isinstance(event, str):
            bad.append(BadLine(number, event))
            continue
        try:
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
        except InvalidValueError as error:
            bad.append(BadLine(number, str(error)))
    return TraceContent(counter, ticks, digests, bad)
