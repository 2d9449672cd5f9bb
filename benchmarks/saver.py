"""One of many processes that save at once: `python -m benchmarks.saver ARM URL SAVES NUMBER`.

It says `ready`, waits for a line, saves, and prints the seconds of each save as JSON.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from itertools import cycle
from typing import Any

import msgspec

from benchmarks.data import snapshots
from benchmarks.peers.limit import limit_on
from benchmarks.peers.rows import prepare
from swarmstore import LearningSnapshot, LearningStore


def saver(arm: str, url: str) -> Callable[[LearningSnapshot], object]:
    """How this arm saves a snapshot."""
    if arm == "totals in the save":
        # each save folds what waits in the same way, and waits for whoever is at it
        store = LearningStore.open(url, fold_at=10**6)

        def save_and_fold(snapshot: LearningSnapshot) -> None:
            store.save_session("scenario", snapshot)
            store.fold()

        return save_and_fold
    store = LearningStore.open(url)
    if arm == "swarmstore":
        return lambda snapshot: store.save_session("scenario", snapshot)
    storage: Any = store.storage
    storage.scenario_ids.ensure("scenario")
    limit = limit_on(url)
    return lambda snapshot: limit.save(prepare(storage.rows_of(snapshot)))


def main() -> None:
    """Save when told to."""
    arm, url, saves, number = sys.argv[1:]
    made = list(snapshots(700, 20, seed=1 + int(number)))
    save = saver(arm, url)
    for snapshot in made[:6]:
        save(snapshot)
    print("ready", flush=True)
    sys.stdin.readline()
    seconds = []
    for _, snapshot in zip(range(int(saves)), cycle(made), strict=False):
        begun = time.perf_counter()
        save(snapshot)
        seconds.append(time.perf_counter() - begun)
    sys.stdout.write(msgspec.json.encode(seconds).decode())


if __name__ == "__main__":
    main()
