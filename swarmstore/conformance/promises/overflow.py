"""A sum that no count can hold is an error, never a wrong number."""

from __future__ import annotations

import pytest

from swarmstore.conformance.capability import Capability
from swarmstore.conformance.promise import Promise, needs
from swarmstore.conformance.samples import simple, varied
from swarmstore.conformance.shorthand import G, S, save, session, visits
from swarmstore.contracts.storage import LearningBackend, ScenarioSummary
from swarmstore.errors import CountOverflowError
from swarmstore.model.keys import ScenarioKey, TotalKey
from swarmstore.model.session_ids import SessionId

totals = pytest.mark.parametrize("key", [S, G], ids=str)


@needs(Capability.TOTALS, Capability.EXACTLY_ONCE)
class Overflow(Promise):
    """Totals at 2^63 - 1."""

    @totals
    def test_a_sum_past_two_to_the_63_is_never_a_wrong_number(
        self, backend: LearningBackend, key: TotalKey
    ) -> None:
        """Either the save is refused and changes nothing, or it is kept and the total cannot be read."""
        backend.save(key, simple(2**63 - 1))
        before = backend.scenarios()
        try:
            save(backend, "1", simple(1))
        except CountOverflowError:
            assert backend.load(session("1")) is None
            assert backend.scenarios() == before
            assert backend.load(key) == simple(2**63 - 1)
            return
        for _ in range(2):
            assert backend.load(session("1")) == simple(1)
            with pytest.raises(CountOverflowError):
                backend.load(key)
            backend.fold()

    @totals
    def test_a_total_at_its_limit_can_be_replaced(self, backend: LearningBackend, key: TotalKey) -> None:
        """A total saved by hand is the way out: later sessions add to it again."""
        backend.save(key, simple(2**63 - 2))
        save(backend, "1", simple(1))
        assert visits(backend, key) == 2**63 - 1
        backend.save(key, simple(5))
        save(backend, "2", simple(1))
        assert visits(backend, key) == 6

    def test_one_total_that_overflows_breaks_no_list(self, backend: LearningBackend) -> None:
        """A scenario whose total cannot be read is listed without the numbers, the others as always."""
        for scenario in ("a", "b", "c"):
            save(backend, "1", varied(), scenario)
        before = backend.summaries()
        at_most = varied()
        at_most.metadata.total_actions = 2**63 - 1
        backend.save(ScenarioKey("b"), at_most)
        try:
            save(backend, "2", varied(), "b")
        except CountOverflowError:
            return  # such a total cannot come about
        for _ in range(2):
            a, b, c = backend.summaries()
            assert [a, c] == [before[0], before[2]]
            assert b == ScenarioSummary("b", 2, SessionId("2"), None, None, None, None, None)
            assert backend.scenarios() == ["a", "b", "c"]
            backend.fold()
