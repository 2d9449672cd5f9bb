"""A session that was deleted, pruned or replaced, and is saved again: a repeat counts once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from swarmstore import LearningStore, SessionConflictError, SessionId, SessionKey, SnapshotNotFoundError
from tests.snapshots import simple

ONE = SessionKey("s", SessionId("1"))


def replace_and_delete(store: LearningStore) -> None:
    store.storage.save(ONE, simple(7))
    store.storage.delete(ONE)


def prune_twice(store: LearningStore) -> None:
    store.prune("s", keep_latest=0)
    store.save_session("s", simple(), "1")
    store.prune("s", keep_latest=0)


REMOVE: dict[str, Callable[[LearningStore], object]] = {
    "deleted": lambda store: store.storage.delete(ONE),
    "pruned": lambda store: store.prune("s", keep_latest=0),
    "replaced and deleted": replace_and_delete,
    "pruned twice": prune_twice,
}


@pytest.mark.parametrize("removed", REMOVE)
def test_a_save_repeated_after_its_session_was_removed_counts_once(
    store: LearningStore, removed: str
) -> None:
    """The session is there again, and totals, which have kept what it added, are as they were."""
    store.save_session("s", simple(), "1")
    store.save_session("s", simple(100), "2")
    before = [store.load_scenario("s"), store.load_global()]
    REMOVE[removed](store)
    for _ in range(2):
        assert store.save_session("s", simple(), "1") == "1"
        assert store.load_session("s", "1") == simple()
    for then, now in zip(before, [store.load_scenario("s"), store.load_global()], strict=True):
        assert now == then
    store.fold()
    assert store.load_scenario("s") == before[0]
    assert store.verify_totals(deep=True) == []


def test_other_content_under_the_id_of_a_removed_session_is_a_new_session(store: LearningStore) -> None:
    store.save_session("s", simple(), "1")
    store.prune("s", keep_latest=0)
    store.save_session("s", simple(10), "1")
    store.save_session("t", simple(), "1")
    assert store.load_scenario("s").action_stats["A"].visits == 11
    assert store.load_scenario("t").action_stats["A"].visits == 1
    with pytest.raises(SessionConflictError):
        store.save_session("s", simple(), "1")


def test_what_was_saved_without_counting_counts_as_little_when_it_is_saved_again(
    store: LearningStore,
) -> None:
    """While it is there a repeat changes nothing; so it does when it was removed."""
    store.storage.save(ONE, simple())
    store.prune("s", keep_latest=0)
    store.save_session("s", simple(), "1")
    with pytest.raises(SnapshotNotFoundError):
        store.load_scenario("s")


def test_equal_sessions_under_ids_of_their_own_count_each(store: LearningStore) -> None:
    store.save_session("s", simple())
    store.prune("s", keep_latest=0)
    store.save_session("s", simple())
    assert store.load_scenario("s").metadata.session_count == 2
