"""Mistakes in what only a database can do here: SQLite, with one mistake each."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from swarmstore import (
    Additive,
    LearningSnapshot,
    OfflineModel,
    Outcome,
    Progress,
    ScenarioKey,
    SqlStorage,
    merge_snapshots,
)
from swarmstore.conformance import LEARNING_BACKEND, Capability
from swarmstore.contracts import Rows, SourceFile
from tests.conformance.mutants import MUTANTS, breaks
from tests.helpers.fast_settings import NO_FSYNC

__all__ = ["MUTANTS"]  # these among them


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


@breaks("imports", Capability.IMPORTS, capabilities=LEARNING_BACKEND, make=sqlite)
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


@breaks("analysts_views", Capability.ANALYTICS, capabilities=LEARNING_BACKEND, make=sqlite)
class GivesLargerBatches(SqlStorage):
    def analysis(self) -> Any:
        return AnalysisInLargerBatches(super().analysis())


@breaks("verification", Capability.VERIFICATION, capabilities=LEARNING_BACKEND, make=sqlite)
class RebuildsFromWhatIsThere(SqlStorage):
    def rebuild_totals(self, *, progress: Progress | None = None) -> int:
        for scenario in self.scenarios():
            sessions: list[LearningSnapshot] = self.query_since(scenario, 0)
            self.save(ScenarioKey(scenario), merge_snapshots(sessions, Additive()))
        return super().rebuild_totals(progress=progress)
