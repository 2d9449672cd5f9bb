"""What an action costs while an agent records it: no database takes part before the end."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack

from benchmarks.databases import Databases
from benchmarks.measuring import Result, interleaved
from swarmstore import LearningStore, SessionRecorder

_ACTIONS = 1000  # at a turn
_BEFORE = 200_000  # actions of a session that goes on for long
_NAMES = [f"Action{number:02}" for number in range(40)]


def recording(databases: Databases, rounds: int) -> Iterator[Result]:
    """A thousand actions of four workers, in a session that has begun and in one that is long.

    The peer counts names, pairs, threes and fours in plain Counters, and checks nothing.
    """
    chance = random.Random(3)
    actions = [(chance.choice(_NAMES), chance.random() < 0.8, chance.randrange(4)) for _ in range(_ACTIONS)]
    result = Result(f"{_ACTIONS:,} actions recorded, {databases.kind}")
    with ExitStack() as stack:
        store = stack.enter_context(LearningStore.open(databases.new()))
        short, long = (stack.enter_context(store.record("scenario")) for _ in range(2))
        record_long = _recording(long, actions)
        for _ in range(_BEFORE // _ACTIONS):
            record_long()
        result.timings = interleaved(
            {
                "recorder": _recording(short, actions),
                f"recorder, {_BEFORE:,} actions later": record_long,
                "Counters": _counting(actions),
            },
            rounds,
        )
    result.numbers["microseconds an action"] = 1e6 * result.timings["recorder"].median / _ACTIONS
    result.at_most(
        "an action of a long session, of a short one's",
        f"recorder, {_BEFORE:,} actions later",
        "recorder",
        1.25,
    )
    result.at_most("recording an action, of counting it", "recorder", "Counters", 10)
    yield result


def _recording(run: SessionRecorder, actions: list[tuple[str, bool, int]]) -> Callable[[], None]:
    def record() -> None:
        for name, success, worker in actions:
            run.action(name, success, worker=worker, duration_ms=5, kpi=0.5)
        run.end_episode(True)

    return record


def _counting(actions: list[tuple[str, bool, int]]) -> Callable[[], None]:
    counts: Counter[tuple[str, ...]] = Counter()

    def count() -> None:
        before: dict[int, tuple[str, ...]] = {}
        for name, _, worker in actions:
            names = (*before.get(worker, ()), name)
            for length in range(1, len(names) + 1):
                counts[names[-length:]] += 1
            before[worker] = names[-3:]

    return count
