"""Backends with one mistake each in what only some can do."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from swarmstore import (
    Additive,
    Change,
    LearningSnapshot,
    MemoryStorage,
    OfflineModel,
    Outcome,
    Progress,
    ScenarioKey,
    SessionId,
    SessionKey,
    SessionSlice,
    SessionSummary,
    SqlStorage,
    merge_snapshots,
)
from swarmstore.conformance import Capability
from swarmstore.contracts import Cursor, Rows, SourceFile
from tests.conformance import name_mutants
from tests.conformance.mutants import MUTANTS, breaks
from tests.helpers.fast_settings import NO_FSYNC

__all__ = ["MUTANTS", "name_mutants"]  # these among them
COUNTING = (Capability.EXACTLY_ONCE, Capability.TOTALS)  # the least, where each test takes long


def sqlite(kind: type, folders: pytest.TempPathFactory) -> SqlStorage:
    """A mutant on a SQLite file with tables: a copy of one that was set up, which takes long."""
    made = folders.getbasetemp() / "set up.db"
    if not made.exists():
        SqlStorage(f"sqlite:///{made}").close()
    opened: SqlStorage = kind(
        f"sqlite:///{shutil.copy(made, folders.mktemp('mutant') / 'store.db')}", NO_FSYNC
    )
    return opened


class Instead:
    """All that another object does, but for what a subclass does."""

    def __init__(self, other: Any) -> None:
        self._other = other

    def __getattr__(self, name: str) -> Any:
        return getattr(self._other, name)


class TakesOlderModels(Instead):
    backend: SqlStorage

    def import_model(self, source: SourceFile, scenario: str, model: OfflineModel) -> Outcome:
        before = self._other.import_model(source, scenario, model)
        self.backend.save_offline_model(scenario, model)
        return Outcome.REPLACED if before is Outcome.UNCHANGED else before


@breaks("imports", Capability.IMPORTS, capabilities=COUNTING, make=sqlite)
class ImportsOlderModels(SqlStorage):
    def import_target(self) -> Any:
        target = TakesOlderModels(super().import_target())
        target.backend = self
        return target


class ReadsAllAtOnce(Instead):
    def batches(self, view: str, scenario: str | None, size: int) -> Iterator[Rows]:
        yield from self._other.batches(view, scenario, size + 1)


class AnalysisInLargerBatches(Instead):
    @contextmanager
    def reading(self) -> Iterator[Any]:
        with self._other.reading() as reader:
            yield ReadsAllAtOnce(reader)


@breaks("analysts_views", Capability.ANALYTICS, Capability.OFFLINE_MODELS, capabilities=(), make=sqlite)
class GivesLargerBatches(SqlStorage):
    def analysis(self) -> Any:
        return AnalysisInLargerBatches(super().analysis())


@breaks(
    "verification",
    *(Capability.VERIFICATION, Capability.FORGETTING),
    capabilities=COUNTING,
    make=sqlite,
)
class RebuildsFromWhatIsThere(SqlStorage):
    def rebuild_totals(self, *, progress: Progress | None = None) -> int:
        for scenario in self.scenarios():
            sessions: list[LearningSnapshot] = self.query_since(scenario, 0)
            self.save(ScenarioKey(scenario), merge_snapshots(sessions, Additive()))
        return super().rebuild_totals(progress=progress)


@breaks("change_feed")
class GoesByTheClock(MemoryStorage):
    def _put_session(self, key: SessionKey, snapshot: LearningSnapshot) -> None:
        super()._put_session(key, snapshot)
        _, saved_at_ms = self._saved[key]
        self._position = saved_at_ms
        self._saved[key] = (saved_at_ms, saved_at_ms)


@breaks("change_feed")
class TakesCursorsOfOtherStores(MemoryStorage):
    def changes(self, after: str | None = None) -> Iterator[Change]:
        cursor = None if after is None else Cursor.parse(after)
        return super().changes(None if cursor is None else str(replace(cursor, epoch=self._epoch)))


@breaks("paging", Capability.PAGES)
class RepeatsTheLastOfAPage(MemoryStorage):
    def range_page(
        self, scenario: str, from_: int, to: int, after: SessionId | None, limit: int
    ) -> list[tuple[SessionId, LearningSnapshot]]:
        found = [(SessionId(str(each.session_id)), each) for each in self.query_range(scenario, from_, to)]
        return [each for each in found if after is None or each[0] >= after][:limit]

    def summary_page(
        self, scenario: str, wanted: SessionSlice, after: SessionId | None, limit: int
    ) -> list[SessionSummary]:
        found = self.query_since(scenario, 0)
        chosen = wanted.select((SessionId(str(each.session_id)), scenario, each) for each in found)
        return [
            summary for summary in map(summary_of, chosen) if after is None or summary.session_id > after
        ][:limit]


def summary_of(session: LearningSnapshot) -> SessionSummary:
    metadata, episodes = session.metadata, session.episode_transitions
    return SessionSummary(
        SessionId(str(session.session_id)),
        metadata.total_episodes,
        metadata.total_actions,
        episodes.success_episodes,
        episodes.failure_episodes,
        metadata.phase,
        metadata.group_id,
    )
