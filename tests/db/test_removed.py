"""Saves under a given id beside calls that remove the session of that id: saved, repeated or in conflict."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from swarmstore import (
    LearningStore,
    ScenarioKey,
    SessionConflictError,
    SessionId,
    SessionKey,
    Settings,
    SqlStorage,
)
from swarmstore.db.repositories.sessions import SessionRepository
from swarmstore.db.schema.sessions import RemovedSession
from swarmstore.model.removed_sessions import REPEATABLE_DAYS
from tests.db.lost_answers import answers_lost
from tests.helpers.internals import database_of
from tests.snapshots import simple

KEY = SessionKey("s", SessionId("1"))


@pytest.fixture
def storage(database_url: str) -> Iterator[SqlStorage]:
    with SqlStorage(database_url, Settings(fold_at=10_000, fold_in_background=False)) as opened:
        yield opened


def visits(storage: SqlStorage) -> int:
    total = storage.load(ScenarioKey("s"))
    assert total is not None
    return total.action_stats["A"].visits


def kept(storage: SqlStorage) -> int:
    statement = select(func.count()).select_from(RemovedSession)
    return database_of(storage).read(lambda session: session.scalar(statement)) or 0


REMOVALS: dict[str, Callable[[SqlStorage], object]] = {
    "delete": lambda s: s.delete(KEY),
    "prune": lambda s: s.delete_sessions("s", [KEY.session_id]),
}


@pytest.mark.parametrize("removal", REMOVALS)
def test_a_save_is_not_acknowledged_when_the_ids_holder_goes_in_between(
    storage: SqlStorage, migrated_postgres_url: str, monkeypatch: pytest.MonkeyPatch, removal: str
) -> None:
    """The id was taken when it was tried, and free when somebody looked who has it."""
    with SqlStorage(migrated_postgres_url) as ours, SqlStorage(migrated_postgres_url) as theirs:
        theirs.save_session("s", simple(), KEY.session_id)
        real, removed_by = SessionRepository.find, list[str]()

        def go(*given: Any) -> object:
            if not removed_by:
                removed_by.append(removal)
                REMOVALS[removal](theirs)
            return real(*given)

        monkeypatch.setattr(SessionRepository, "find", go)
        assert ours.save_session("s", simple(1_000), KEY.session_id) == KEY.session_id
        assert removed_by
        assert ours.load(KEY) == simple(1_000)
        assert visits(ours) == 1_001


def test_saves_beside_deletes_are_there_or_refused(database_url: str) -> None:
    """Two stores at random moments: each acknowledged save counts, and is there."""
    chance = random.Random(1)
    with LearningStore.open(database_url) as ours, LearningStore.open(database_url) as theirs:
        saved = 0
        rounds = 60
        for number in range(rounds):
            key = SessionKey("s", SessionId(str(number)))
            theirs.save_session("s", simple(), key.session_id)
            deleting = threading.Thread(target=theirs.storage.delete, args=(key,))
            deleting.start()
            deleting.join(chance.uniform(0, 0.02))
            with suppress(SessionConflictError):
                ours.save_session("s", simple(1_000), key.session_id)
                saved += 1
                assert ours.storage.load(key) == simple(1_000)
            deleting.join()
        assert ours.load_scenario("s").action_stats["A"].visits == rounds + 1_000 * saved
        assert ours.verify_totals(deep=True) == []


@pytest.mark.parametrize("given", [None, SessionId("1")], ids=["generated", "given"])
@pytest.mark.parametrize("commits", [1, 2])
def test_a_lost_answer_and_a_prune_before_the_next_attempt_count_once(
    storage: SqlStorage, database_url: str, given: SessionId | None, commits: int
) -> None:
    """The attempt finds its own token among what was removed: it had saved the session."""
    storage.save_session("s", simple(), SessionId("0"))
    with SqlStorage(database_url) as other:
        prune = partial(LearningStore(other).prune, "s", keep_latest=0)
        with answers_lost(database_of(storage).engine, commits, then=prune) as lost:
            storage.save_session("s", simple(), given)
    assert len(lost) == commits
    assert visits(storage) == 2
    assert storage.verify_totals(deep=True) == []


def test_what_was_removed_is_forgotten_in_the_end(storage: SqlStorage) -> None:
    """After 30 days, a thousand at once: from then on the same content is a new session."""
    for number in range(2):
        storage.save_session("s", simple(), SessionId(str(number)))
    storage.delete_sessions("s", storage.list_sessions("s"))
    database_of(storage).write(make_old)
    assert kept(storage) == 2 + 2000
    storage.save_session("s", simple(), SessionId("1"))  # nothing has been forgotten yet
    assert visits(storage) == 2
    for left in (1003, 4, 3):
        storage.delete(KEY)
        storage.save_session("s", simple(left), KEY.session_id)
        assert kept(storage) == left
    before = visits(storage)
    storage.save_session("s", simple(), SessionId("0"))
    assert visits(storage) == before + 1
    assert storage.verify_totals(deep=True) == []


def make_old(session: Session) -> None:
    """Have all that was removed be removed a month earlier, with two thousand others."""
    removed = RemovedSession.table
    a_month = REPEATABLE_DAYS * 24 * 3600 * 1000 + 1
    session.execute(update(removed).values(removed_at_ms=removed.c.removed_at_ms - a_month))
    one = session.execute(select(removed)).mappings().first()
    assert one is not None
    others = [
        {**one, "session_row_id": 1000 + number, "session_id": f"old {number}"} for number in range(2000)
    ]
    session.execute(insert(removed), others)
