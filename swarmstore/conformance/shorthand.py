"""Questions that the tests of several promises ask."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from swarmstore.contracts.storage import LearningBackend
from swarmstore.model.forgetting import ForgetReport, forgetting
from swarmstore.model.keys import GlobalKey, ScenarioKey, SessionKey, SnapshotKey, TotalKey
from swarmstore.model.session_ids import SessionId
from swarmstore.model.session_slice import SessionSlice
from swarmstore.model.snapshot import LearningSnapshot

U64 = 2**64 - 1
S, G = ScenarioKey("s"), GlobalKey()
ALIKE = ["é", "e\u0301", "É", "é ", "e"]
"""Names and ids that a database or a file system may take for one another."""
KEYS: list[SnapshotKey] = [G, S, SessionKey("s", SessionId("1700000000"))]


def session(session_id: str, scenario: str = "s") -> SessionKey:
    """The key of a session."""
    return SessionKey(scenario, SessionId(session_id))


def save(backend: LearningBackend, session_id: str, snapshot: LearningSnapshot, scenario: str = "s") -> None:
    """Save a session under an id."""
    backend.save_session(scenario, snapshot, SessionId(session_id))


def total(backend: LearningBackend, key: TotalKey = S) -> LearningSnapshot:
    """A total that has to be there."""
    found = backend.load(key)
    if found is None:
        raise AssertionError(f"there is no total under {key}")
    return found


def visits(backend: LearningBackend, key: TotalKey = S) -> int:
    """How often a total has seen the action of simple samples."""
    return total(backend, key).action_stats["A"].visits


def timeless(snapshot: LearningSnapshot | None) -> LearningSnapshot | None:
    """A total without the time of the merge."""
    return None if snapshot is None else replace(snapshot, metadata=replace(snapshot.metadata, created_at=0))


def forget(
    backend: LearningBackend, ids: Iterable[str], scenario: str = "s", *, dry_run: bool = False
) -> ForgetReport:
    """Forget sessions by their ids."""
    return backend.forget(forgetting(SessionSlice(scenario), ids), dry_run=dry_run)
