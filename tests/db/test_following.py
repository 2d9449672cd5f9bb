"""Publishing while sessions commit in every order: a follower gets each exactly once."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing
from itertools import permutations
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url, select, text
from sqlalchemy.orm import Session

from swarmstore import Change, InvalidCursorError, LearningStore, SessionId, SqlStorage
from swarmstore.db.schema.sessions import SessionRow
from tests.db.holding import Hold, save_in_transaction, steps_of
from tests.helpers.internals import database_of, repositories_of
from tests.snapshots import simple


@pytest.fixture
def storage(database_url: str) -> Iterator[SqlStorage]:
    with SqlStorage(database_url) as opened:
        yield opened


def positions(storage: SqlStorage) -> list[int | None]:
    """In the order of rows."""
    return database_of(storage).read(
        lambda session: list(session.scalars(select(SessionRow.position).order_by(SessionRow.id)))
    )


WRITERS = 3


@pytest.mark.parametrize("order", list(permutations(range(WRITERS))), ids=str)
def test_writers_that_commit_in_any_order_are_seen_once_each(
    migrated_postgres_url: str, order: tuple[int, ...]
) -> None:
    """Each writer has its row, and commits when its turn comes; the follower looks after each."""
    with ExitStack() as stack:
        storage, *others = [
            stack.enter_context(SqlStorage(migrated_postgres_url)) for _ in range(WRITERS + 1)
        ]
        for opened in [storage, *others]:  # what a process does once is done
            opened.save_session("s", simple())
        to_commit = steps_of(storage, lambda: save_in_transaction(storage, simple(), SessionId("x")))
        holds = [Hold(database_of(other).engine, to_commit) for other in others]
        writers = [
            threading.Thread(target=_save_held, args=(other, hold, str(number)))
            for number, (other, hold) in enumerate(zip(others, holds, strict=True))
        ]
        for writer, hold in zip(writers, holds, strict=True):
            writer.start()
            assert hold.reached.wait(20)
        cursor = [change.cursor for change in storage.changes()][-1]
        seen = list[str]()
        for number in order:
            assert list(storage.changes(cursor)) == []
            holds[number].go.set()
            writers[number].join(20)
            for change in storage.changes(cursor):
                seen.append(change.session_id)
                cursor = change.cursor
        assert seen == list(map(str, order))
        published = [position for position in positions(storage) if position]
        assert sorted(published) == list(range(1, len(published) + 1))


def _save_held(storage: SqlStorage, hold: Hold, session_id: str) -> None:
    with hold.watching():
        save_in_transaction(storage, simple(), SessionId(session_id))


def test_followers_at_once_see_the_same_order(storage: SqlStorage) -> None:
    """Several publish while several save: positions have no gaps, and all see all."""
    store, each = LearningStore(storage), 30
    done = threading.Event()
    followed: list[list[str]] = [[] for _ in range(3)]

    def follow(seen: list[str]) -> None:
        cursor, last = None, False
        while not last:
            last = done.is_set()
            for change in store.changes(cursor):
                seen.append(change.session_id)
                cursor = change.cursor

    def save(name: str) -> None:
        for number in range(each):
            store.save_session("s", simple(), f"{name}{number}")

    followers = [threading.Thread(target=follow, args=(seen,)) for seen in followed]
    writers = [threading.Thread(target=save, args=(name,)) for name in "abc"]
    for thread in [*followers, *writers]:
        thread.start()
    for writer in writers:
        writer.join(60)
    done.set()
    for follower in followers:
        follower.join(60)
    assert followed[0] == followed[1] == followed[2]
    assert sorted(followed[0]) == sorted(f"{name}{number}" for name in "abc" for number in range(each))
    assert sorted(p for p in positions(storage) if p) == list(range(1, 3 * each + 1))


def test_positions_are_given_in_batches_and_never_again(storage: SqlStorage) -> None:
    for number in range(5):
        storage.save_session("s", simple(), SessionId(str(number)))
    (*_, last) = repositories_of(storage).change_feed.publish(None, batch=2)
    assert positions(storage) == [1, 2, 3, 4, 5]
    storage.delete_sessions("s", [SessionId("4"), SessionId("0")])
    storage.save_session("s", simple(), SessionId("0"))
    following = repositories_of(storage).change_feed.publish(last.cursor, batch=2)
    assert [change.session_id for change in following] == ["0"]
    assert positions(storage) == [2, 3, 4, 6]


def test_a_publisher_that_fails_has_published_nothing(storage: SqlStorage) -> None:
    """The lock and the positions go back together."""
    storage.save_session("s", simple(), SessionId("1"))

    def work(session: Session) -> None:
        repositories_of(storage).change_feed.publish_batch(session)
        session.execute(text("SELECT nothing_like_it"))

    with pytest.raises(Exception, match="nothing_like_it"):
        database_of(storage).write(work)
    assert positions(storage) == [None]
    assert [change.cursor.split(".")[1] for change in storage.changes()] == ["1"]


def test_with_nothing_to_publish_following_only_reads(storage: SqlStorage) -> None:
    storage.save_session("s", simple(), SessionId("1"))
    before = list(storage.changes())

    def forbidden(work: object, *, maintenance: bool = False) -> None:
        raise AssertionError(f"{work} writes")

    database_of(storage).write = forbidden  # type: ignore[method-assign, assignment]
    assert list(storage.changes()) == before


def test_sessions_removed_while_they_are_published_leave_no_gap(migrated_postgres_url: str) -> None:
    """A prune holds rows that the publisher wants, and removes them: followers miss nothing afterwards."""
    plain = make_url(migrated_postgres_url).set(drivername="postgresql").render_as_string(False)
    with LearningStore.open(migrated_postgres_url) as store, psycopg.connect(plain) as slow:
        for number in range(5):
            store.save_session("s", simple(), str(number))
        slow.execute("SELECT 1 FROM swarmstore.sessions WHERE session_id = '1' FOR SHARE")
        pruning = threading.Thread(target=lambda: store.prune("s", keep_latest=3))
        seen = list[Change]()
        change_feed = threading.Thread(target=lambda: seen.extend(store.changes()))
        for thread in (pruning, change_feed):
            thread.start()
            thread.join(0.5)
        slow.rollback()
        pruning.join(20)
        change_feed.join(20)
        assert [change.session_id for change in seen] == ["2", "3", "4"]
        store.save_session("s", simple(), "5")
        assert [change.session_id for change in store.changes(seen[-1].cursor)] == ["5"]
        store.prune("s", keep_latest=1)
        store.save_session("s", simple(), "6")
        assert [change.session_id for change in store.changes()] == ["5", "6"]
        assert [change.session_id for change in store.changes(seen[-1].cursor)] == ["5", "6"]
        assert store.verify_totals(deep=True) == []


def back_to(file: Path, backup: Path) -> None:
    for source, target in ((file, backup),) if not backup.exists() else ((backup, file),):
        with closing(sqlite3.connect(source)) as ours, closing(sqlite3.connect(target)) as theirs:
            ours.backup(theirs)


def test_a_follower_that_is_still_reading_when_the_database_goes_back_is_told(tmp_path: Path) -> None:
    """Each page looks again whether its place is still the same."""
    file, backup = tmp_path / "store.db", tmp_path / "backup.db"
    with LearningStore.open(f"sqlite:///{file}") as store, LearningStore.open(f"sqlite:///{file}") as other:
        for number in range(300):
            other.save_session("s", simple(), f"kept {number:03}")
        list(other.changes())
        back_to(file, backup)
        for number in range(300):
            other.save_session("s", simple(), f"lost {number:03}")
        reading = store.changes()
        seen = [next(reading) for _ in range(500)]
        back_to(file, backup)
        for number in range(400):
            other.save_session("s", simple(), f"new {number:03}")
        list(other.changes())
        with pytest.raises(InvalidCursorError, match="restored from a backup"):
            list(reading)
        with pytest.raises(InvalidCursorError):
            store.changes(seen[-1].cursor)
        since = [change.session_id for change in store.changes(seen[299].cursor)]
        assert since == [f"new {number:03}" for number in range(400)]


def test_a_session_published_again_after_a_restore_is_of_another_history(tmp_path: Path) -> None:
    """Its place is the same as before; those before it are not."""
    file, backup = tmp_path / "store.db", tmp_path / "backup.db"
    with LearningStore.open(f"sqlite:///{file}") as store:
        for session_id in "ab":
            store.save_session("s", simple(), session_id)
        back_to(file, backup)
        first, second = store.changes()
        back_to(file, backup)
        with pytest.raises(InvalidCursorError, match="restored from a backup"):
            store.changes(second.cursor)
        assert [change.session_id for change in store.changes()] == ["a", "b"]
        for cursor in (first.cursor, second.cursor):
            with pytest.raises(InvalidCursorError, match="restored from a backup"):
                store.changes(cursor)
