"""Sums that no count can hold."""

from __future__ import annotations

import pytest

from swarmstore import (
    CountOverflowError,
    GlobalKey,
    LearningBackend,
    ScenarioKey,
    ScenarioSummary,
    SessionId,
    SessionKey,
    SnapshotKey,
)
from tests.contract.capabilities import Capabilities
from tests.snapshots import full, simple

KEY = SessionKey("s", SessionId("1"))


@pytest.mark.parametrize("full", [ScenarioKey("s"), GlobalKey()], ids=str)
def test_a_sum_past_two_to_the_63_is_never_a_wrong_number(
    backend: LearningBackend, capabilities: Capabilities, full: SnapshotKey
) -> None:
    """Either the save is refused and changes nothing, or it is kept and the total cannot be read."""
    backend.save(full, simple(2**63 - 1))
    before = backend.scenarios()
    if capabilities.adds_when_saving:
        with pytest.raises(CountOverflowError, match=r"success_transitions\('A', 'B'\)|\.visits"):
            backend.save_session(KEY.scenario, simple(1), KEY.session_id)
        assert backend.load(KEY) is None
        assert backend.scenarios() == before
        assert backend.load(full) == simple(2**63 - 1)
    else:
        backend.save_session(KEY.scenario, simple(1), KEY.session_id)
        for _ in range(2):
            assert backend.load(KEY) == simple(1)
            with pytest.raises(CountOverflowError):
                backend.load(full)
            backend.fold()


@pytest.mark.parametrize("full", [ScenarioKey("s"), GlobalKey()], ids=str)
def test_a_total_at_its_limit_can_be_replaced(backend: LearningBackend, full: SnapshotKey) -> None:
    """A total saved by hand is the way out: later sessions add to it again."""
    backend.save(full, simple(2**63 - 2))
    backend.save_session("s", simple(1), SessionId("1"))
    total = backend.load(full)
    assert total is not None
    assert total.action_stats["A"].visits == 2**63 - 1
    backend.save(full, simple(5))
    backend.save_session("s", simple(1), SessionId("2"))
    total = backend.load(full)
    assert total is not None
    assert total.action_stats["A"].visits == 6


def test_one_total_that_overflows_breaks_no_list(
    backend: LearningBackend, capabilities: Capabilities
) -> None:
    """Its scenario is there without the numbers, and the others are as always."""
    for scenario in ("a", "b", "c"):
        backend.save_session(scenario, full(), SessionId("1"))
    before = backend.summaries()
    if capabilities.adds_when_saving:  # such a total cannot come about
        return
    at_most = full()
    at_most.metadata.total_actions = 2**63 - 1
    backend.save(ScenarioKey("b"), at_most)
    backend.save_session("b", full(), SessionId("2"))
    for _ in range(2):
        a, b, c = backend.summaries()
        assert [a, c] == [before[0], before[2]]
        assert b == ScenarioSummary("b", 2, SessionId("2"), None, None, None, None, None)
        assert backend.scenarios() == ["a", "b", "c"]
        backend.fold()
