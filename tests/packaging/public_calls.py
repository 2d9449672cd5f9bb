"""A program of public calls, for type checkers: it is never run."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import assert_type

from swarmstore import (
    Additive,
    AsyncLearningStore,
    Change,
    LearningSnapshot,
    LearningStore,
    MemoryStorage,
    OfflineModel,
    SessionId,
    SessionSummary,
)


def synchronous() -> None:
    store = LearningStore.open("sqlite://", schema="s", pool_size=3, timeout_seconds=5, pooler=False)
    with store, LearningStore(MemoryStorage()) as other:
        assert_type(store.load_scenario("s"), LearningSnapshot)
        assert_type(store.load_scenario("s", default=None), LearningSnapshot | None)
        assert_type(store.load_scenario("s", default=LearningSnapshot.empty()), LearningSnapshot)
        assert_type(store.load_session("s", "1").session_id, SessionId | None)
        assert_type(store.load_global(), LearningSnapshot)
        assert_type(store.save_session("s", LearningSnapshot.empty()), SessionId)
        assert_type(store.list_sessions("s"), list[SessionId])
        assert_type(store.query_latest("s", 1), list[LearningSnapshot])
        assert_type(store.query_range("s", 0, 1), list[LearningSnapshot])
        assert_type(store.query_since("s", 0), list[LearningSnapshot])
        assert_type(store.iter_range("s", 0, 1), Iterator[LearningSnapshot])
        assert_type(store.session_summaries("s", latest=3), Iterator[SessionSummary])
        assert_type(store.merge_sessions("s", Additive(), latest=3), LearningSnapshot)
        assert_type(store.merge([], "additive"), LearningSnapshot)
        assert_type(store.scenarios(), list[str])
        assert_type(store.changes(), Iterator[Change])
        assert_type(store.load_offline_model("s"), OfflineModel)
        assert_type(store.run_offline_learning("s", 10), OfflineModel)
        assert_type(store.prune("s", keep_latest=1), int)
        assert_type(store.forget("s", ["1"], dry_run=True).dry_run, bool)
        assert_type([part.session_count for part in store.sources("s")], list[int])
        assert_type(store.fold(), int)
        assert_type(store.rebuild_totals(), int)
        store.save_scenario("s", LearningSnapshot.empty())
        store.save_global(LearningSnapshot.empty())
        store.save_offline_model("s", OfflineModel())
        store.summaries()
        store.verify_totals(deep=True)
        store.renew_cursors()
        store.import_store("folder", totals="sessions")
        store.ingest("trace", scenario="s", success=True)
        store.export_store("folder")
        store.copy_to(other)
        store.frame("sessions")
        store.export_frames("folder", "csv")
        store.report("report.html")
        with store.record("s", on_error="discard") as run:
            run.action("A", True, worker="w", kpi=0.5)
            run.end_episode(True)
        assert_type(run.session_id, SessionId)


async def asynchronous() -> None:
    async with AsyncLearningStore.open(
        "sqlite://", fold_at=4, fold_in_background=True, synchronous="full"
    ) as store:
        assert_type(await store.load_scenario("s"), LearningSnapshot)
        assert_type(await store.load_scenario("s", default=None), LearningSnapshot | None)
        assert_type(await store.save_session("s", LearningSnapshot.empty()), SessionId)
        assert_type(await store.query_latest("s", 1), list[LearningSnapshot])
        assert_type(store.changes(), AsyncIterator[Change])
        assert_type(await store.prune("s", older_than=1), int)
        assert_type((await store.forget(origin="o")).dry_run, bool)
        assert_type([part.session_count for part in await store.sources()], list[int])
        async with store.record("s") as run:
            run.action("A", True)
    opened = await AsyncLearningStore.open(maintenance_seconds=60.0)
    await opened.close()
