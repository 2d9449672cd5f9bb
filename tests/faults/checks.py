"""What has to hold after every fault."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from swarmstore import LearningStore, SqlStorage
from tests.helpers.internals import database_of
from tests.snapshots import simple


def sql(store: LearningStore) -> SqlStorage:
    """The storage of a store on a database."""
    storage = store.storage
    assert isinstance(storage, SqlStorage)
    return storage


def checked_out(store: LearningStore) -> int:
    """How many connections are in use."""
    sql(store)._folding.finish()  # which may be under way in a thread of its own
    used: int = database_of(sql(store)).engine.pool.checkedout()  # type: ignore[attr-defined]
    return used


def fill_the_pool(store: LearningStore) -> None:
    """Leave as many connections in the pool as it keeps."""
    engine = database_of(sql(store)).engine
    connections = [engine.connect() for _ in range(5)]
    for connection in connections:
        connection.close()
    assert engine.pool.checkedin() == len(connections)  # type: ignore[attr-defined]


def counted(store: LearningStore, scenario: str) -> int:
    """How many sessions a scenario's total counts, as its transitions say it too."""
    total = store.load_scenario(scenario)
    count = total.metadata.session_count
    assert total.episode_transitions.success_transitions["A", "B"] == count
    return count


def assert_sound(store: LearningStore) -> None:
    """Nothing is in use or contradicts itself, and the store works."""
    assert checked_out(store) == 0
    assert store.verify_totals(deep=True) == []
    store.save_session("afterwards", simple())
    assert counted(store, "afterwards") == len(store.list_sessions("afterwards"))
    assert checked_out(store) == 0


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """The block ends in time: where that is the promise."""
    started = time.monotonic()
    yield
    assert time.monotonic() - started < seconds
