"""Stores to export, and all that a store holds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from swarmstore import (
    GlobalKey,
    LearningBackend,
    LearningStore,
    LoraConfig,
    OfflineModel,
    ScenarioKey,
    SessionKey,
)
from swarmstore.model.json.codec import encode, encode_model, snapshot_to_wire
from swarmstore.model.keys import SnapshotKey
from tests.snapshots import any_named, full, model, simple

LONG = "x" * 3000


def fill(store: LearningStore) -> None:
    """Everything that makes an export hard: names, ids, counts, totals that are no sums."""
    for scenario in ("s", "a/b", "", "..", LONG, "日本語 シナリオ"):
        store.save_session(scenario, full(), "1700000000")
        store.save_session(scenario, any_named(), "1700000000.000001")
        store.save_session(scenario, simple(), "1700000000.000002")
    for session_id in ("+7", "5", "0000000005", "abc", "a/b", "..", "9" * 300, "1.5"):
        store.save_session("s", simple(2), session_id)
    store.save_session("s", simple(3))
    store.prune("s", older_than=8)
    store.save_scenario("a/b", any_named())
    store.save_session("a/b", simple(4))
    store.save_scenario("only a total", simple(2**63 - 1))
    huge = model()
    huge.version = 2**53 - 1
    huge.action_order = replace(model().action_order, lora=LoraConfig(2**32, -1e300, "x"))  # type: ignore[type-var]
    store.save_offline_model("s", model())
    store.save_offline_model("only a model", huge)


def content(store: LearningStore) -> dict[str, str]:
    """All that a store holds, doubles to the bit, by key."""
    storage = store.storage
    held: dict[str, str | None] = {"global": _text(storage, GlobalKey())}
    for scenario in storage.scenarios():
        held[str(ScenarioKey(scenario))] = _text(storage, ScenarioKey(scenario))
        held[f"model:{scenario}"] = _model_text(storage.load_offline_model(scenario))
        for session_id in storage.list_sessions(scenario):
            key = SessionKey(scenario, session_id)
            held[str(key)] = _text(storage, key)
    return {key: text for key, text in held.items() if text is not None}


def _text(storage: LearningBackend, key: SnapshotKey) -> str | None:
    snapshot = storage.load(key)
    return None if snapshot is None else encode(snapshot_to_wire(snapshot, escaped=True))


def _model_text(found: OfflineModel | None) -> str | None:
    return None if found is None else encode_model(found)


def files(folder: Path) -> dict[str, tuple[bytes, int, int]]:
    """Every file of a folder: its bytes, when it was written, and which one it is."""
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino)
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".swarmstore.lock"
    }
