"""A backend whose every call goes through AsyncLearningStore, so that the contract runs on that."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator, Sequence
from dataclasses import asdict
from typing import Any, TypeVar

from swarmstore import (
    AsyncLearningStore,
    Change,
    ForgetReport,
    LearningBackend,
    LearningSnapshot,
    LearningStore,
    MergeStrategy,
    OfflineModel,
    ScenarioKey,
    SessionId,
    SnapshotKey,
    SnapshotNotFoundError,
    TotalPart,
)
from swarmstore.contracts.capabilities import Followable, Importable
from swarmstore.contracts.imports import ImportTarget
from swarmstore.contracts.progress import Progress
from swarmstore.contracts.storage import ScenarioSummary, SessionSummary
from swarmstore.model.forgetting import Forgetting
from swarmstore.model.keys import TotalKey
from swarmstore.model.offline_analyzer import AnalysisInput
from swarmstore.model.session_slice import SessionSlice

_Result = TypeVar("_Result")


class ThroughAsyncio:
    """What AsyncLearningStore has is asked there, in an event loop of its own; the rest is the backend's."""

    def __init__(self, backend: LearningBackend) -> None:
        self._backend = backend
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._store = AsyncLearningStore(LearningStore(backend))

    def close(self) -> None:
        self._wait(self._store.close())

    def end(self) -> None:
        """End the event loop, once nothing calls any more."""
        self._wait(self._loop.shutdown_default_executor())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _wait(self, call: Coroutine[Any, Any, _Result]) -> _Result:
        return asyncio.run_coroutine_threadsafe(call, self._loop).result()

    def save(self, key: SnapshotKey, snapshot: LearningSnapshot) -> None:
        self._wait(self._store.storage.save(key, snapshot))

    def load(self, key: SnapshotKey) -> LearningSnapshot | None:
        return self._wait(self._store.storage.load(key))

    def delete(self, key: SnapshotKey) -> bool:
        return self._wait(self._store.storage.delete(key))

    def exists(self, key: SnapshotKey) -> bool:
        return self._wait(self._store.storage.exists(key))

    def query_range(self, scenario: str, from_: int, to: int) -> list[LearningSnapshot]:
        return self._wait(self._store.query_range(scenario, from_, to))

    def range_page(
        self, scenario: str, from_: int, to: int, after: SessionId | None, limit: int
    ) -> list[tuple[SessionId, LearningSnapshot]]:
        del limit  # all is one page: what is under test is how AsyncLearningStore goes through it
        found = [] if after is not None else self._wait(_all_in_range(self._store, scenario, from_, to))
        return [(SessionId(""), snapshot) for snapshot in found]

    def summary_page(
        self, scenario: str, wanted: SessionSlice, after: SessionId | None, limit: int
    ) -> list[SessionSummary]:
        del limit  # as for `range_page`
        return [] if after is not None else self._wait(_all_summaries(self._store, scenario, wanted))

    def query_latest(self, scenario: str, limit: int) -> list[LearningSnapshot]:
        return self._wait(self._store.query_latest(scenario, limit))

    def query_since(self, scenario: str, since: int) -> list[LearningSnapshot]:
        return self._wait(self._store.query_since(scenario, since))

    def list_sessions(self, scenario: str) -> list[SessionId]:
        return self._wait(self._store.list_sessions(scenario))

    def save_session(
        self, scenario: str, snapshot: LearningSnapshot, session_id: SessionId | None = None
    ) -> SessionId:
        return self._wait(self._store.save_session(scenario, snapshot, session_id))

    def delete_sessions(self, scenario: str, session_ids: Sequence[SessionId]) -> int:
        return self._backend.delete_sessions(scenario, session_ids)

    def forget(self, wanted: Forgetting, *, dry_run: bool = False) -> ForgetReport:
        given = wanted.slice
        return self._wait(
            self._store.forget(
                given.scenario,
                wanted.session_ids,
                phase=given.phase,
                group_id=given.group_id,
                since=given.since,
                until=given.until,
                origin=wanted.origin,
                dry_run=dry_run,
            )
        )

    def sources(self, key: TotalKey) -> list[TotalPart]:
        return self._wait(self._store.sources(key.scenario if isinstance(key, ScenarioKey) else None))

    def scenarios(self) -> list[str]:
        return self._wait(self._store.scenarios())

    def summaries(self) -> list[ScenarioSummary]:
        return self._wait(self._store.summaries())

    def merge_sessions(self, wanted: SessionSlice, strategy: MergeStrategy | str) -> LearningSnapshot:
        return self._wait(self._store.merge_sessions(strategy=strategy, **asdict(wanted)))

    def latest_analysis_input(self, scenario: str, limit: int) -> AnalysisInput:
        return self._backend.latest_analysis_input(scenario, limit)

    def load_offline_model(self, scenario: str) -> OfflineModel | None:
        try:
            return self._wait(self._store.load_offline_model(scenario))
        except SnapshotNotFoundError:
            return None

    def save_offline_model(self, scenario: str, model: OfflineModel) -> None:
        self._wait(self._store.save_offline_model(scenario, model))

    def save_analysis(self, scenario: str, model: OfflineModel) -> OfflineModel:
        return self._backend.save_analysis(scenario, model)

    def fold(self, *, progress: Progress | None = None) -> int:
        return self._wait(self._store.fold(progress=progress))

    def changes(self, after: str | None = None) -> Iterator[Change]:
        return iter(self._wait(_all_changes(self._store, after)))

    def renew_cursors(self) -> None:
        self._wait(self._store.renew_cursors())

    def import_target(self) -> ImportTarget:
        assert isinstance(self._backend, Importable)
        return self._backend.import_target()


async def _all_changes(store: AsyncLearningStore, after: str | None) -> list[Change]:
    assert isinstance(store.store.storage, Followable)
    return [change async for change in store.changes(after)]


async def _all_summaries(
    store: AsyncLearningStore, scenario: str, wanted: SessionSlice
) -> list[SessionSummary]:
    filters = {name: value for name, value in asdict(wanted).items() if name != "scenario"}
    return [summary async for summary in store.session_summaries(scenario, **filters)]


async def _all_in_range(
    store: AsyncLearningStore, scenario: str, from_: int, to: int
) -> list[LearningSnapshot]:
    return [snapshot async for snapshot in store.iter_range(scenario, from_, to)]
