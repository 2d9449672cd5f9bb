"""Of a scenario that was never saved there is nothing, and asking for it does not make it one."""

from __future__ import annotations

from swarmstore.conformance.capability import Capability
from swarmstore.conformance.promise import Promise, needs
from swarmstore.conformance.samples import simple
from swarmstore.conformance.shorthand import U64, session
from swarmstore.contracts.storage import LearningBackend
from swarmstore.model.keys import ScenarioKey
from swarmstore.model.offline_analyzer import AnalysisInput
from swarmstore.model.session_slice import SessionSlice


class UnknownScenarios(Promise):
    """Questions about a scenario `nowhere`, beside one that is there."""

    def test_a_scenario_without_sessions_answers_with_nothing(self, backend: LearningBackend) -> None:
        """Lists and queries are empty, there is no snapshot, and the scenario is in no list."""
        backend.save(session("1", "somewhere"), simple())
        assert backend.list_sessions("nowhere") == []
        assert backend.query_range("nowhere", 0, U64) == []
        assert backend.query_latest("nowhere", 10) == []
        assert backend.query_since("nowhere", 0) == []
        assert backend.load(session("1", "nowhere")) is None
        assert not backend.exists(ScenarioKey("nowhere"))
        assert not backend.delete(session("1", "nowhere"))
        assert backend.scenarios() == ["somewhere"]

    @needs(Capability.TOTALS)
    def test_an_unknown_total_is_made_of_nothing(self, backend: LearningBackend) -> None:
        """A total that was never saved has no parts, and there are no sessions to remove."""
        assert backend.sources(ScenarioKey("nowhere")) == []
        assert backend.delete_sessions("nowhere", []) == 0
        assert backend.summaries() == []

    @needs(Capability.MERGES)
    def test_a_merge_of_nothing_is_empty(self, backend: LearningBackend) -> None:
        """The merge of an unknown scenario has no action in it."""
        assert backend.merge_sessions(SessionSlice("nowhere"), "additive").action_stats == {}
        assert backend.scenarios() == []

    @needs(Capability.OFFLINE_MODELS)
    def test_there_is_nothing_to_analyse(self, backend: LearningBackend) -> None:
        """An unknown scenario has neither an offline model nor sessions to make one of."""
        assert backend.load_offline_model("nowhere") is None
        assert backend.latest_analysis_input("nowhere", 10) == AnalysisInput()
        assert backend.scenarios() == []
