"""What importing a store of upstream's files costs, beside saving the same sessions one by one."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator

from benchmarks.data import snapshots
from benchmarks.databases import Databases
from benchmarks.measuring import Line, Result
from benchmarks.peers.files import FileStore
from swarmstore import LearningSnapshot, LearningStore

_SESSIONS = 1000


def importing(databases: Databases, _rounds: int) -> Iterator[Result]:
    """Sessions of some 50 kB; contextual stats are left out, which upstream's files cannot hold."""
    files = FileStore(databases.folder / "imported", fsync=False)
    made = []
    for snapshot in snapshots(1000, _SESSIONS):
        snapshot.contextual_stats.clear()
        made.append(snapshot)
        files.save(snapshot)
    result = Result(f"import of {_SESSIONS} sessions, {databases.kind}")
    with LearningStore.open(databases.new()) as store:
        begun = time.perf_counter()
        store.import_store(files.folder, totals="sessions")
        took = time.perf_counter() - begun
    with LearningStore.open(databases.new()) as store:
        begun = time.perf_counter()
        for file in sorted(files.folder.rglob("sessions/*/stats.json")):
            store.save_session("scenario", LearningSnapshot.load_json(file), file.parent.name)
        alone = time.perf_counter() - begun
    result.numbers = {
        "import, sessions per second": _SESSIONS / took,
        "saved one by one, sessions per second": _SESSIONS / alone,
        "greatest memory of the process, MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000,
    }
    result.lines.append(Line("import, faster than saving", alone / took, 2, at_most=False))
    yield result
