"""What saving a session costs, by its size."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from itertools import cycle
from statistics import mean

from benchmarks.data import snapshots
from benchmarks.databases import Databases
from benchmarks.measuring import Result, interleaved
from benchmarks.peers.documents import Documents
from benchmarks.peers.files import FileStore
from benchmarks.peers.limit import limit_on
from benchmarks.peers.orm import PlainOrm
from benchmarks.peers.rows import prepare
from swarmstore import LearningStore
from swarmstore.db.mapping.rows import sequence_id, sequences_in, to_rows
from tests.helpers.internals import saver_of

LIMIT = {"PostgreSQL": 1.3, "SQLite": 1.6}


def saving(databases: Databases, rows: int, rounds: int) -> Iterator[Result]:
    """One session at a time into one scenario, caches warm, folds where they fall due.

    The limit begins with the same snapshot as swarmstore, and checks nothing of it.
    """
    made = list(snapshots(rows, 40))
    result = Result(f"save_session, {rows} rows, {databases.kind}")
    with ExitStack() as stack:
        store = stack.enter_context(LearningStore.open(databases.new()))
        prepared = [prepare(saver_of(store.storage).rows_of(snapshot)) for snapshot in made]
        as_rows = [saver_of(store.storage).rows_of(snapshot) for snapshot in made]
        ids = {names: sequence_id(names) for snapshot in made for names in sequences_in(snapshot)}
        limit = stack.enter_context(closing(limit_on(databases.new())))
        orm = stack.enter_context(closing(PlainOrm(databases.new())))
        documents = stack.enter_context(closing(Documents(databases.new())))
        plain = FileStore(databases.folder / f"plain {rows}", fsync=False)
        synced = FileStore(databases.folder / f"synced {rows}", fsync=True)
        rowed, ready = cycle(as_rows), cycle(prepared)
        ours, taken_apart, documented, filed, filed_synced = (cycle(made) for _ in range(5))
        result.timings = interleaved(
            {
                "swarmstore": lambda: store.save_session("scenario", next(ours)),
                "limit": lambda: limit.save(prepare(to_rows(next(taken_apart), ids))),
                "limit, rows ready-made": lambda: limit.save(next(ready)),
                "ORM": lambda: orm.save(next(rowed)),
                "documents": lambda: documents.save(next(documented)),
                "files": lambda: plain.save(next(filed)),
                "files, fsync": lambda: synced.save(next(filed_synced)),
            },
            rounds,
            warm_up=20,
        )
    means = {name: mean(timings.seconds) for name, timings in result.timings.items()}
    result.numbers["mean with folds, of the limit's"] = means["swarmstore"] / means["limit"]
    if rows == 700:
        result.at_most("save, of the limit", "swarmstore", "limit", LIMIT[databases.kind])
        result.faster("save, faster than the ORM", "swarmstore", "ORM", 3)
    yield result
