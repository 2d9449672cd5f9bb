"""Following a store: every session once, in the order in which sessions became visible."""

from __future__ import annotations

import pytest

from swarmstore import Change, InvalidCursorError, LearningBackend, LearningStore, SessionId, SessionKey
from tests.snapshots import simple


def seen(changes: list[Change]) -> list[tuple[str, str]]:
    return [(change.scenario, change.session_id) for change in changes]


def test_a_follower_sees_each_session_once_in_the_order_of_saving(store: LearningStore) -> None:
    assert list(store.changes()) == []
    store.save_session("s", simple(), "9")
    store.save_session("t", simple(), "1")
    first = list(store.changes())
    assert seen(first) == [("s", "9"), ("t", "1")]
    store.save_session("s", simple(), "5")
    store.save_session("s", simple(), "9")  # a repeat is nothing new
    assert seen(list(store.changes(first[-1].cursor))) == [("s", "5")]
    assert seen(list(store.changes(first[0].cursor))) == [("t", "1"), ("s", "5")]
    assert seen(list(store.changes())) == [("s", "9"), ("t", "1"), ("s", "5")]


def test_a_cursor_stays_good_when_there_is_nothing_new(store: LearningStore) -> None:
    store.save_session("s", simple(), "1")
    (change,) = store.changes()
    assert list(store.changes(change.cursor)) == []
    assert isinstance(change.session_id, SessionId)
    assert 1_700_000_000_000 < change.saved_at_ms < 5_000_000_000_000


def test_removed_sessions_do_not_appear_and_replaced_ones_do_again(
    store: LearningStore, backend: LearningBackend
) -> None:
    for session_id in "123":
        store.save_session("s", simple(), session_id)
    published = list(store.changes())
    backend.delete(SessionKey("s", SessionId("1")))
    backend.save(SessionKey("s", SessionId("2")), simple(7))
    assert seen(list(store.changes())) == [("s", "3"), ("s", "2")]
    assert seen(list(store.changes(published[-1].cursor))) == [("s", "2")]
    backend.delete(SessionKey("s", SessionId("2")))
    assert list(store.changes(published[-1].cursor)) == []
    store.save_session("s", simple(), "1")
    assert seen(list(store.changes(published[-1].cursor))) == [("s", "1")]


@pytest.mark.parametrize("cursor", ["", "7", "0123456789abcdef", "0123456789abcdef.-1", "x.1", 7, b"1"])
def test_what_is_no_cursor_is_refused(store: LearningStore, cursor: str) -> None:
    with pytest.raises(InvalidCursorError, match=r"after: .*is not a cursor"):
        store.changes(cursor)


def test_a_cursor_of_another_store_or_of_the_future_is_refused(store: LearningStore) -> None:
    store.save_session("s", simple(), "1")
    (change,) = store.changes()
    number, position = change.cursor.split(".")
    with pytest.raises(InvalidCursorError, match="another store"):
        store.changes(f"{number[::-1]}.{position}")
    with pytest.raises(InvalidCursorError, match="backup"):
        store.changes(f"{number}.{int(position) + 1}")


@pytest.mark.long
def test_many_sessions_come_in_pages(store: LearningStore) -> None:
    ids = [f"{number:04}" for number in range(1100)]
    for session_id in ids:
        store.save_session("s", simple(), session_id)
    assert [change.session_id for change in store.changes()] == ids
