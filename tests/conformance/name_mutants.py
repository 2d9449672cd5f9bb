"""Backends with one mistake each about names and ids that look alike, or come in another order."""

from __future__ import annotations

from dataclasses import replace
from unicodedata import normalize

from swarmstore import GlobalKey, LearningSnapshot, MemoryStorage, SessionId, SessionKey, SnapshotKey
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


class ChangesSessions(MemoryStorage):
    """A backend that keeps sessions otherwise than they were given to it."""

    def _put_session(self, key: SessionKey, snapshot: LearningSnapshot) -> None:
        super()._put_session(key, self.changed(snapshot.copy()))

    def changed(self, snapshot: LearningSnapshot) -> LearningSnapshot:
        return snapshot


@breaks("exact_contents")
class TrimsNamesOfActions(ChangesSessions):
    def changed(self, snapshot: LearningSnapshot) -> LearningSnapshot:
        named = {name.rstrip(): stats for name, stats in snapshot.action_stats.items()}
        return replace(snapshot, action_stats=named)


@breaks("exact_contents")
class JoinsKeysWithCommas(ChangesSessions):
    def changed(self, snapshot: LearningSnapshot) -> LearningSnapshot:
        runs = snapshot.ngram_stats.quadgrams
        split = {}
        for run, counts in runs.items():
            first, second, third, fourth = ",".join(run).split(",", 3)
            split[first, second, third, fourth] = counts
        return replace(snapshot, ngram_stats=replace(snapshot.ngram_stats, quadgrams=split))


@breaks("exact_contents")
class KeepsASwitchOnce(ChangesSessions):
    def changed(self, snapshot: LearningSnapshot) -> LearningSnapshot:
        performance = snapshot.selection_performance
        once = [*dict.fromkeys(performance.switch_history)]
        return replace(snapshot, selection_performance=replace(performance, switch_history=once))


@breaks("exact_contents")
class TakesAnEmptyGroupForNone(ChangesSessions):
    def changed(self, snapshot: LearningSnapshot) -> LearningSnapshot:
        metadata = replace(snapshot.metadata, group_id=snapshot.metadata.group_id or None)
        return replace(snapshot, metadata=metadata)
