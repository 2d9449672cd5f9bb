"""Whether saving and loading cost the same in a store of ten thousand sessions as of a hundred."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from itertools import cycle
from statistics import median

import msgspec

from benchmarks.data import snapshots
from benchmarks.databases import Databases
from benchmarks.measuring import Result, interleaved
from swarmstore import LearningStore

_SMALL, _LARGE = 100, 10_000
_NEWCOMERS = 5


def growing(databases: Databases, rounds: int) -> Iterator[Result]:
    """Both stores take turns; the sessions are of one scenario."""
    made = list(snapshots(700, 200))
    with ExitStack() as stack:
        stores = {}
        for size in (_SMALL, _LARGE):
            url = databases.new()
            stores[size] = stack.enter_context(LearningStore.open(url))
            for number in range(size):
                stores[size].save_session("scenario", made[number % len(made)])
            stores[size].fold()
        saving = Result(f"save_session as the store grows, {databases.kind}")
        next_one = cycle(made)

        def save(store: LearningStore) -> None:
            store.save_session("scenario", next(next_one))

        arms = {f"{size:,} sessions": partial(save, store) for size, store in stores.items()}
        saving.timings = interleaved(arms, rounds)
        large, small = f"{_LARGE:,} sessions", f"{_SMALL:,} sessions"
        saving.at_most(f"save at {_LARGE:,}, of that at {_SMALL}", large, small, 1.15)
        newcomers = [_newcomer(url) for _ in range(_NEWCOMERS)]
        saving.numbers = {
            f"new process, {name}, ms": median(each[name] for each in newcomers) for name in newcomers[0]
        }
        yield saving
        loading = Result(f"load_scenario as the store grows, {databases.kind}")
        for store in stores.values():
            store.fold()
        loading.timings = interleaved(
            {
                f"{size:,} sessions": partial(store.load_scenario, "scenario")
                for size, store in stores.items()
            },
            rounds,
        )
        loading.at_most(f"load at {_LARGE:,}, of that at {_SMALL}", large, small, 1.15)
        yield loading


def _newcomer(url: str) -> dict[str, float]:
    """What the calls of a new process take, in milliseconds."""
    command = [sys.executable, "-m", "benchmarks.newcomer", url]
    answer = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    return msgspec.json.decode(answer, type=dict[str, float])
