"""Sessions are ordered by the bytes of their ids, whatever the ids mean and whenever they were saved."""

from __future__ import annotations

import pytest

from swarmstore.conformance.promise import Promise
from swarmstore.conformance.samples import simple
from swarmstore.conformance.shorthand import U64, session
from swarmstore.contracts.storage import LearningBackend
from swarmstore.model.snapshot import LearningSnapshot

IDS = [
    "+7",
    "0000000005",
    "1000000000",
    "10000000000",
    "1700000000",
    "1700000000.500000",
    "999999999",
    "Z",
    "abc",
    "\uff5e",
    "\U0001f600",  # the smaller one in UTF-16
]


def ids(snapshots: list[LearningSnapshot]) -> list[str]:
    """The ids of sessions that `irregular` has saved."""
    return [IDS[snapshot.action_stats["A"].visits] for snapshot in snapshots]


class ByteOrder(Promise):
    """The order of lists and queries."""

    @pytest.fixture
    def irregular(self, backend: LearningBackend) -> LearningBackend:
        """A backend with sessions whose n-th id in byte order has n visits, saved in another order."""
        for number, text in reversed(list(enumerate(IDS))):
            backend.save(session(text), simple(number))
        return backend

    def test_sessions_are_listed_in_byte_order(self, irregular: LearningBackend) -> None:
        """Sessions are listed by id, not in the order of time or of saving."""
        assert irregular.list_sessions("s") == IDS

    def test_a_range_is_in_byte_order(self, irregular: LearningBackend) -> None:
        """What a range or a beginning selects comes by id ascending, also where numbers say otherwise."""
        timed = [each for each in IDS if each[0] in "+0123456789"]
        assert ids(irregular.query_range("s", 0, U64)) == timed
        assert ids(irregular.query_since("s", 0)) == timed

    @pytest.mark.parametrize("limit", [0, 1, 3, 10, 100, 2**63 - 1])
    def test_latest_is_by_id_greatest_first(self, irregular: LearningBackend, limit: int) -> None:
        """The latest sessions are those with the greatest ids, greatest first, timestamp or none."""
        assert ids(irregular.query_latest("s", limit)) == IDS[::-1][:limit]
