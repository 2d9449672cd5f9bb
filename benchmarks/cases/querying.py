"""What reading the latest hundred sessions costs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing

from benchmarks.data import snapshots
from benchmarks.databases import Databases
from benchmarks.measuring import Result, interleaved
from benchmarks.peers.files import FileStore
from benchmarks.peers.limit import limit_on
from swarmstore import LearningStore

_SESSIONS, _LATEST = 1_000, 100  # of a table that is read through its index


def querying(databases: Databases, rounds: int) -> Iterator[Result]:
    """Snapshots by swarmstore and the port, plain rows by the limit."""
    result = Result(f"query_latest({_LATEST}), 700 rows each, {databases.kind}")
    with ExitStack() as stack:
        url = databases.new()
        store = stack.enter_context(LearningStore.open(url))
        files = FileStore(databases.folder / "latest", fsync=False)
        for snapshot in snapshots(700, _SESSIONS):
            store.save_session("scenario", snapshot)
            files.save(snapshot)
        databases.settle(url)
        limit = stack.enter_context(closing(limit_on(url)))
        arms = {
            "swarmstore": lambda: store.query_latest("scenario", _LATEST),
            "limit": lambda: limit.latest(_LATEST),
            "files": lambda: files.latest(_LATEST),
        }
        result.timings = interleaved(arms, max(5, rounds // 4))
    result.at_most("query_latest, of the limit", "swarmstore", "limit", 1.5)
    result.faster("query_latest, faster than files", "swarmstore", "files", 1.0)
    yield result
