"""Offline models."""

from __future__ import annotations

import pytest

from swarmstore import (
    LearningBackend,
    LearningStore,
    OfflineAnalyzer,
    OfflineModel,
    ScenarioKey,
    SessionId,
    SessionKey,
    SnapshotNotFoundError,
)
from tests.snapshots import full, model, simple


def test_a_model_loads_as_it_was_saved(backend: LearningBackend) -> None:
    """Paths of any length in their order, the hash above 2^63, the adapter."""
    backend.save_offline_model("s", model())
    assert backend.load_offline_model("s") == model()


def test_saving_again_replaces_the_model(backend: LearningBackend) -> None:
    """Nothing of the old one is left."""
    backend.save_offline_model("s", model())
    backend.save_offline_model("s", OfflineModel())
    assert backend.load_offline_model("s") == OfflineModel()
    backend.save_offline_model("s", model())
    assert backend.load_offline_model("s") == model()


def test_models_belong_to_scenarios(backend: LearningBackend) -> None:
    """A scenario may have nothing but a model, and its total no model."""
    backend.save_offline_model("s", model())
    backend.save(ScenarioKey("t"), simple())
    assert backend.load_offline_model("t") is None
    assert backend.load(ScenarioKey("s")) is None
    assert backend.scenarios() == ["s", "t"]


def test_learning_looks_at_the_newest_sessions_as_the_analyzer_does(
    store: LearningStore, backend: LearningBackend
) -> None:
    """And keeps an action order that is stored."""
    for number in range(6):
        snapshot = full()
        snapshot.ngram_stats.trigrams = {
            ("A", "B", "C"): (number, 3),
            ("A", "B", "日本"): (3, number),
            ("C", "", ":"): (number % 3, 2),
        }
        snapshot.episode_transitions.success_episodes = number
        snapshot.episode_transitions.failure_episodes = 2
        backend.save(SessionKey("s", SessionId(str(number))), snapshot)
    with pytest.raises(SnapshotNotFoundError, match="no sessions"):
        store.run_offline_learning("s", 0)
    store.save_offline_model("s", model())
    for limit in (1, 3, 100):
        learned = store.run_offline_learning("s", limit)
        expected = OfflineAnalyzer(backend.query_latest("s", limit)).analyze()
        expected.updated_at, expected.action_order = learned.updated_at, model().action_order
        assert learned == expected
        assert store.load_offline_model("s") == expected
