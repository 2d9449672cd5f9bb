"""What a fleet is to do, and what each of its processes brings back."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from swarmstore import LearningSnapshot, StoreUnavailableError

_Answer = TypeVar("_Answer")
_ATTEMPTS = 20  # of a call; each of them takes as long as the store's own attempts


@dataclass(frozen=True, slots=True)
class Plan:
    """What all processes know. begins, ends: seconds since 1970.

    every: seconds between two sessions of an agent, 0 for no rest. lives: sessions that an agent saves
    before its successor opens the store anew. keep: sessions of a scenario that retention leaves.
    """

    url: str
    agents: int
    processes: int
    scenarios: int
    rows: int
    every: float
    lives: int
    keep: int
    begins: float
    ends: float

    def scenario(self, number: int) -> str:
        """One of the scenarios, which agents are spread over in turns."""
        return f"fleet {number % self.scenarios:04}"

    def wait(self, until: float) -> bool:
        """Wait; whether there is still time for a call."""
        time.sleep(max(0.0, min(until, self.ends) - time.time()))
        return time.time() < self.ends


@dataclass(slots=True)
class Lived:
    """What was done: seconds by kind of call, errors by their names, what was acknowledged by scenario.

    cursor: where a follower was at the end.
    """

    seconds: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: Counter[str] = field(default_factory=Counter)
    sessions: Counter[str] = field(default_factory=Counter)
    learned: Counter[str] = field(default_factory=Counter)
    numbers: Counter[str] = field(default_factory=Counter)
    cursor: str | None = None
    cpu: float = 0.0

    def answered(self, call: str, work: Callable[[], _Answer]) -> _Answer:
        """Note how long a call takes; it is repeated while the store cannot be reached, which is noted too.

        Raises StoreUnavailableError when it never can, and whatever else the call raises.
        """
        attempts = 0
        while True:
            begun = time.perf_counter()
            try:
                answer = work()
            except StoreUnavailableError as error:
                self.errors[f"{call}: {type(error).__name__}"] += 1
                attempts += 1
                if attempts == _ATTEMPTS:
                    raise
                continue
            self.seconds[call].append(time.perf_counter() - begun)
            return answer

    def add(self, other: Lived) -> None:
        """Take in what another one did."""
        for call, seconds in other.seconds.items():
            self.seconds[call] += seconds
        for name in ("errors", "sessions", "learned", "numbers"):
            getattr(self, name).update(getattr(other, name))
        self.cursor = other.cursor or self.cursor
        self.cpu += other.cpu


def in_threads(works: list[Callable[[Lived], None]]) -> Lived:
    """Do all at once; what they did together, and the CPU that this process took for it."""
    begun = time.process_time()
    each = [Lived() for _ in works]
    with ThreadPoolExecutor(len(works)) as threads:
        list(threads.map(lambda pair: pair[0](pair[1]), zip(works, each, strict=True)))
    together = Lived(cpu=time.process_time() - begun)
    for lived in each:
        together.add(lived)
    return together


def learned(snapshot: LearningSnapshot) -> int:
    """The sum of many of its counts: equal for a total and for its sessions together."""
    transitions = snapshot.episode_transitions
    ngrams = snapshot.ngram_stats
    return (
        sum(transitions.success_transitions.values())
        + sum(transitions.failure_transitions.values())
        + sum(map(sum, ngrams.trigrams.values()))
        + sum(map(sum, ngrams.quadgrams.values()))
        + sum(stats.visits for stats in snapshot.action_stats.values())
        + sum(stats.visits for stats in snapshot.contextual_stats.values())
    )
