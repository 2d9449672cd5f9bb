"""A save that is repeated after its session was removed counts once, all the same."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from swarmstore.conformance.capability import Capability
from swarmstore.conformance.promise import Promise, needs
from swarmstore.conformance.samples import simple
from swarmstore.conformance.shorthand import G, S, forget, save, session, total, visits
from swarmstore.contracts.storage import LearningBackend
from swarmstore.errors import BaselineError

ONE = session("1")


def prune(backend: LearningBackend) -> None:
    """Remove the session, among others, as pruning does."""
    backend.delete_sessions("s", [ONE.session_id])


def replace_and_delete(backend: LearningBackend) -> None:
    """Put another session in its place, and delete that one."""
    backend.save(ONE, simple(7))
    backend.delete(ONE)


def prune_twice(backend: LearningBackend) -> None:
    """Remove the session, and once more after it was saved again."""
    prune(backend)
    save(backend, "1", simple())
    prune(backend)


REMOVE: dict[str, Callable[[LearningBackend], object]] = {
    "deleted": lambda backend: backend.delete(ONE),
    "pruned": prune,
    "replaced and deleted": replace_and_delete,
    "pruned twice": prune_twice,
}


@needs(Capability.EXACTLY_ONCE, Capability.TOTALS)
class RepeatsAfterRemoval(Promise):
    """Sessions that come again within thirty days."""

    @pytest.mark.parametrize("removed", REMOVE)
    def test_a_save_repeated_after_its_session_was_removed_counts_once(
        self, backend: LearningBackend, removed: str
    ) -> None:
        """The session is there again, and totals, which have kept what it added, are as they were."""
        save(backend, "1", simple())
        save(backend, "2", simple(100))
        before = backend.load(S), backend.load(G)
        REMOVE[removed](backend)
        save(backend, "1", simple())
        assert backend.load(ONE) == simple()
        for _ in range(2):
            assert (backend.load(S), backend.load(G)) == before
            backend.fold()

    def test_other_content_under_the_id_of_a_removed_session_is_a_new_session(
        self, backend: LearningBackend
    ) -> None:
        """Other content counts beside what the removed session has added, and so does another scenario's."""
        save(backend, "1", simple())
        save(backend, "2", simple(100))
        prune(backend)
        save(backend, "1", simple(10))
        save(backend, "1", simple(), "t")
        assert visits(backend) == 111
        assert visits(backend, G) == 112

    def test_what_was_saved_without_counting_counts_as_little_when_it_is_saved_again(
        self, backend: LearningBackend
    ) -> None:
        """A session that was saved under its key, and removed, counts in no total when it comes again."""
        backend.save(ONE, simple())
        prune(backend)
        save(backend, "1", simple())
        assert backend.load(S) is None

    def test_equal_sessions_under_ids_of_their_own_count_each(self, backend: LearningBackend) -> None:
        """The content of a removed session counts again under another id."""
        save(backend, "1", simple())
        save(backend, "2", simple())
        prune(backend)
        save(backend, "3", simple())
        assert total(backend).metadata.session_count == 3

    @needs(Capability.FORGETTING)
    def test_what_came_again_is_in_a_baseline_as_before(self, backend: LearningBackend) -> None:
        """What a removed session has added cannot be forgotten, though the session is there again."""
        save(backend, "1", simple(1))
        save(backend, "2", simple(10))
        prune(backend)
        save(backend, "1", simple(1))
        with pytest.raises(BaselineError):
            forget(backend, ["1"])
        assert backend.list_sessions("s") == ["1", "2"]
        assert visits(backend) == 11
