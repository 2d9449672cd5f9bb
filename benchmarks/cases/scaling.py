"""What merges and folds cost by the number of sessions that they add up."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from itertools import cycle, islice

from benchmarks.data import snapshots
from benchmarks.databases import Databases
from benchmarks.measuring import Call, Result, Timings, interleaved
from swarmstore import Additive, LearningSnapshot, LearningStore, TimeDecay

_MERGED = (100, 1_000, 10_000)
_FOLDED = (1, 16, 64, 256, 1_024)
_NEVER = 1_000_000  # sessions at which a save folds: all folds are those that are timed
_FOLDS = 3


def scaling(databases: Databases, rounds: int) -> Iterator[Result]:
    """Merges of the latest of one scenario's sessions; folds of those that are pending."""
    made = cycle(snapshots(700, 200))
    url = databases.new()
    with LearningStore.open(url, fold_at=_NEVER) as store:
        folds = Result(f"fold by pending sessions, 700 rows, {databases.kind}")
        folds.timings = {f"{count:,} sessions": Timings(_folds(store, made, count)) for count in _FOLDED}
        folds.at_most("fold of 1,024, of one of 64", "1,024 sessions", "64 sessions", 20)
        yield folds
        for snapshot in islice(made, _MERGED[-1] - _FOLDS * sum(_FOLDED)):
            store.save_session("scenario", snapshot)
        store.fold()
        databases.settle(url)
        merges = Result(f"merge_sessions by sessions, 700 rows, {databases.kind}")
        arms: dict[str, Call] = {
            f"{name}, {count:,} sessions": partial(store.merge_sessions, "scenario", strategy, latest=count)
            for name, strategy in (("additive", Additive()), ("time decay", TimeDecay(100)))
            for count in _MERGED
        }
        merges.timings = interleaved(arms, max(3, rounds // 20), warm_up=1)
        for name in ("additive", "time decay"):
            arms_of = f"{name}, 10,000 sessions", f"{name}, 1,000 sessions"
            merges.at_most(f"{name} merge of 10,000, of one of 1,000", *arms_of, 15)
        yield merges


def _folds(store: LearningStore, made: Iterator[LearningSnapshot], count: int) -> tuple[float, ...]:
    seconds = []
    for _ in range(_FOLDS):
        for snapshot in islice(made, count):
            store.save_session("scenario", snapshot)
        begun = time.perf_counter()
        store.fold()
        seconds.append(time.perf_counter() - begun)
    return tuple(seconds)
