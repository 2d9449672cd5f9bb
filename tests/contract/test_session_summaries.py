"""Sessions in a list: their outcomes and metadata, without what they learned."""

from __future__ import annotations

from itertools import islice

import pytest

from swarmstore import (
    LearningBackend,
    LearningPhase,
    LearningStore,
    SessionId,
    StoreClosedError,
)
from swarmstore.conformance.samples import summary_of, with_outcome
from swarmstore.contracts import capabilities
from tests.snapshots import full

IDS = ["+7", "0000000005", "1000000000", "1700000000", "1700000000.500000", "999999999", "abc"]


ALL = [summary_of(number, text) for number, text in enumerate(IDS)]


@pytest.fixture
def store(backend: LearningBackend) -> LearningStore:
    for number, text in reversed(list(enumerate(IDS))):
        backend.save_session("s", with_outcome(number), SessionId(text))
    backend.save_session("another", full(), SessionId("1700000000"))
    return LearningStore(backend)


@pytest.mark.parametrize("page", [1, 2, 7, 1_000])
@pytest.mark.parametrize("latest", [None, 0, 1, 3, 7, 2**63 - 1])
def test_all_or_the_latest_are_listed_oldest_first_whatever_fits_a_page(
    store: LearningStore, latest: int | None, page: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(capabilities, "SUMMARIES", page)
    expected = ALL if latest is None else ALL[max(0, len(ALL) - latest) :]
    assert list(store.session_summaries("s", latest=latest)) == expected


def test_filters_come_first_then_the_latest(store: LearningStore) -> None:
    for phase in (None, *LearningPhase):
        for group_id in (None, "g", "h"):
            passing = [
                each for each in ALL if phase in (None, each.phase) and group_id in (None, each.group_id)
            ]
            assert list(store.session_summaries("s", phase=phase, group_id=group_id)) == passing
            newest = store.session_summaries("s", phase=phase, group_id=group_id, latest=1)
            assert list(newest) == passing[-1:]


@pytest.mark.parametrize(
    ("since", "until"), [(5, None), (None, 7), (1_000_000_000, 1_700_000_000), (8, 6), (2**64 - 1, None)]
)
def test_a_bound_is_one_of_the_time_that_ids_stand_for(
    store: LearningStore, since: int | None, until: int | None
) -> None:
    first, last = since or 0, 2**64 if until is None else until
    expected = [each for each in ALL if each.session_id.is_within(first, last)]
    assert list(store.session_summaries("s", since=since, until=until)) == expected


def test_a_list_ends_when_the_store_is_closed_and_shows_what_is_saved_meanwhile(
    store: LearningStore, backend_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if backend_name.endswith("through asyncio"):
        pytest.skip("an asynchronous list comes here as a whole")
    monkeypatch.setattr(capabilities, "SUMMARIES", 2)
    going = store.session_summaries("s")
    assert [each.session_id for each in islice(going, 2)] == IDS[:2]
    store.storage.delete_sessions("s", [SessionId(IDS[4])])
    assert [each.session_id for each in going] == [*IDS[2:4], *IDS[5:]]
    going = store.session_summaries("s")
    next(going)
    store.close()
    with pytest.raises(StoreClosedError):
        next(going)
