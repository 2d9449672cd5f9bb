"""Sessions that were loaded know their ids, which changes neither equality nor JSON."""

from __future__ import annotations

from swarmstore import Additive, LearningStore, SessionId
from swarmstore.model.removed_sessions import fingerprint
from tests.snapshots import simple

IDS = [SessionId("0000000001"), SessionId("0000000002.000005")]


def test_what_is_loaded_as_a_session_knows_its_id(store: LearningStore) -> None:
    for session_id in IDS:
        store.save_session("s", simple(), session_id)
    assert [store.load_session("s", session_id).session_id for session_id in IDS] == IDS
    assert [each.session_id for each in store.iter_range("s", 0, 9)] == IDS


def test_it_is_no_part_of_the_content(store: LearningStore) -> None:
    store.save_session("s", simple(), IDS[0])
    loaded = store.load_session("s", IDS[0])
    assert loaded == simple()
    assert (loaded.to_json(), repr(loaded), fingerprint(loaded)) == (
        simple().to_json(),
        repr(simple()),
        fingerprint(simple()),
    )
    assert store.save_session("s", loaded, IDS[0]) == IDS[0]
    store.save_session("t", loaded, IDS[1])
    assert store.load_session("t", IDS[1]).session_id == IDS[1]


def test_what_is_no_session_has_none(store: LearningStore) -> None:
    store.save_session("s", simple(), IDS[0])
    loaded = store.load_session("s", IDS[0])
    store.save_scenario("t", loaded)
    found = [
        simple(),
        store.load_scenario("s"),
        store.load_scenario("t"),
        store.load_global(),
        store.merge_sessions("s", Additive()),
        store.merge([loaded], Additive()),
        loaded.copy(),
        loaded.with_metadata(loaded.metadata),
    ]
    assert [each.session_id for each in found] == [None] * len(found)
