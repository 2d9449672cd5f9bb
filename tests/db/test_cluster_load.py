"""A Citus cluster under load: no read of the global total is wrong, followers miss nothing, a worker may die.

No transaction is seen on all servers at once there. What is done about it is in
`swarmstore.db.repositories.unsettled_sources` and `change_feed`; taken out, the same loads fail.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import select

from swarmstore import (
    GlobalKey,
    LearningStore,
    NotPermittedError,
    SessionId,
    SessionKey,
    SqlStorage,
    StoreUnavailableError,
)
from swarmstore.db.operations import fold_totals
from swarmstore.db.repositories import change_feed
from swarmstore.db.repositories.total_cache import TotalCache
from swarmstore.db.schema.sessions import GLOBAL, Rollup, Scenario, TotalSource
from swarmstore.db.statements import change_feed as queries
from swarmstore.model.limits import MAX_TOTAL
from tests.db.cluster_load import SCENARIOS, WRITERS, Load, at_once, counts_in, session_of
from tests.helpers.internals import database_of, repositories_of
from tests.postgres import citus
from tests.postgres.citus_worker import Worker, settle_prepared
from tests.snapshots import simple

URL = citus.required_url()
READS = 2_000
CHANGES = 600
PLACE = (
    "SELECT nodeport, shardid FROM citus_shards"
    " WHERE shardid = get_shard_id_for_distribution_column(%s::regclass, %s::bigint)"
)


@pytest.fixture
def opened(citus_schema: str) -> Iterator[Callable[..., LearningStore]]:
    """Opens stores on one schema, each as a process of its own would, which fold as often as can be."""
    options: dict[str, Any] = {"schema": citus_schema, "fold_at": 1, "pool_size": 2}
    with ExitStack() as stack:
        yield lambda background=False: stack.enter_context(
            LearningStore.open(URL, fold_in_background=background, **options)
        )


def begun(opened: Callable[..., LearningStore], load: Load) -> list[Callable[[], object]]:
    """Writers that have saved a session each."""
    stores = [opened() for _ in range(WRITERS)]
    for writer, store in enumerate(stores):
        for scenario in range(SCENARIOS // WRITERS):
            store.save_session(f"s{writer + scenario * WRITERS}", session_of(writer))
        load.begun[writer] = load.acknowledged[writer] = SCENARIOS // WRITERS
    return [partial(load.save, store, writer) for writer, store in enumerate(stores)]


def read_under_load(opened: Callable[..., LearningStore], load: Load) -> None:
    writers = begun(opened, load)
    readers = [partial(load.read, opened(), READS) for _ in range(4)]
    with at_once(load, load.over, *writers, partial(load.remove, opened())), ExitStack() as stack:
        threads = [threading.Thread(target=reader) for reader in readers]
        for thread in threads:
            thread.start()
            stack.callback(thread.join)


def test_no_read_of_the_global_total_is_wrong(opened: Callable[..., LearningStore]) -> None:
    load, store = Load(), opened()
    read_under_load(opened, load)
    assert not load.wrong, load.examples
    store.fold()
    assert counts_in(store.load_global()) == load.acknowledged
    assert store.verify_totals(deep=True) == []


def test_as_elsewhere_some_reads_would_be_wrong(
    opened: Callable[..., LearningStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TotalCache, "_is_apart", lambda *_: False)
    load = Load(stop_at_first=True)
    read_under_load(opened, load)
    assert load.wrong, load.reads
    assert "an error" not in load.wrong, load.examples


def fold_by_half(store: LearningStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Save sessions, which are then in the global total's rollup and called pending all the same."""
    with monkeypatch.context() as killed:
        killed.setattr(fold_totals, "settle", lambda _: None)
        for number, chance in enumerate((1.0, 1.0, 1.0, 0.0)):  # the last save folds the global total
            killed.setattr(fold_totals, "random", lambda of_this=chance: of_this)
            store.save_session("t", simple(number), str(number))
    assert isinstance(store.storage, SqlStorage)
    contributors = select(Rollup.contributors).where(Rollup.scenario_id == GLOBAL)
    pending = select(TotalSource.folded).where(TotalSource.total_scenario_id == GLOBAL)
    read = database_of(store.storage).read
    assert read(lambda session: session.scalar(contributors)) == 4
    assert read(lambda session: session.scalars(pending).all()) == [False] * 4


def test_a_fold_of_which_half_is_done_changes_no_answer(
    opened: Callable[..., LearningStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = opened()
    expected = sum(simple(number).metadata.session_count for number in range(4))
    fold_by_half(store, monkeypatch)
    assert opened().load_global().metadata.session_count == expected
    with monkeypatch.context() as taken_out:
        taken_out.setattr(TotalCache, "_is_apart", lambda *_: False)
        assert opened().load_global().metadata.session_count == 2 * expected
    store.storage.delete(SessionKey("t", SessionId("1")))
    assert opened().load_global().metadata.session_count == expected
    assert store.verify_totals(deep=True) == []


def test_a_fold_does_not_begin_before_the_one_before_is_seen_everywhere(
    opened: Callable[..., LearningStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = opened()
    fold_by_half(store, monkeypatch)
    store.save_session("u", simple(1))
    store.fold()
    assert store.load_global().metadata.session_count == 5
    assert store.verify_totals(deep=True) == []


def test_a_total_that_was_replaced_by_half_counts_what_was_saved_since(
    opened: Callable[..., LearningStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = opened()
    for number in range(3):
        store.save_session(f"t{number}", simple(number))
    store.fold()
    store.save_session("t0", simple(3))
    with monkeypatch.context() as killed:
        killed.setattr(fold_totals, "settle", lambda _: None)
        store.save_global(simple(5))
    assert opened().load_global() == simple(5)
    store.save_session("t1", simple(2))
    assert opened().load_global().metadata.session_count == 2
    store.fold()
    assert opened().load_global().metadata.session_count == 2
    assert store.verify_totals(deep=True) == []
    store.storage.delete(GlobalKey())
    assert not store.storage.exists(GlobalKey())


def test_a_rebuild_waits_for_removals_that_are_seen_on_one_server_first(
    opened: Callable[..., LearningStore], citus_schema: str
) -> None:
    """The deletion of a folded session is prepared where its source is, and not committed there yet."""
    store = opened()
    for number in range(SCENARIOS):
        store.save_session(f"s{number}", simple(1), "a")
    store.fold()
    with psycopg.connect(URL, autocommit=True) as coordinator:
        saved = sql.SQL("SELECT scenario_id, id FROM {}").format(sql.Identifier(citus_schema, "sessions"))
        sources = f"{citus_schema}.total_sources"
        at = {
            row: coordinator.execute(PLACE, (sources, scenario)).fetchall()[0]
            for scenario, row in coordinator.execute(saved).fetchall()
        }
        ((of_rollup, _),) = coordinator.execute(PLACE, (sources, GLOBAL)).fetchall()
        row, (port, shard) = next((row, found) for row, found in at.items() if found[0] != of_rollup)
    shard_of_row = sql.Identifier(citus_schema, f"total_sources_{shard}")
    removed = sql.SQL("DELETE FROM {} WHERE session_row_id = {} AND total_scenario_id = 0")
    rebuilding = threading.Thread(target=opened().rebuild_totals)
    with psycopg.connect(URL, port=port) as server, ExitStack() as stack:
        server.tpc_begin(server.xid(1, citus_schema, "removal"))
        server.execute(removed.format(shard_of_row, row))
        server.tpc_prepare()
        stack.callback(rebuilding.join)
        stack.callback(server.tpc_commit)
        rebuilding.start()
        rebuilding.join(2)
        assert rebuilding.is_alive()
    assert store.load_global().metadata.session_count == SCENARIOS - 1


def follow_under_load(opened: Callable[..., LearningStore], load: Load) -> None:
    writers = begun(opened, load)
    followers = [partial(load.follow, opened(), CHANGES) for _ in range(3)]
    removers = [partial(load.remove, opened(), pruning=False)] if load.removes else []
    with (
        at_once(load, load.nothing_more, *followers),
        at_once(load, load.over, *writers, *removers),
    ):
        load.over.wait(120)


@pytest.mark.parametrize("removes", [True, False])
def test_a_follower_misses_nothing(opened: Callable[..., LearningStore], removes: bool) -> None:
    load = Load(removes=removes)
    follow_under_load(opened, load)
    assert not load.wrong, load.examples
    assert len(load.saved) >= CHANGES / 2


@pytest.mark.parametrize("bounded", [True, False])
def test_positions_that_appear_on_one_server_first_are_waited_for(
    opened: Callable[..., LearningStore],
    citus_schema: str,
    monkeypatch: pytest.MonkeyPatch,
    bounded: bool,
) -> None:
    """Without the bound the later one is read, and the other one never."""
    store, reader = opened(), opened()
    for number in range(SCENARIOS):
        store.save_session(f"s{number}", simple(number), str(number))
    table = sql.Identifier(citus_schema, "sessions")
    saved = sql.SQL("SELECT scenario_id, session_id FROM {}").format(table)
    publish = sql.SQL("UPDATE {} SET position = {}, position_stamp = 7 WHERE scenario_id = {}")
    with psycopg.connect(URL, autocommit=True) as coordinator:
        by_port: dict[int, tuple[int, int, str]] = {}
        for scenario_id, session_id in coordinator.execute(saved).fetchall():
            found = coordinator.execute(PLACE, (f"{citus_schema}.sessions", scenario_id)).fetchall()
            by_port |= {port: (shard, scenario_id, session_id) for port, shard in found}
        (port, (shard, late, late_id)), (_, (_, early, early_id)), *_ = by_port.items()
        shard_of_late = sql.Identifier(citus_schema, f"sessions_{shard}")
        with psycopg.connect(URL, port=port) as server, ExitStack() as stack:
            one = server.xid(1, citus_schema, "late")
            server.tpc_begin(one)
            server.execute(publish.format(shard_of_late, 1, late))
            server.tpc_prepare()
            stack.callback(server.tpc_commit)
            coordinator.execute(publish.format(table, 2, early))
            with monkeypatch.context() as reading:
                reading.setattr(database_of(reader.storage), "write", forbidden)
                if not bounded:
                    unbounded = partial(_published_after, queries.published_after)
                    reading.setattr(queries, "published_after", unbounded)
                    reading.setattr(change_feed, "position_after", lambda after, *_: after.position)
                first = list(reader.changes())
                stack.close()
                second = list(reader.changes(first[-1].cursor if first else None))
    seen = [change.session_id for change in [*first, *second]]
    assert seen == ([] if bounded else [early_id])
    if bounded:
        assert [change.session_id for change in store.changes()][:2] == [late_id, early_id]
        assert [change.session_id for change in reader.changes()][:2] == [late_id, early_id]


def _published_after(statement: Callable[..., object], after: int, _last: int, limit: int) -> object:
    return statement(after, MAX_TOTAL, limit)


def forbidden(work: object, *, maintenance: bool = False) -> None:
    raise NotPermittedError(f"{work} writes, {maintenance=}")


def test_what_was_given_out_is_read_once_it_is_seen_everywhere(
    opened: Callable[..., LearningStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, other = opened(), opened()
    for number in range(3):
        store.save_session(f"t{number}", simple(number))
    assert isinstance(store.storage, SqlStorage)
    assert database_of(store.storage).write(repositories_of(store.storage).change_feed.publish_batch) == 3
    with monkeypatch.context() as reading:
        reading.setattr(database_of(other.storage), "write", forbidden)
        assert list(other.changes()) == []
    assert len(list(store.changes())) == 3
    assert list(other.changes()) == list(store.changes())


def test_a_worker_that_dies_loses_nothing_and_others_go_on(
    opened: Callable[..., LearningStore], citus_schema: str
) -> None:
    try:
        worker = Worker(URL)
    except LookupError as error:
        pytest.skip(str(error))
    store, load = opened(), Load()
    writers = begun(opened, load)
    names = database_of(store.storage).read(
        lambda session: dict(session.execute(select(Scenario.id, Scenario.name)).all())
    )
    on_it = {names[one] for one in worker.scenarios_of(URL, citus_schema, list(names))}
    assert 0 < len(on_it) < len(names)
    del writers
    saved: dict[str, list[float]] = {name: [] for name in names.values()}

    def save(scenario: str, number: int) -> None:
        own = opened(background=True)
        while not load.over.is_set():
            session_id = f"{number}-{len(saved[scenario])}"
            try:
                own.save_session(scenario, session_of(number), session_id)
            except StoreUnavailableError:
                continue  # the same once more
            saved[scenario].append(time.monotonic())

    chosen = [*sorted(on_it)[:3], *sorted(set(names.values()) - on_it)[:3]]
    with at_once(load, load.over, *[partial(save, name, number) for number, name in enumerate(chosen)]):
        time.sleep(3)
        worker.kill()
        killed = time.monotonic()
        try:
            time.sleep(6)
        finally:
            dead_until = time.monotonic()
            worker.start()
        deadline = time.monotonic() + 60
        while not all(saved[name] and saved[name][-1] > dead_until for name in chosen):
            assert not load.wrong, load.examples
            assert time.monotonic() < deadline, "all scenarios are saved in again"
            settle_prepared(URL)
            time.sleep(0.1)
    assert not load.wrong, load.examples
    for name in chosen:
        while_dead = [moment for moment in saved[name] if killed + 2 < moment < dead_until]
        assert bool(while_dead) is (name not in on_it), name
    settle_prepared(URL)
    store.fold()
    for number, name in enumerate(chosen):
        there = {str(one) for one in store.list_sessions(name)}
        assert there >= {f"{number}-{place}" for place in range(len(saved[name]))}
        assert counts_in(store.load_scenario(name))[number] >= len(saved[name])
    total = store.load_global()
    assert total.metadata.session_count == sum(len(store.list_sessions(name)) for name in names.values())
    assert store.verify_totals(deep=True) == []
