"""Offline models."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from swarmstore import (
    ActionOrderSource,
    LearnedActionOrder,
    LearningBackend,
    LearningStore,
    LoraConfig,
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


def test_a_loaded_order_still_knows_its_actions(backend: LearningBackend) -> None:
    """By a hash above 2^63, which databases hold as a negative number."""
    actions = ["ReadLogs", "CheckStatus", "Restart", "日本"]
    order = LearnedActionOrder.for_actions(actions[:2], actions[2:], actions)
    while order.action_set_hash < 2**63:
        actions.append("x" * len(actions))
        order = LearnedActionOrder.for_actions(actions[:2], actions[2:], actions)
    backend.save_offline_model("s", OfflineModel(action_order=order.with_lora(LoraConfig(1).with_name("v2"))))
    loaded = backend.load_offline_model("s")
    assert loaded is not None
    assert loaded.action_order is not None
    assert loaded.action_order.is_exact_match(reversed(actions))
    assert not loaded.action_order.is_exact_match(actions[1:])
    assert loaded.action_order.match_rate(actions[1:]) == (len(actions) - 1) / len(actions)
    assert loaded.action_order.lora == LoraConfig(1, 1.0, "v2")


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


def test_an_action_order_that_is_saved_while_an_analysis_is_made_is_kept(
    store: LearningStore, backend: LearningBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between what the analysis reads and what it saves, somebody saves a model with an order."""
    store.save_session("s", simple(), "1")
    real = OfflineAnalyzer.analyze

    def analyze(analyzer: OfflineAnalyzer) -> OfflineModel:
        store.save_offline_model("s", model())
        return real(analyzer)

    monkeypatch.setattr(OfflineAnalyzer, "analyze", analyze)
    learned = store.run_offline_learning("s", 5)
    assert learned.action_order == model().action_order
    assert backend.load_offline_model("s") == learned


def test_an_order_saved_after_the_analysis_was_made_stays(
    store: LearningStore, backend: LearningBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever call writes the analysis down: the order comes just before it."""
    store.save_session("s", simple(), "1")
    store.save_offline_model("s", model())
    newest = LearnedActionOrder(["A"], ["B"], 1, ActionOrderSource.MANUAL)
    save_model = backend.save_offline_model

    def right_before(write: Callable[..., Any]) -> Callable[..., Any]:
        def written(*given: object) -> object:
            save_model("s", OfflineModel(action_order=newest))
            return write(*given)

        return written

    for name in ("save_analysis", "save_offline_model"):
        monkeypatch.setattr(backend, name, right_before(getattr(backend, name)))
    store.run_offline_learning("s", 5)
    assert store.load_offline_model("s").action_order == newest


def test_orders_saved_beside_analyses_are_never_lost(store: LearningStore) -> None:
    store.save_session("s", simple(), "1")
    store.save_offline_model("s", model())
    done = threading.Event()

    def learn() -> None:
        while not done.wait(0.001):  # one connection serves a database in memory, and the others want it too
            store.run_offline_learning("s", 5)

    learning = threading.Thread(target=learn)
    learning.start()
    try:
        for number in range(10):
            order = LearnedActionOrder([f"A{number}"], ["B"], number, ActionOrderSource.MANUAL)
            store.save_offline_model("s", OfflineModel(action_order=order))
            assert store.load_offline_model("s").action_order == order
    finally:
        done.set()
        learning.join()
