"""Backends with one mistake each about names and ids that look alike, or come in another order."""

from __future__ import annotations

from dataclasses import replace
from unicodedata import normalize

from swarmstore import GlobalKey, LearningSnapshot, MemoryStorage, SessionId, SnapshotKey
from tests.conformance.mutants import breaks


@breaks("scenario_names")
class ListsScenariosByUtf16(MemoryStorage):
    def _names(self) -> list[str]:
        return sorted(super()._names(), key=lambda name: name.encode("utf-16-be"))


@breaks("scenario_names")
class ComposesCharacters(MemoryStorage):
    def save(self, key: SnapshotKey, snapshot: LearningSnapshot) -> None:
        super().save(composed(key), snapshot)

    def load(self, key: SnapshotKey) -> LearningSnapshot | None:
        return super().load(composed(key))


def composed(key: SnapshotKey) -> SnapshotKey:
    """The same key, or that of a name that looks the same."""
    if isinstance(key, GlobalKey) or not isinstance(key.scenario, str):
        return key
    return replace(key, scenario=normalize("NFC", key.scenario))


@breaks("byte_order")
class SortsIdsByUtf16(MemoryStorage):
    def _ids_in(self, scenario: str) -> list[SessionId]:
        return sorted(super()._ids_in(scenario), key=lambda each: each.encode("utf-16-be"))


@breaks("made_ids")
class TrimsIds(MemoryStorage):
    def save_session(
        self, scenario: str, snapshot: LearningSnapshot, session_id: SessionId | None = None
    ) -> SessionId:
        trimmed = SessionId(session_id.rstrip()) if isinstance(session_id, str) else session_id
        return super().save_session(scenario, snapshot, trimmed)
