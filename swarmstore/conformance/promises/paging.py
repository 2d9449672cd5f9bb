"""Sessions are read page by page, each of them once, whatever fits a page."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import product
from typing import TypeVar

import pytest

from swarmstore.conformance.able_backends import PagedBackend
from swarmstore.conformance.capability import Capability
from swarmstore.conformance.promise import Promise, needs
from swarmstore.conformance.samples import simple, summary_of, with_outcome
from swarmstore.conformance.shorthand import U64, session
from swarmstore.contracts.capabilities import iter_range, iter_summaries
from swarmstore.model.limits import MAX_TOTAL
from swarmstore.model.metadata import LearningPhase
from swarmstore.model.session_ids import SessionId
from swarmstore.model.session_slice import SessionSlice

IDS = [f"170000000{number}" for number in range(7)]
_Item = TypeVar("_Item")
sizes = pytest.mark.parametrize("size", [1, 2, 7, 100])


ALL = [summary_of(number, text) for number, text in enumerate(IDS)]


def paged(
    page: Callable[[SessionId | None], list[_Item]], of: Callable[[_Item], SessionId], size: int
) -> list[_Item]:
    """All pages one after the other, none of them larger than the size."""
    found: list[_Item] = []
    after: SessionId | None = None
    while items := page(after):
        assert len(items) <= size
        assert after is None or of(items[0]) > after
        found += items
        after = of(items[-1])
    return found


@needs(Capability.PAGES)
class Paging(Promise):
    """What `range_page` and `summary_page` return."""

    @pytest.fixture
    def seven(self, backend: PagedBackend) -> PagedBackend:
        """A backend with seven sessions, and one of another scenario."""
        for number, text in reversed(list(enumerate(IDS))):
            backend.save(session(text), with_outcome(number))
        backend.save(session(IDS[0], "another"), simple())
        return backend

    @sizes
    def test_pages_of_a_range_are_the_range(self, seven: PagedBackend, size: int) -> None:
        """Pages of sessions follow one another from the id behind which each begins."""
        first, last = 1_700_000_001, 1_700_000_005
        found = paged(lambda after: seven.range_page("s", first, last, after, size), lambda it: it[0], size)
        assert [text for text, _ in found] == IDS[1:6]
        assert [snapshot for _, snapshot in found] == [with_outcome(number) for number in range(1, 6)]
        assert list(iter_range(seven, "s", 0, U64)) == [with_outcome(number) for number in range(7)]

    @sizes
    def test_pages_of_summaries_are_the_slice(self, seven: PagedBackend, size: int) -> None:
        """Pages of summaries have the sessions that pass every filter, by id ascending."""
        for phase, group_id in product([None, *LearningPhase], [None, "g", "h"]):
            wanted = SessionSlice(None, None, 1_700_000_001, None, phase, group_id)
            page = partial(seven.summary_page, "s", wanted, limit=size)
            assert paged(page, lambda it: it.session_id, size) == [
                each for each in ALL[1:] if phase in (None, each.phase) and group_id in (None, each.group_id)
            ]

    @pytest.mark.parametrize("latest", [0, 1, 3, 7, 2**63 - 1])
    def test_the_latest_of_a_slice_come_oldest_first(self, seven: PagedBackend, latest: int) -> None:
        """A slice of the latest sessions begins with the oldest of them."""
        expected = ALL[max(0, len(ALL) - latest) :]
        assert list(iter_summaries(seven, "s", SessionSlice(latest=latest))) == expected

    def test_what_is_removed_between_pages_is_left_out(self, seven: PagedBackend) -> None:
        """Nothing stays open between pages: the next one has what is saved by then."""
        after = seven.range_page("s", 0, MAX_TOTAL, None, 2)[-1][0]
        seven.delete(session(IDS[2]))
        assert [text for text, _ in seven.range_page("s", 0, MAX_TOTAL, after, 2)] == IDS[3:5]
        assert [each.session_id for each in seven.summary_page("s", SessionSlice(), after, 2)] == IDS[3:5]
