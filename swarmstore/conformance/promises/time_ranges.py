"""A range has just the sessions whose ids stand for a time between its bounds, both included."""

from __future__ import annotations

import pytest

from swarmstore.conformance.promise import Promise
from swarmstore.conformance.samples import simple
from swarmstore.conformance.shorthand import U64, session
from swarmstore.contracts.storage import LearningBackend
from swarmstore.model.snapshot import LearningSnapshot

LAST = 2**63 - 1
TIMES: dict[str, int | None] = {
    "+7": 7,
    "0000000005": 5,
    "1700000000": 1700000000,
    "1700000000.500000": 1700000000,
    "10000000000": 10**10,
    f"{LAST - 1}": LAST - 1,
    f"{LAST}": LAST,
    f"{LAST + 1}": None,
    "abc": None,
}
BOUNDS = [0, 5, 6, 7, 8, 1700000000, 1700000001, 10**10, LAST - 1, LAST, LAST + 1, LAST + 2, U64]


def places(found: list[LearningSnapshot]) -> list[int]:
    """The places of sessions among `TIMES`."""
    return sorted(snapshot.action_stats["A"].visits for snapshot in found)


def expected(from_: int, to: int) -> list[int]:
    """The places of those that a range has."""
    times = enumerate(TIMES.values(), start=1)
    return [place for place, time in times if time is not None and from_ <= time <= to]


class TimeRanges(Promise):
    """Bounds up to the greatest u64, beside sessions at the greatest timestamp."""

    @pytest.fixture
    def timed(self, backend: LearningBackend) -> LearningBackend:
        """A backend with a session for each of `TIMES`."""
        for place, text in enumerate(TIMES, start=1):
            backend.save(session(text), simple(place))
        return backend

    def test_ranges_have_just_what_is_between_their_bounds(self, timed: LearningBackend) -> None:
        """Any u64 is a bound, both are included, and an id without a time is in no range."""
        for from_ in BOUNDS:
            for to in BOUNDS:
                assert places(timed.query_range("s", from_, to)) == expected(from_, to), (from_, to)

    def test_since_has_no_end(self, timed: LearningBackend) -> None:
        """A query since a time is a range to the end of time."""
        for since in BOUNDS:
            assert places(timed.query_since("s", since)) == expected(since, U64), since
