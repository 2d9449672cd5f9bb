"""A total tells what it is made of, and its parts add up to it."""

from __future__ import annotations

from swarmstore.conformance.capability import Capability
from swarmstore.conformance.promise import Promise, needs
from swarmstore.conformance.samples import simple
from swarmstore.conformance.shorthand import G, S, save, session, total
from swarmstore.contracts.storage import LearningBackend
from swarmstore.model.keys import TotalKey
from swarmstore.model.total_parts import PartKind, TotalPart, numbers_of


def sums(parts: list[TotalPart]) -> tuple[int, ...]:
    """The numbers of all parts together."""
    return tuple(
        sum(getattr(part, name) for part in parts)
        for name in (
            "session_count",
            "total_episodes",
            "total_actions",
            "success_episodes",
            "failure_episodes",
        )
    )


@needs(Capability.TOTALS, Capability.EXACTLY_ONCE)
class PartsOfTotals(Promise):
    """What `sources` returns."""

    def test_a_total_that_is_not_there_has_no_parts(self, backend: LearningBackend) -> None:
        """There are no parts before anything counts."""
        backend.save(session("1"), simple())
        assert backend.sources(G) == backend.sources(S) == []

    def test_sources_tell_what_a_total_is_made_of(self, backend: LearningBackend) -> None:
        """Sessions that are there, removed ones and a total saved by hand are one part each."""
        backend.save(S, simple(1000))
        for number in (1, 10, 100):
            save(backend, f"{number:03}", simple(number))
        backend.delete(session("001"))
        parts = {part.kind: part for part in backend.sources(S)}
        assert list(parts) == [PartKind.BASELINE, PartKind.HAND, PartKind.SESSIONS]
        assert [part.contributors for part in parts.values()] == [1, 1, 2]
        assert [part.total_actions for part in parts.values()] == [3, 3, 6]
        assert [part.kind for part in backend.sources(G)] == [PartKind.BASELINE, PartKind.SESSIONS]

    def test_parts_add_up_to_their_total(self, backend: LearningBackend) -> None:
        """The numbers of all parts together are those of the total, folded or not."""
        backend.save(G, simple(7))
        for number in range(4):
            save(backend, f"{number}", simple(number))
            save(backend, f"{number}", simple(number), "t")
        backend.delete_sessions("s", [session("1").session_id, session("2").session_id])
        for _ in range(2):
            keys: tuple[TotalKey, ...] = (S, G)
            for key in keys:
                assert sums(backend.sources(key)) == numbers_of(total(backend, key))
            backend.fold()

    def test_a_deleted_total_is_made_of_nothing(self, backend: LearningBackend) -> None:
        """A total that begins anew after it was deleted has no part of the one before."""
        save(backend, "1", simple(1))
        backend.delete(session("1"))
        save(backend, "2", simple(2))
        keys: tuple[TotalKey, ...] = (S, G)
        for key in keys:
            backend.delete(key)
            assert backend.sources(key) == []
        save(backend, "3", simple(3))
        for key in keys:
            assert sums(backend.sources(key)) == numbers_of(total(backend, key))
