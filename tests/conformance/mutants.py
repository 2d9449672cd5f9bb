"""Backends with one mistake each, and the promise that it breaks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

import pytest
from one_file import OneFileBackend

from swarmstore import (
    CountOverflowError,
    ForgetReport,
    Forgetting,
    LearningBackend,
    LearningSnapshot,
    MemoryStorage,
    MergeStrategy,
    OfflineModel,
    RemovedSessions,
    ScenarioKey,
    ScenarioSummary,
    SessionConflictError,
    SessionId,
    SessionKey,
    SessionSlice,
    SnapshotKey,
    TotalKey,
    TotalPart,
    TotalParts,
    merge_snapshots,
)
from swarmstore.conformance import LEARNING_BACKEND, Capability
from swarmstore.model.keys import totals_of
from swarmstore.model.merge import add_to_total, check_strategy
from swarmstore.model.removed_sessions import Fate
from swarmstore.model.total_parts import PartKind
from swarmstore.model.validation import check_slice

IN_MEMORY = LEARNING_BACKEND | {
    Capability.ANY_ACTION_NAMES,
    Capability.LONG_SCENARIO_NAMES,
    Capability.CHANGE_FEED,
}


@dataclass(frozen=True)
class Mutant:
    """A backend, the promise that it breaks, and what it claims to be able to do."""

    promise: str
    make: Callable[[pytest.TempPathFactory], LearningBackend]
    capabilities: Collection[Capability]


MUTANTS: dict[str, Mutant] = {}


def breaks(
    promise: str,
    *more: Capability,
    capabilities: Collection[Capability] = IN_MEMORY,
    make: Callable[[Any, pytest.TempPathFactory], LearningBackend] = lambda kind, _: kind(),
) -> Callable[[type], type]:
    """Enter a class among the mutants."""

    def entered(kind: type) -> type:
        MUTANTS[kind.__name__] = Mutant(
            promise, lambda folders: make(kind, folders), frozenset({*capabilities, *more})
        )
        return kind

    return entered


@breaks("kept_snapshots")
class SessionsExistWithTheirScenario(MemoryStorage):
    def exists(self, key: SnapshotKey) -> bool:
        there = super().exists(key)
        return key.scenario in self.scenarios() if isinstance(key, SessionKey) else there


@breaks("exact_contents")
class TotalsLoseZeroEntries(MemoryStorage):
    def _put_total(self, key: TotalKey, total: LearningSnapshot, parts: TotalParts) -> None:
        episodes = total.episode_transitions
        kept = {pair: count for pair, count in episodes.success_transitions.items() if count}
        episodes = replace(episodes, success_transitions=kept)
        super()._put_total(key, replace(total, episode_transitions=episodes), parts)


@breaks("exact_contents")
class LosesTheSignOfZero(MemoryStorage):
    def load(self, key: SnapshotKey) -> LearningSnapshot | None:
        snapshot = super().load(key)
        for stats in () if snapshot is None else snapshot.contextual_stats.values():
            stats.kpi_total += 0.0
        return snapshot


@breaks("ownership")
class HandsOutWhatItKeeps(MemoryStorage):
    def query_latest(self, scenario: str, limit: int) -> list[LearningSnapshot]:
        ids = [each.session_id for each in super().query_latest(scenario, limit)]
        return [self._content(SessionKey(scenario, each)).as_session(each) for each in ids if each]


@breaks("bad_input")
class ChecksNoModel(MemoryStorage):
    def save_offline_model(self, scenario: str, model: OfflineModel) -> None:
        with self._writing():
            self._put_model(scenario, deepcopy(model))


@breaks("bad_input")
class TakesAnyLimit(MemoryStorage):
    def query_latest(self, scenario: str, limit: int) -> list[LearningSnapshot]:
        return super().query_latest(scenario, limit if type(limit) is int and 0 <= limit < 2**63 else 10)


@breaks("scenario_names")
class ListsScenariosLikeADictionary(MemoryStorage):
    def _names(self) -> list[str]:
        return sorted(super()._names(), key=str.casefold)


@breaks("unknown_scenarios")
class MakesWhatIsAskedFor(MemoryStorage):
    def list_sessions(self, scenario: str) -> list[SessionId]:
        found = super().list_sessions(scenario)
        with self._writing():
            self._changed(scenario)
        return found


@breaks("byte_order")
class SortsIdsAsNumbers(MemoryStorage):
    def _ids_in(self, scenario: str) -> list[SessionId]:
        ids = super()._ids_in(scenario)
        return sorted(ids, key=lambda each: (each.timestamp is None, each.timestamp or 0, each))


@breaks("byte_order")
class GivesTheLatestOldestFirst(MemoryStorage):
    def query_latest(self, scenario: str, limit: int) -> list[LearningSnapshot]:
        return super().query_latest(scenario, limit)[::-1]


@breaks("time_ranges")
class EndsBeforeTheEnd(MemoryStorage):
    def query_range(self, scenario: str, from_: int, to: int) -> list[LearningSnapshot]:
        return super().query_range(scenario, from_, to - 1 if type(to) is int and 0 < to < 2**64 else to)


@breaks("closing")
class StaysOpen(MemoryStorage):
    def close(self) -> None:
        """Close nothing."""


@breaks("exactly_once")
class OverwritesSilently(MemoryStorage):
    def save_session(
        self, scenario: str, snapshot: LearningSnapshot, session_id: SessionId | None = None
    ) -> SessionId:
        try:
            return super().save_session(scenario, snapshot, session_id)
        except SessionConflictError:
            assert session_id is not None
            self.save(SessionKey(scenario, session_id), snapshot)
            return session_id


@breaks("exactly_once")
class CountsRepeats(MemoryStorage):
    def save_session(
        self, scenario: str, snapshot: LearningSnapshot, session_id: SessionId | None = None
    ) -> SessionId:
        repeated = session_id in self.list_sessions(scenario)
        saved = super().save_session(scenario, snapshot, session_id)
        for key in totals_of(SessionKey(scenario, saved)) if repeated else ():
            with self._writing():
                self._put_total(key, add_to_total(self._found(key), snapshot), self._parts(key))
        return saved


@breaks("made_ids")
class MakesIdsOfSeconds(MemoryStorage):
    def save_session(
        self, scenario: str, snapshot: LearningSnapshot, session_id: SessionId | None = None
    ) -> SessionId:
        made = SessionId(str(int(time.time()))) if session_id is None else session_id
        return super().save_session(scenario, snapshot, made)


@breaks("threads")
class SavesWithoutALock(MemoryStorage):
    def __init__(self) -> None:
        super().__init__()
        self._saving = threading.local()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        if getattr(self._saving, "now", False):
            yield
            self._undo.clear()
        else:
            with super()._writing():
                yield

    def _put_session(self, key: SessionKey, snapshot: LearningSnapshot) -> None:
        time.sleep(0.0002)  # another thread's turn, after totals were read and before they are written
        super()._put_session(key, snapshot)

    def save_session(
        self, scenario: str, snapshot: LearningSnapshot, session_id: SessionId | None = None
    ) -> SessionId:
        self.scenarios()  # raises where the store is closed
        self._saving.now = True
        try:
            return super().save_session(scenario, snapshot, session_id)
        finally:
            self._saving.now = False


@breaks(
    "processes",
    Capability.PROCESSES,
    capabilities=LEARNING_BACKEND,
    make=lambda kind, folders: kind(folders.mktemp("mutant") / "store"),
)
class LocksThreadsOnly(OneFileBackend):
    of_threads = threading.Lock()

    def _lock(self) -> AbstractContextManager[object]:
        return self.of_threads


@breaks("totals")
class CleansUpEmptyScenarios(MemoryStorage):
    def delete(self, key: SnapshotKey) -> bool:
        deleted = super().delete(key)
        if isinstance(key, SessionKey) and not self.list_sessions(key.scenario):
            super().delete(ScenarioKey(key.scenario))
        return deleted


@breaks("parts_of_totals")
class LeavesOutWhatWasSavedByHand(MemoryStorage):
    def sources(self, key: TotalKey) -> list[TotalPart]:
        return [part for part in super().sources(key) if part.kind is not PartKind.HAND]


@breaks("parts_of_totals")
class KeepsThePartsOfADeletedTotal(MemoryStorage):
    def _drop(self, key: SnapshotKey) -> None:
        parts = None if isinstance(key, SessionKey) else self._parts_of.get(key)
        super()._drop(key)
        if parts is not None and not isinstance(key, SessionKey):
            self._put(self._parts_of, key, parts)


@breaks("summaries")
class CountsSessionsForTheirTotal(MemoryStorage):
    def summaries(self) -> list[ScenarioSummary]:
        return [replace(each, session_count=each.sessions) for each in super().summaries()]


@breaks("overflow")
class StopsAtTheLimit(MemoryStorage):
    def save_session(
        self, scenario: str, snapshot: LearningSnapshot, session_id: SessionId | None = None
    ) -> SessionId:
        try:
            return super().save_session(scenario, snapshot, session_id)
        except CountOverflowError:
            assert session_id is not None
            self.save(SessionKey(scenario, session_id), snapshot)
            return session_id


@breaks("repeats_after_removal")
class CountsWhatComesAgain(MemoryStorage):
    _saves = False

    def _removed(self, scenario: str) -> RemovedSessions:
        entries = super()._removed(scenario).entries()
        return RemovedSessions(each for each in entries if not self._saves or each[-1] is Fate.FORGOTTEN)

    def save_session(
        self, scenario: str, snapshot: LearningSnapshot, session_id: SessionId | None = None
    ) -> SessionId:
        self._saves = True
        try:
            return super().save_session(scenario, snapshot, session_id)
        finally:
            self._saves = False


@breaks("forgotten_sessions")
class ForgetsWithoutTheTotals(MemoryStorage):
    def forget(self, wanted: Forgetting, *, dry_run: bool = False) -> ForgetReport:
        report = super().forget(wanted, dry_run=True)
        for key in () if dry_run else report.sessions:
            self.delete(key)
        return replace(report, dry_run=dry_run)


@breaks("merged_history")
class MergesNewestFirst(MemoryStorage):
    def merge_sessions(self, wanted: SessionSlice, strategy: MergeStrategy | str) -> LearningSnapshot:
        checked, chosen = check_slice(wanted), check_strategy(strategy)
        with self._reading():
            sessions = [(key.session_id, key.scenario, self._content(key)) for key in self._keys(None)]
            of_scenario = [each for each in sessions if wanted.scenario in (None, each[1])]
            return merge_snapshots(checked.select(of_scenario)[::-1], chosen)


@breaks("merged_history")
class MultipliesByOne(MemoryStorage):
    def merge_sessions(self, wanted: SessionSlice, strategy: MergeStrategy | str) -> LearningSnapshot:
        merged = super().merge_sessions(wanted, strategy)
        counts = merged.episode_transitions.success_transitions
        counts.update({pair: int(count * 1.0) for pair, count in counts.items()})
        return merged


@breaks("offline_models")
class AnalysesBringTheirOrder(MemoryStorage):
    def save_analysis(self, scenario: str, model: OfflineModel) -> OfflineModel:
        self.save_offline_model(scenario, model)
        return model
