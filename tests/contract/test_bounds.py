"""Ranges and slices of a store: their bounds up to the greatest u64, page by page, and pruning by them."""

from __future__ import annotations

import pytest

from swarmstore import (
    ConfigurationError,
    CountOutOfRangeError,
    InvalidTextError,
    LearningBackend,
    LearningSnapshot,
    LearningStore,
    SessionId,
    SessionKey,
)
from swarmstore.contracts.capabilities import PAGE
from tests.snapshots import simple

LAST = 2**63 - 1
TIMES = (0, 5, LAST - 1, LAST)  # a session each, with as many visits as its place
BEHIND = [2**63, 2**63 + 1, 2**64 - 1]
BOUNDS = [0, 1, 5, 6, LAST - 1, LAST, *BEHIND]


@pytest.fixture
def store(backend: LearningBackend) -> LearningStore:
    for place, seconds in enumerate(TIMES, start=1):
        backend.save_session("s", simple(place), SessionId(f"{seconds:019}"))
    backend.save_session("s", simple(100), SessionId(f"{2**63}"))  # which stands for no time
    return LearningStore(backend)


def expected(from_: int, to: int) -> list[int]:
    return [place for place, seconds in enumerate(TIMES, start=1) if from_ <= seconds <= to]


def visits(found: list[LearningSnapshot]) -> list[int]:
    return [snapshot.action_stats["A"].visits for snapshot in found]


def test_ranges_have_just_what_is_between_their_bounds(store: LearningStore) -> None:
    for from_ in BOUNDS:
        assert visits(store.query_since("s", from_)) == expected(from_, 2**64)
        merged = store.merge_sessions("s", "additive", since=from_)
        assert sum(visits([merged]) if merged.action_stats else []) == sum(expected(from_, 2**64))
        for to in BOUNDS:
            assert visits(store.query_range("s", from_, to)) == expected(from_, to), (from_, to)
            assert visits(list(store.iter_range("s", from_, to))) == expected(from_, to), (from_, to)
            merged = store.merge_sessions(None, "additive", since=from_, until=to)
            assert sum(visits([merged]) if merged.action_stats else []) == sum(expected(from_, to))


@pytest.mark.parametrize("bound", BOUNDS)
def test_pruning_removes_just_what_is_older(store: LearningStore, bound: int) -> None:
    older = [place for place, seconds in enumerate(TIMES, start=1) if seconds < bound]
    assert store.prune("s", older_than=bound, dry_run=True) == len(older)
    assert store.prune("s", older_than=bound) == len(older)
    assert len(store.list_sessions("s")) == len(TIMES) + 1 - len(older)


@pytest.mark.parametrize("bound", BOUNDS)
@pytest.mark.parametrize("keep", [0, 2, 100])
def test_pruning_by_two_rules_removes_what_both_remove(store: LearningStore, bound: int, keep: int) -> None:
    ids = store.list_sessions("s")
    by_age = [each for each in ids if each.timestamp is not None and each.timestamp < bound]
    removed = [each for each in ids[: max(0, len(ids) - keep)] if each in by_age]
    assert store.prune("s", keep_latest=keep, older_than=bound, dry_run=True) == len(removed)
    assert store.prune("s", keep_latest=keep, older_than=bound) == len(removed)
    assert store.list_sessions("s") == [each for each in ids if each not in removed]


def test_pruning_needs_a_rule(store: LearningStore) -> None:
    with pytest.raises(ConfigurationError, match="give keep_latest, older_than or both"):
        store.prune("s")


@pytest.mark.parametrize("bound", [-1, 2**64, 1.0, True, None, "5"])
def test_what_is_no_bound_is_refused(store: LearningStore, bound: int) -> None:
    for call in (
        lambda: store.query_range("s", bound, 5),
        lambda: store.query_range("s", 5, bound),
        lambda: store.query_since("s", bound),
        lambda: store.iter_range("s", bound, 5),
        lambda: store.iter_range("s", 5, bound),
    ):
        with pytest.raises(CountOutOfRangeError):
            call()


@pytest.mark.parametrize("bound", [-1, 2**64, 1.5, "5", True])
def test_what_is_no_slice_is_refused(store: LearningStore, bound: int) -> None:
    with pytest.raises(CountOutOfRangeError):
        store.session_summaries("s", since=bound)
    with pytest.raises(CountOutOfRangeError):
        store.session_summaries("s", latest=bound)


def test_a_bad_scenario_is_refused(store: LearningStore) -> None:
    with pytest.raises(InvalidTextError):
        store.iter_range("\0", 0, 1)
    with pytest.raises(InvalidTextError):
        store.session_summaries("\0")


def test_a_range_is_gone_through_page_by_page(backend: LearningBackend) -> None:
    """What is removed or saved on the way may be in it or not, all else is, once."""
    store = LearningStore(backend)
    for number in range(2 * PAGE + 1):
        store.save_session("s", simple(number), f"{2 * number:05}")
    going = store.iter_range("s", 0, 2**64 - 1)
    first = [next(going) for _ in range(PAGE)]
    backend.delete(SessionKey("s", SessionId(f"{4 * PAGE:05}")))
    store.save_session("s", simple(7), f"{4 * PAGE + 1:05}")
    seen = visits([*first, *going])
    assert seen[: 2 * PAGE] == [*range(2 * PAGE)]
    assert seen[2 * PAGE :] in ([], [2 * PAGE], [7])
    assert list(store.iter_range("nowhere", 0, 2**64 - 1)) == []
