"""Offline models."""

from __future__ import annotations

from swarmstore import LearningBackend, OfflineModel, ScenarioKey
from tests.snapshots import model, simple


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
