"""The disk under a SQLite file fills up: an error, nothing half-written, and on when there is room."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from swarmstore import EpisodeTransitions, LearningSnapshot, LearningStore, StoreUnavailableError
from swarmstore.disk import write_bytes
from tests.faults.checks import assert_sound, checked_out, sql
from tests.helpers.internals import database_of
from tests.snapshots import simple


def large(number: int) -> LearningSnapshot:
    """A session of some pages, with names that the database does not know yet."""
    names = [(f"{number} from {i}", "x" * 200) for i in range(100)]
    snapshot = simple()
    snapshot.episode_transitions = EpisodeTransitions(dict.fromkeys(names, 1), {}, 1, 0)
    return snapshot


def save_until_it_is_full(store: LearningStore) -> tuple[int, str]:
    """How many sessions could be saved, and what the next one said."""
    for number in count():
        try:
            store.save_session("s", large(number), str(number))
        except StoreUnavailableError as error:
            assert number > 0
            return number, str(error)
    raise AssertionError


def assert_whole(store: LearningStore, saved: int) -> None:
    """Exactly those sessions are there, with all that is in them and in their totals."""
    assert checked_out(store) == 0
    assert sorted(store.list_sessions("s")) == sorted(map(str, range(saved)))
    assert all(store.load_session("s", str(number)) == large(number) for number in range(saved))
    assert store.load_scenario("s").metadata.session_count == saved
    assert store.verify_totals(deep=True) == []


@contextmanager
def at_most(store: LearningStore, pages: int) -> Iterator[None]:
    """Let the file of the store not grow beyond so many pages."""
    engine = database_of(sql(store)).engine

    def limit(connection: Any, _entry: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages}")

    engine.dispose()
    event.listen(engine, "connect", limit)
    try:
        yield
    finally:
        event.remove(engine, "connect", limit)
        engine.dispose()


@pytest.mark.parametrize("pages", [150, 157, 163])
def test_a_file_that_may_not_grow(sqlite_url: str, pages: int) -> None:
    with LearningStore.open(sqlite_url, fold_at=3) as store:
        with at_most(store, pages):
            saved, said = save_until_it_is_full(store)
            assert "make room" in said
            assert_whole(store, saved)
        assert_goes_on(store, saved)


def assert_goes_on(store: LearningStore, saved: int) -> None:
    """The session that found no room is saved now, once."""
    for _ in range(2):
        store.save_session("s", large(saved), str(saved))
    assert_whole(store, saved + 1)
    assert_sound(store)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 2 MB."""
    place = tmp_path / "small"
    place.mkdir()
    try:
        mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)]
        subprocess.run(mount, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        reason = getattr(error, "stderr", None) or error
        pytest.skip(f"needs to mount a small file system, as root on Linux: {reason}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def room(place: Path) -> Callable[[], None]:
    """Take some room, and return what gives it back."""
    (place / "other").write_bytes(b"x" * 700_000)
    return (place / "other").unlink


def test_a_disk_without_room(small_disk: Path) -> None:
    make_room = room(small_disk)
    url = f"sqlite:///{small_disk / 'store.db'}"
    with LearningStore.open(url, fold_at=3) as store:
        saved, said = save_until_it_is_full(store)
        assert "try again" in said
        assert_whole(store, saved)
        with LearningStore.open(url) as other:
            assert_whole(other, saved)
    with LearningStore.open(url) as store:
        assert_whole(store, saved)
        make_room()
        assert_goes_on(store, saved)


def test_the_file_that_does_not_fit_is_named(small_disk: Path) -> None:
    room(small_disk)
    with pytest.raises(OSError, match="No space left on device") as told:
        write_bytes(small_disk / "report.html", b"x" * 4_000_000)
    assert told.value.filename == str(small_disk / "report.html")
    assert [each.name for each in small_disk.iterdir()] == ["other"]
