"""Saving sessions once, and asking for them over time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy

import pytest

from swarmstore import (
    GlobalKey,
    LearningBackend,
    LearningSnapshot,
    LearningStore,
    ScenarioKey,
    SessionConflictError,
    SessionId,
    SessionKey,
)
from swarmstore.contracts.capabilities import PAGE
from tests.snapshots import full, simple

U64 = 2**64 - 1


def test_ids_are_made_and_never_repeat(backend: LearningBackend) -> None:
    """Fifty saves of equal content in a burst are fifty sessions, in the order of saving."""
    made = [backend.save_session("s", simple()) for _ in range(50)]
    assert len(set(made)) == 50
    assert backend.list_sessions("s") == sorted(made) == made
    assert all(session_id.timestamp for session_id in made)


def test_threads_save_at_once(backend: LearningBackend) -> None:
    """No session is lost, and every one is counted."""
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: backend.save_session("s", simple()), range(64)))
    assert len(set(made)) == 64
    assert backend.list_sessions("s") == sorted(made)
    total = backend.load(GlobalKey())
    assert total is not None
    assert total.metadata.session_count == 64
    assert total.episode_transitions.success_transitions == {("A", "B"): 64}


def test_an_id_that_the_caller_gives_is_kept(backend: LearningBackend) -> None:
    """Ids are any short text."""
    for text in ("1700000000", "abc", "ａ b/c", "."):
        assert backend.save_session("s", full(), SessionId(text)) == text
        assert backend.load(SessionKey("s", SessionId(text))) == full()


def test_repeating_a_save_is_safe(backend: LearningBackend) -> None:
    """The same content under the same id changes nothing."""
    first = backend.save_session("s", full(), SessionId("7"))
    total = backend.load(ScenarioKey("s"))
    assert backend.save_session("s", _in_another_order(full()), SessionId("7")) == first
    assert backend.load(ScenarioKey("s")) == total
    assert backend.list_sessions("s") == [SessionId("7")]


def _in_another_order(snapshot: LearningSnapshot) -> LearningSnapshot:
    shuffled = deepcopy(snapshot)
    transitions = shuffled.episode_transitions
    transitions.success_transitions = dict(reversed(transitions.success_transitions.items()))
    shuffled.action_stats = dict(reversed(shuffled.action_stats.items()))
    return shuffled


def test_other_content_under_a_taken_id_is_refused(backend: LearningBackend) -> None:
    """Neither session nor totals change."""
    backend.save_session("s", full(), SessionId("7"))
    changed = full()
    changed.episode_transitions.failure_transitions["A", "B"] = 0
    with pytest.raises(SessionConflictError, match=r"'7'.*scenario 's'"):
        backend.save_session("s", changed, SessionId("7"))
    assert backend.load(SessionKey("s", SessionId("7"))) == full()
    assert backend.load(ScenarioKey("s")) == full()


def test_the_same_id_in_two_scenarios_is_two_sessions(backend: LearningBackend) -> None:
    """Ids are unique within a scenario."""
    backend.save_session("s", simple(1), SessionId("7"))
    backend.save_session("t", simple(2), SessionId("7"))
    assert backend.load(SessionKey("s", SessionId("7"))) == simple(1)


def test_an_id_may_be_used_again_after_deletion(backend: LearningBackend) -> None:
    """The new session counts beside the old one."""
    backend.save_session("s", simple(1), SessionId("7"))
    backend.delete(SessionKey("s", SessionId("7")))
    backend.save_session("s", simple(2), SessionId("7"))
    total = backend.load(ScenarioKey("s"))
    assert total is not None
    assert total.action_stats["A"].visits == 3


IRREGULAR = [
    "+7",
    "0000000005",
    "1000000000",
    "10000000000",
    "1700000000",
    "1700000000.500000",
    "999999999",
    "abc",
]


@pytest.fixture
def irregular(backend: LearningBackend) -> LearningBackend:
    """Sessions whose n-th id in byte order has n visits."""
    for number, text in reversed(list(enumerate(IRREGULAR))):
        backend.save_session("s", simple(number), SessionId(text))
    return backend


def visits(snapshots: list[LearningSnapshot]) -> list[str]:
    return [IRREGULAR[snapshot.action_stats["A"].visits] for snapshot in snapshots]


def test_sessions_are_listed_in_byte_order(irregular: LearningBackend) -> None:
    """Not in the order of time or of saving."""
    assert irregular.list_sessions("s") == IRREGULAR


@pytest.mark.parametrize(
    ("from_", "to", "expected"),
    [
        (0, U64, IRREGULAR[:-1]),
        (5, 7, ["+7", "0000000005"]),
        (6, 7, ["+7"]),
        (1700000000, 1700000000, ["1700000000", "1700000000.500000"]),
        (1700000001, 10**10, ["10000000000"]),
        (8, 5, []),
        (U64, U64, []),
        (2**63 - 1, 2**63 - 1, []),
    ],
)
def test_a_range_is_by_the_time_that_ids_stand_for(
    irregular: LearningBackend, from_: int, to: int, expected: list[str]
) -> None:
    """Both bounds are included, any u64 is a bound, ids without a time are in no range."""
    assert visits(irregular.query_range("s", from_, to)) == expected
    assert visits(list(LearningStore(irregular).iter_range("s", from_, to))) == expected


def test_a_range_is_gone_through_page_by_page(store: LearningStore, backend: LearningBackend) -> None:
    """What is removed or saved on the way may be in it or not, all else is, once."""
    for number in range(2 * PAGE + 1):
        store.save_session("s", simple(number), f"{2 * number:05}")
    going = store.iter_range("s", 0, U64)
    first = [next(going) for _ in range(PAGE)]
    backend.delete(SessionKey("s", SessionId(f"{4 * PAGE:05}")))
    store.save_session("s", simple(7), f"{4 * PAGE + 1:05}")
    rest = list(going)
    seen = [snapshot.action_stats["A"].visits for snapshot in [*first, *rest]]
    assert seen[: 2 * PAGE] == [*range(2 * PAGE)]
    assert seen[2 * PAGE :] in ([], [2 * PAGE], [7])
    assert list(store.iter_range("nowhere", 0, U64)) == []


def test_since_has_no_end(irregular: LearningBackend) -> None:
    """It is a range to the end of time."""
    assert visits(irregular.query_since("s", 10**9)) == IRREGULAR[2:6]
    assert visits(irregular.query_since("s", 0)) == IRREGULAR[:-1]
    assert irregular.query_since("s", U64) == []


@pytest.mark.parametrize("limit", [0, 1, 3, 8, 100, 2**63 - 1])
def test_latest_is_by_id_greatest_first(irregular: LearningBackend, limit: int) -> None:
    """With a timestamp or none."""
    assert visits(irregular.query_latest("s", limit)) == IRREGULAR[::-1][:limit]


def test_a_scenario_without_sessions_answers_with_nothing(backend: LearningBackend) -> None:
    """Asking does not create it."""
    assert backend.list_sessions("nowhere") == []
    assert backend.query_range("nowhere", 0, U64) == []
    assert backend.query_latest("nowhere", 10) == []
    assert backend.query_since("nowhere", 0) == []
    assert backend.load_offline_model("nowhere") is None
    assert backend.load(SessionKey("nowhere", SessionId("1"))) is None
    assert backend.scenarios() == []


def test_what_a_query_returns_is_complete(backend: LearningBackend) -> None:
    """Many sessions at once come back as each alone."""
    for number in range(3):
        backend.save_session("s", full(), SessionId(f"{number}"))
        backend.save_session("s", simple(number), SessionId(f"1{number}"))
    alone = [backend.load(SessionKey("s", session_id)) for session_id in backend.list_sessions("s")]
    assert alone == [full(), full(), simple(0), simple(1), simple(2), full()]
    assert backend.query_latest("s", 6) == alone[::-1]
