"""A list of scenarios says of each what loading its total and listing its sessions would say."""

from __future__ import annotations

from swarmstore.conformance.capability import Capability
from swarmstore.conformance.promise import Promise, needs
from swarmstore.conformance.samples import simple, varied
from swarmstore.conformance.shorthand import save, session, total
from swarmstore.contracts.storage import LearningBackend, ScenarioSummary
from swarmstore.model.keys import ScenarioKey
from swarmstore.model.session_ids import SessionId
from swarmstore.model.total_parts import numbers_of


@needs(Capability.TOTALS, Capability.EXACTLY_ONCE)
class Summaries(Promise):
    """What `summaries` returns."""

    def test_summaries_are_the_headers_of_totals(self, backend: LearningBackend) -> None:
        """Sessions are counted as they are saved, all other numbers are those of the total."""
        for text, snapshot in {"1": simple(1), "2": varied(), "3": simple(2)}.items():
            save(backend, text, snapshot, "b")
        backend.delete(session("1", "b"))
        numbers = numbers_of(total(backend, ScenarioKey("b")))
        assert backend.summaries() == [ScenarioSummary("b", 2, SessionId("3"), *numbers)]

    def test_a_scenario_without_a_total_has_zeros(self, backend: LearningBackend) -> None:
        """Where no session counts, the numbers are those of an empty total."""
        backend.save(session("1", "a"), simple())
        assert backend.summaries() == [ScenarioSummary("a", 1, SessionId("1"), 0, 0, 0, 0, 0)]

    def test_a_total_without_sessions_is_listed(self, backend: LearningBackend) -> None:
        """A scenario may have a total and no session."""
        backend.save(ScenarioKey("a"), simple())
        (found,) = backend.summaries()
        assert (found.scenario, found.sessions, found.last_session) == ("a", 0, None)
        assert found.total_actions == simple().metadata.total_actions

    def test_summaries_are_in_byte_order(self, backend: LearningBackend) -> None:
        """Summaries come in the order of `scenarios`."""
        for name in ("b", "B", "10", "9", "ä"):
            save(backend, "1", simple(), name)
        assert [found.scenario for found in backend.summaries()] == backend.scenarios()
