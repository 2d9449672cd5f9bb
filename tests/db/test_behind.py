"""Folds in a thread of the store's own: no save waits for one, and nothing is lost with one."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import event

from swarmstore import GlobalKey, ScenarioKey, Settings, SqlStorage
from swarmstore.db.connection.side_threads import Behind
from tests.db.folds import contributors
from tests.helpers.internals import database_of
from tests.snapshots import simple

FOLD_AT = 4


@pytest.fixture
def storage(migrated_postgres_url: str) -> Iterator[SqlStorage]:
    with SqlStorage(migrated_postgres_url, Settings(fold_at=FOLD_AT)) as opened:
        yield opened


def assert_true(value: bool) -> None:
    assert value


class HeldFold:
    """Holds folds before they add anything."""

    def __init__(self, storage: SqlStorage) -> None:
        self.begun, self.go = threading.Event(), threading.Event()
        event.listen(database_of(storage).engine, "before_cursor_execute", self._statement)

    def _statement(self, _conn: object, _cursor: object, text: str, *_rest: object) -> None:
        if "INSERT INTO" in text and ".rollup_transitions" in text:
            self.begun.set()
            assert self.go.wait(20)


def test_a_save_does_not_wait_for_a_fold_and_closing_does(
    storage: SqlStorage, migrated_postgres_url: str
) -> None:
    fold = HeldFold(storage)
    for number in range(FOLD_AT):
        storage.save_session("s", simple(number))
    assert fold.begun.wait(20)
    for number in range(2 * FOLD_AT):  # more would be due, and are left to the next save
        storage.save_session("s", simple(number))
    assert contributors(storage) == [0, 0]
    total = storage.load(ScenarioKey("s"))
    assert total is not None
    assert total.metadata.session_count == 3 * FOLD_AT
    closing = threading.Thread(target=storage.close)
    closing.start()
    closing.join(0.2)
    assert closing.is_alive()
    fold.go.set()
    closing.join(20)
    with SqlStorage(migrated_postgres_url, Settings(fold_at=FOLD_AT)) as again:
        assert contributors(again) == [0, FOLD_AT]
        again.save_session("s", simple())
        again.close()
    with SqlStorage(migrated_postgres_url) as after:
        assert contributors(after) in ([0, 3 * FOLD_AT + 1], [0, FOLD_AT])
        assert after.verify_totals(deep=True) == []


def test_folds_within_saves_where_they_should_be(migrated_postgres_url: str) -> None:
    with SqlStorage(migrated_postgres_url, Settings(fold_at=FOLD_AT, fold_in_background=False)) as storage:
        for number in range(FOLD_AT):
            storage.save_session("s", simple(number))
        assert contributors(storage) == [0, FOLD_AT]


def test_many_threads_that_save_and_fold_lose_nothing(storage: SqlStorage) -> None:
    threads = [
        threading.Thread(target=lambda: [storage.save_session("s", simple()) for _ in range(20)])
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for key in (GlobalKey(), ScenarioKey("s")):
        total = storage.load(key)
        assert total is not None
        assert total.metadata.session_count == 80
    assert storage.verify_totals(deep=True) == []


def test_a_call_that_comes_while_another_runs_is_left_out() -> None:
    behind, called = Behind(), list[str]()
    begun, go = threading.Event(), threading.Event()

    def first() -> None:
        called.append("first")
        begun.set()
        assert go.wait(20)

    behind.run(first)
    assert begun.wait(20)
    behind.run(lambda: called.append("second"))
    go.set()
    behind.finish()
    behind.run(lambda: called.append("third"))
    behind.finish()
    behind.finish()
    assert called == ["first", "third"]


def test_a_call_that_raises_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    behind = Behind()
    behind.run(lambda: assert_true(False))
    behind.finish()
    assert "work behind a save failed" in caplog.text
    assert "AssertionError" in caplog.text


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # that it has threads is what it is about
def test_a_child_has_a_thread_of_its_own() -> None:
    """Whatever its parent's was doing when it forked."""
    behind = Behind()
    go = threading.Event()
    behind.run(lambda: assert_true(go.wait(20)))
    child = os.fork()
    if child == 0:
        called = list[int]()
        behind.finish()
        behind.run(lambda: called.append(1))
        behind.finish()
        os._exit(0 if called == [1] else 1)
    assert os.waitpid(child, 0)[1] == 0
    go.set()
    behind.finish()


def test_nothing_begins_when_threads_cannot(monkeypatch: pytest.MonkeyPatch) -> None:
    """As when a program saves while its interpreter ends."""

    def refused(*_arguments: object) -> None:
        raise RuntimeError("cannot schedule new futures after interpreter shutdown")

    monkeypatch.setattr("concurrent.futures.ThreadPoolExecutor.submit", refused)
    Behind().run(lambda: None)
