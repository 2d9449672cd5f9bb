"""A process that nothing is cached in: `python -m benchmarks.newcomer URL`.

It opens a store, loads the scenario's total, saves twice, and prints the milliseconds of each as JSON.
"""

from __future__ import annotations

import sys
import time
from itertools import pairwise

import msgspec

from benchmarks.data import snapshots
from swarmstore import LearningStore


def main() -> None:
    """Do what an agent does, once, and say how long it took."""
    made = list(snapshots(700, 2))
    marks = [time.perf_counter()]
    with LearningStore.open(sys.argv[1]) as store:
        marks.append(time.perf_counter())
        store.save_session("scenario", made[0])
        marks.append(time.perf_counter())
        store.load_scenario("scenario")
        marks.append(time.perf_counter())
        store.save_session("scenario", made[1])
        marks.append(time.perf_counter())
    names = ("opening a store", "first save", "first load", "second save")
    took = [1000 * (end - begin) for begin, end in pairwise(marks)]
    sys.stdout.write(msgspec.json.encode(dict(zip(names, took, strict=True))).decode())


if __name__ == "__main__":
    main()
