"""Offline models are kept as they are, and an analysis leaves the action order that is stored."""

from __future__ import annotations

import threading
from dataclasses import replace

from swarmstore.conformance.capability import Capability
from swarmstore.conformance.promise import Promise, needs
from swarmstore.conformance.samples import model, simple, with_runs
from swarmstore.conformance.shorthand import session
from swarmstore.contracts.storage import LearningBackend
from swarmstore.model.keys import ScenarioKey
from swarmstore.model.offline_analyzer import AnalysisInput, OfflineAnalyzer
from swarmstore.model.offline_model import ActionOrderSource, LearnedActionOrder, LoraConfig, OfflineModel


def analysed(found: AnalysisInput) -> OfflineModel:
    """What is learned, without the time."""
    return replace(OfflineAnalyzer(found).analyze(), updated_at=0)


def order(number: int) -> LearnedActionOrder:
    """An action order that differs from all others."""
    return LearnedActionOrder([f"A{number}"], ["B"], number, ActionOrderSource.MANUAL)


@needs(Capability.OFFLINE_MODELS)
class OfflineModels(Promise):
    """Models, and what they are made of."""

    def test_a_model_loads_as_it_was_saved(self, backend: LearningBackend) -> None:
        """Paths of any length in their order, a hash above 2^63 and the adapter come back."""
        backend.save_offline_model("s", model())
        assert backend.load_offline_model("s") == model()

    def test_a_loaded_order_still_knows_its_actions(self, backend: LearningBackend) -> None:
        """An action order is recognised by the hash of its actions, of which every bit is kept."""
        actions = ["ReadLogs", "CheckStatus", "Restart", "日本"]
        made = LearnedActionOrder.for_actions(actions[:2], actions[2:], actions)
        while made.action_set_hash < 2**63:
            actions.append("x" * len(actions))
            made = LearnedActionOrder.for_actions(actions[:2], actions[2:], actions)
        adapter = LoraConfig(1).with_name("v2")
        backend.save_offline_model("s", OfflineModel(action_order=made.with_lora(adapter)))
        loaded = backend.load_offline_model("s")
        assert loaded is not None
        assert loaded.action_order is not None
        assert loaded.action_order.is_exact_match(reversed(actions))
        assert not loaded.action_order.is_exact_match(actions[1:])
        assert loaded.action_order.match_rate(actions[1:]) == (len(actions) - 1) / len(actions)
        assert loaded.action_order.lora == LoraConfig(1, 1.0, "v2")

    def test_saving_again_replaces_the_model(self, backend: LearningBackend) -> None:
        """Nothing of the old model is left."""
        for each in (model(), OfflineModel(), model()):
            backend.save_offline_model("s", each)
            assert backend.load_offline_model("s") == each

    def test_models_belong_to_scenarios(self, backend: LearningBackend) -> None:
        """A scenario may have nothing but a model, and another one no model."""
        backend.save_offline_model("s", model())
        backend.save(ScenarioKey("t"), simple())
        assert backend.load_offline_model("t") is None
        assert backend.load(ScenarioKey("s")) is None
        assert backend.scenarios() == ["s", "t"]

    def test_learning_looks_at_the_newest_sessions_as_the_analyzer_does(
        self, backend: LearningBackend
    ) -> None:
        """The input of an analysis is worth what the sessions are that have the greatest ids."""
        saved = []
        for number in range(6):
            snapshot = with_runs(simple(number + 1), number)
            backend.save(session(str(number)), snapshot)
            saved.append(snapshot)
        for limit in (1, 3, 100):
            found = backend.latest_analysis_input("s", limit)
            assert analysed(found) == replace(OfflineAnalyzer(saved[::-1][:limit]).analyze(), updated_at=0)

    def test_an_analysis_leaves_the_action_order(self, backend: LearningBackend) -> None:
        """`save_analysis` replaces all but the action order, and returns the model as it is then."""
        backend.save_offline_model("s", model())
        analysis = OfflineModel(analyzed_sessions=3, action_order=order(1))
        expected = replace(analysis, action_order=model().action_order)
        assert backend.save_analysis("s", analysis) == expected
        assert backend.load_offline_model("s") == expected

    def test_an_analysis_brings_no_action_order(self, backend: LearningBackend) -> None:
        """Where no order is stored there is none after an analysis either."""
        assert backend.save_analysis("s", OfflineModel(action_order=order(1))) == OfflineModel()
        assert backend.load_offline_model("s") == OfflineModel()

    def test_orders_saved_beside_analyses_are_never_lost(self, backend: LearningBackend) -> None:
        """An action order that is saved while another thread saves analyses is there afterwards."""
        done = threading.Event()

        def learn() -> None:
            while not done.wait(0.001):  # others may want the only connection
                backend.save_analysis("s", OfflineModel())

        learning = threading.Thread(target=learn)
        learning.start()
        try:
            for number in range(10):
                backend.save_offline_model("s", OfflineModel(action_order=order(number)))
                loaded = backend.load_offline_model("s")
                assert loaded is not None
                assert loaded.action_order == order(number)
        finally:
            done.set()
            learning.join()
