"""A session is saved once, however often the call is repeated."""

from __future__ import annotations

from copy import deepcopy

import pytest

from swarmstore.conformance.capability import Capability
from swarmstore.conformance.promise import Promise, needs
from swarmstore.conformance.samples import simple, varied
from swarmstore.conformance.shorthand import G, S, save, session
from swarmstore.contracts.storage import LearningBackend
from swarmstore.errors import SessionConflictError
from swarmstore.model.snapshot import LearningSnapshot


def in_another_order(snapshot: LearningSnapshot) -> LearningSnapshot:
    """An equal snapshot whose dictionaries were filled the other way round."""
    shuffled = deepcopy(snapshot)
    transitions = shuffled.episode_transitions
    transitions.success_transitions = dict(reversed(transitions.success_transitions.items()))
    shuffled.action_stats = dict(reversed(shuffled.action_stats.items()))
    return shuffled


@needs(Capability.EXACTLY_ONCE)
class ExactlyOnce(Promise):
    """Saves that are repeated."""

    def test_repeating_a_save_is_safe(self, backend: LearningBackend) -> None:
        """The same content under the same id is the same session, in whatever order its entries come."""
        save(backend, "7", varied())
        for _ in range(2):
            again = backend.save_session("s", in_another_order(varied()), session("7").session_id)
            assert again == "7"
        assert backend.list_sessions("s") == ["7"]
        assert backend.load(session("7")) == varied()

    @needs(Capability.TOTALS)
    def test_a_repeated_save_counts_once(self, backend: LearningBackend) -> None:
        """Totals are after the repeat what they were before it."""
        for number, text in enumerate("123", start=1):
            save(backend, text, simple(number))
        before = backend.load(S), backend.load(G)
        for number, text in enumerate("123", start=1):
            save(backend, text, simple(number))
        assert (backend.load(S), backend.load(G)) == before

    def test_other_content_under_a_taken_id_is_refused(self, backend: LearningBackend) -> None:
        """A session is never overwritten by another one of its id."""
        save(backend, "7", varied())
        changed = varied()
        changed.episode_transitions.failure_transitions["A", "B"] = 0
        for other in (changed, simple()):
            with pytest.raises(SessionConflictError, match="7"):
                save(backend, "7", other)
        assert backend.load(session("7")) == varied()

    @needs(Capability.TOTALS)
    def test_a_refused_session_counts_nowhere(self, backend: LearningBackend) -> None:
        """Where a session is refused for its id, totals stay as they are."""
        save(backend, "7", simple(1))
        before = backend.load(S), backend.load(G)
        with pytest.raises(SessionConflictError):
            save(backend, "7", simple(10))
        assert (backend.load(S), backend.load(G)) == before

    def test_the_same_id_in_two_scenarios_is_two_sessions(self, backend: LearningBackend) -> None:
        """Ids are unique within a scenario only."""
        save(backend, "7", simple(1))
        save(backend, "7", simple(2), "t")
        assert backend.load(session("7")) == simple(1)
        assert backend.load(session("7", "t")) == simple(2)
