"""A follower is told of every session once, in the order in which sessions became visible."""

from __future__ import annotations

from typing import Any

import pytest

from swarmstore.conformance.able_backends import FollowableBackend
from swarmstore.conformance.capability import Capability
from swarmstore.conformance.promise import Promise, needs
from swarmstore.conformance.samples import simple
from swarmstore.conformance.shorthand import forget, save, session
from swarmstore.contracts.capabilities import Followable
from swarmstore.contracts.change_feed import Cursor
from swarmstore.errors import InvalidCursorError
from swarmstore.model.session_ids import SessionId


def seen(backend: Followable, after: str | None = None) -> list[tuple[str, str]]:
    """The sessions behind a cursor."""
    return [(change.scenario, change.session_id) for change in backend.changes(after)]


@needs(Capability.CHANGE_FEED, Capability.EXACTLY_ONCE)
class ChangeFeed(Promise):
    """What `changes` returns, and which cursors it takes."""

    def test_a_follower_sees_each_session_once_in_the_order_of_saving(
        self, backend: FollowableBackend
    ) -> None:
        """A session that is saved again is nothing new, and a cursor asks for what comes behind it."""
        assert seen(backend) == []
        save(backend, "9", simple())
        save(backend, "1", simple(), "t")
        first = list(backend.changes())
        assert [(each.scenario, each.session_id) for each in first] == [("s", "9"), ("t", "1")]
        save(backend, "5", simple())
        save(backend, "9", simple())
        assert seen(backend, first[-1].cursor) == [("s", "5")]
        assert seen(backend, first[0].cursor) == [("t", "1"), ("s", "5")]
        assert seen(backend) == [("s", "9"), ("t", "1"), ("s", "5")]

    def test_no_session_is_skipped(self, backend: FollowableBackend) -> None:
        """A follower that goes on from each cursor in turn sees every session."""
        found, cursor = list[tuple[str, str]](), None
        for number in range(8):
            save(backend, f"{number:02}", simple())
            save(backend, f"{number:02}", simple(), "t")
            changes = list(backend.changes(cursor))
            found += [(each.scenario, each.session_id) for each in changes[:1]]
            cursor = changes[0].cursor
        found += seen(backend, cursor)
        assert sorted(found) == [(scenario, f"{number:02}") for scenario in "st" for number in range(8)]

    def test_a_session_saved_under_its_key_is_told_too(self, backend: FollowableBackend) -> None:
        """Followers learn of sessions that count in no total."""
        backend.save(session("1"), simple())
        assert seen(backend) == [("s", "1")]

    def test_a_cursor_stays_good_when_there_is_nothing_new(self, backend: FollowableBackend) -> None:
        """Nothing is behind the cursor of the last session, whose time is told in milliseconds."""
        save(backend, "1", simple())
        (change,) = backend.changes()
        assert list(backend.changes(change.cursor)) == []
        assert isinstance(change.session_id, SessionId)
        assert 1_700_000_000_000 < change.saved_at_ms < 5_000_000_000_000

    def test_removed_sessions_do_not_appear_and_replaced_ones_do_again(
        self, backend: FollowableBackend
    ) -> None:
        """A follower is told of what is there, and once more of what has changed."""
        for text in "123":
            save(backend, text, simple())
        cursor = list(backend.changes())[-1].cursor
        backend.delete(session("1"))
        backend.save(session("2"), simple(7))
        assert seen(backend) == [("s", "3"), ("s", "2")]
        assert seen(backend, cursor) == [("s", "2")]
        backend.delete(session("2"))
        assert seen(backend, cursor) == []
        save(backend, "1", simple())
        assert seen(backend, cursor) == [("s", "1")]

    @needs(Capability.FORGETTING)
    def test_followers_are_told_of_no_forgotten_session(self, backend: FollowableBackend) -> None:
        """Cursors of forgotten sessions stay good, and the sessions do not appear."""
        save(backend, "1", simple(1))
        save(backend, "2", simple(2))
        cursors = [change.cursor for change in backend.changes()]
        forget(backend, ["1", "2"])
        save(backend, "3", simple(3))
        for cursor in (None, *cursors):
            assert seen(backend, cursor) == [("s", "3")]

    @pytest.mark.parametrize("cursor", ["", "7", "0123456789abcdef", "0123456789abcdef.-1", "x.1", 7, b"1"])
    def test_what_is_no_cursor_is_refused(self, backend: FollowableBackend, cursor: Any) -> None:
        """InvalidCursorError is raised at the call, before anything is returned."""
        with pytest.raises(InvalidCursorError):
            backend.changes(cursor)

    def test_a_cursor_of_another_store_or_of_the_future_is_refused(self, backend: FollowableBackend) -> None:
        """A follower learns that its cursor means nothing here, and is not told too little."""
        save(backend, "1", simple())
        (change,) = backend.changes()
        cursor = Cursor.parse(change.cursor)
        elsewhere = Cursor(cursor.epoch ^ 1, cursor.position, cursor.check)
        later = Cursor(cursor.epoch, cursor.position + 1, cursor.check)
        for wrong in (elsewhere, later):
            with pytest.raises(InvalidCursorError):
                backend.changes(str(wrong))

    def test_renewed_cursors_are_other_ones(self, backend: FollowableBackend) -> None:
        """`renew_cursors` has all cursors refused that were handed out before."""
        save(backend, "1", simple())
        (before,) = backend.changes()
        backend.renew_cursors()
        with pytest.raises(InvalidCursorError):
            backend.changes(before.cursor)
        (change,) = backend.changes()
        assert list(backend.changes(change.cursor)) == []

    def test_many_sessions_come_in_order(self, backend: FollowableBackend) -> None:
        """More sessions than fit a page of any backend are told in the order of saving."""
        ids = [f"{number:04}" for number in range(600)]
        for text in reversed(ids):
            backend.save(session(text), simple())
        assert [change.session_id for change in backend.changes()] == ids[::-1]
