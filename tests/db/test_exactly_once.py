"""A save whose answer is lost is repeated as the same save; two equal saves are two sessions."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from swarmstore import GlobalKey, ScenarioKey, SessionId, Settings, SqlStorage, StoreUnavailableError
from swarmstore.db.repositories.new_sessions import Outcome
from swarmstore.db.repositories.sessions import SessionRepository
from tests.db.lost_answers import answers_lost
from tests.helpers.internals import database_of
from tests.snapshots import simple


@pytest.fixture
def storage(database_url: str) -> Iterator[SqlStorage]:
    with SqlStorage(database_url, Settings(fold_at=2, fold_in_background=False)) as opened:
        opened.save_session("s", simple())  # the scenario and its actions are known from here on
        yield opened


def assert_counted(storage: SqlStorage, sessions: int) -> None:
    for key in (ScenarioKey("s"), GlobalKey()):
        total = storage.load(key)
        assert total is not None
        assert total.metadata.session_count == sessions
        assert total.episode_transitions.success_transitions == {("A", "B"): sessions}
    assert storage.verify_totals(deep=True) == []


@pytest.mark.parametrize("commits", [1, 3], ids=["once", "thrice"])
@pytest.mark.parametrize("given", [None, SessionId("9")], ids=["generated", "given"])
def test_a_save_counts_once_when_the_answer_to_its_commit_is_lost(
    storage: SqlStorage, given: SessionId | None, commits: int
) -> None:
    before = storage.list_sessions("s")
    with answers_lost(database_of(storage).engine, commits) as lost:
        saved = storage.save_session("s", simple(), given)
    assert len(lost) == commits
    assert storage.list_sessions("s") == sorted([*before, saved])
    assert saved == (given or saved)
    assert_counted(storage, 2)


def test_equal_sessions_at_the_same_microsecond_are_two(
    storage: SqlStorage, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    """Two processes may make the same id: only who saves it first keeps it."""
    with SqlStorage(database_url) as other:
        now = time.time_ns() + 10**12
        monkeypatch.setattr(time, "time_ns", lambda: now)
        first, second = (each.save_session("s", simple()) for each in (storage, other))
    monkeypatch.undo()
    assert first < second
    assert storage.list_sessions("s")[1:] == [first, second]
    assert_counted(storage, 3)


def test_a_lost_answer_is_not_somebody_elses_equal_session(
    storage: SqlStorage, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    """The id was taken by an equal session; the repeat finds its own one, not that."""
    with SqlStorage(database_url) as other:
        now = time.time_ns() + 10**12
        monkeypatch.setattr(time, "time_ns", lambda: now)
        first = other.save_session("s", simple())
        with answers_lost(database_of(storage).engine, 2) as lost:
            second = storage.save_session("s", simple())
    monkeypatch.undo()
    assert len(lost) == 2
    assert storage.list_sessions("s")[1:] == [first, second]
    assert_counted(storage, 3)


def test_a_save_that_never_finds_what_it_needs_ends_in_time(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where something between the driver and the database changes names of actions."""
    monkeypatch.setattr(SessionRepository, "_why_not", lambda *_: Outcome.NO_NAMES)
    monkeypatch.setattr(SessionRepository, "add", lambda *_, **__: None)
    with (
        SqlStorage(database_url, Settings(timeout_seconds=0.2)) as storage,
        pytest.raises(StoreUnavailableError, match=r"for 0\.2 s"),
    ):
        storage.save_session("s", simple())
