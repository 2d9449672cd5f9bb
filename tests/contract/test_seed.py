"""The tests of upstream's snapshot.rs, on every backend."""

from __future__ import annotations

from swarmstore import Additive, LearningSnapshot, LearningStore, SnapshotMetadata, TimeDecay
from swarmstore.model.limits import SNAPSHOT_VERSION


def test_snapshot_serialization() -> None:
    """A snapshot survives JSON."""
    snapshot = LearningSnapshot.empty().with_metadata(SnapshotMetadata().with_scenario("test"))
    loaded = LearningSnapshot.from_json(snapshot.to_json())
    assert loaded.version == SNAPSHOT_VERSION
    assert loaded.metadata.scenario_name == "test"


def test_learning_store_save_load(store: LearningStore) -> None:
    """A scenario's total is loaded as saved."""
    metadata = SnapshotMetadata().with_scenario("troubleshooting")
    store.save_scenario("troubleshooting", LearningSnapshot.empty().with_metadata(metadata))
    loaded = store.load_scenario("troubleshooting")
    assert loaded.metadata.scenario_name == "troubleshooting"


def test_merge_additive(store: LearningStore) -> None:
    """Counts and episodes are added."""
    s1 = LearningSnapshot.empty()
    s1.episode_transitions.success_transitions["A", "B"] = 5
    s1.metadata.total_episodes = 10
    s2 = LearningSnapshot.empty()
    s2.episode_transitions.success_transitions["A", "B"] = 3
    s2.metadata.total_episodes = 5
    merged = store.merge([s1, s2], Additive())
    assert merged.episode_transitions.success_transitions["A", "B"] == 8
    assert merged.metadata.total_episodes == 15


def test_merge_time_decay(store: LearningStore) -> None:
    """The older of two counts half at a half-life of one session."""
    s1 = LearningSnapshot.empty()
    s1.episode_transitions.success_transitions["A", "B"] = 100
    s2 = LearningSnapshot.empty()
    s2.episode_transitions.success_transitions["A", "B"] = 100
    merged = store.merge([s1, s2], TimeDecay(half_life_sessions=1))
    assert merged.episode_transitions.success_transitions["A", "B"] == 150


def test_session_management(store: LearningStore) -> None:
    """A saved session is listed."""
    snapshot = LearningSnapshot(metadata=SnapshotMetadata().with_scenario("test"))
    session_id = store.save_session("test", snapshot)
    assert str(session_id)
    assert store.list_sessions("test") == [session_id]
