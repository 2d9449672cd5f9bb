"""The order of followers: what an older swarmstore has damaged, and a backup that was restored."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from swarmstore import InvalidCursorError, LearningStore, SqlStorage
from swarmstore.db.doctor import diagnose
from swarmstore.db.migrations.runner import upgrade
from tests.cli.running import run
from tests.helpers.internals import database_of
from tests.snapshots import simple


def published(url: str, count: int) -> list[str]:
    """The cursors behind so many new sessions."""
    with LearningStore.open(url) as store:
        for _ in range(count):
            store.save_session("s", simple())
        return [change.cursor for change in store.changes()]


def forget_positions(url: str, last: int) -> None:
    """What publishing beside a prune once left behind: positions past the last one."""
    with SqlStorage(url) as storage:
        schema = "swarmstore." if database_of(storage).engine.dialect.name == "postgresql" else ""
        statement = text(f"UPDATE {schema}publication SET last_position = {last}")
        database_of(storage).write(lambda session: session.execute(statement))


def codes(url: str) -> list[str]:
    return [found.code for found in diagnose(url).findings if found.severity == "error"]


def test_positions_past_the_last_one_are_found_and_mended(database_url: str) -> None:
    cursors = published(database_url, 5)
    forget_positions(database_url, 3)
    assert codes(database_url) == ["feed-behind"]
    upgrade(database_url)
    assert codes(database_url) == []
    with LearningStore.open(database_url) as store:
        new = store.save_session("s", simple())
        assert [change.session_id for change in store.changes(cursors[-1])] == [new]


def test_positions_past_the_last_one_are_mended_by_whoever_publishes(database_url: str) -> None:
    cursors = published(database_url, 5)
    forget_positions(database_url, 3)
    with LearningStore.open(database_url) as store:
        new = store.save_session("s", simple())
        assert [change.session_id for change in store.changes(cursors[2])][2:] == [new]
    assert codes(database_url) == []


def test_cursors_from_before_a_restore_are_refused_by_hand(database_url: str) -> None:
    *_, cursor = published(database_url, 2)
    ended = run("doctor", "--restored", url=database_url)
    assert ended.returncode in {0, 3}, ended.stderr
    with LearningStore.open(database_url) as store:
        with pytest.raises(InvalidCursorError, match="start without a cursor"):
            store.changes(cursor)
        assert len(list(store.changes())) == 2
