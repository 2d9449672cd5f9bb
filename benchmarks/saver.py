"""One of many processes that save at once: `python -m benchmarks.saver ARM URL SAVES NUMBER`.

It says `ready`, waits for a line, saves, and prints the seconds of each save as JSON.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial
from itertools import cycle
from typing import Any

import msgspec
from sqlalchemy.orm import Session

from benchmarks.data import snapshots
from benchmarks.peers.limit import limit_on
from benchmarks.peers.rows import prepare
from swarmstore import LearningSnapshot, LearningStore, SqlStorage
from swarmstore.db.schema.sessions import GLOBAL, SessionRow
from swarmstore.model.session_ids import SessionIdGenerator
from tests.helpers.internals import database_of, repositories_of, saver_of

PROCESSES = 8
WARM_UP = 6  # saves of each process before they all begin


def saver(arm: str, url: str) -> Callable[[LearningSnapshot], object]:
    """How this arm saves a snapshot."""
    store = LearningStore.open(url)
    if arm == "swarmstore":
        return lambda snapshot: store.save_session("scenario", snapshot)
    storage: Any = store.storage
    repositories_of(storage).scenarios.ensure("scenario")
    if arm == "totals in the save":
        return partial(_save_with_totals, storage, SessionIdGenerator())
    limit = limit_on(url)
    return lambda snapshot: limit.save(prepare(saver_of(storage).rows_of(snapshot)))


def _save_with_totals(storage: SqlStorage, ids: SessionIdGenerator, snapshot: LearningSnapshot) -> None:
    """Save, and add the session to both totals before the commit, by the statements of a fold."""
    kept = repositories_of(storage)
    new = saver_of(storage).new_session("scenario", snapshot)

    def work(session: Session) -> None:
        written = kept.sessions.add(session.connection(), new, session_id, counted=True)
        assert written is not None
        row = session.get_one(SessionRow, written.row_id)
        for rollup in kept.totals.lock(session, [GLOBAL, row.scenario_id]).values():
            kept.totals.fold(session, [rollup], [row])

    session_id = ids.next()
    database_of(storage).write(work)


def main() -> None:
    """Save when told to."""
    arm, url, saves, number = sys.argv[1:]
    made = list(snapshots(700, 20 * PROCESSES))[int(number) :: PROCESSES]
    save = saver(arm, url)
    for snapshot in made[:WARM_UP]:
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
