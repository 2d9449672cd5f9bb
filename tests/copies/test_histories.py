"""Copies repeated after whatever the source may have done: each is equal to the source again."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swarmstore import (
    CopyReport,
    GlobalKey,
    LearningStore,
    SessionConflictError,
    SessionId,
    SessionKey,
    StoreUnavailableError,
)
from swarmstore.db.doctor import diagnose
from swarmstore.db.operations import copy_store
from tests.copies.comparing import assert_equal
from tests.imports.two_sessions import make_store
from tests.snapshots import model, simple

pytestmark = pytest.mark.long

ACROSS = pytest.mark.parametrize(
    ("database_url", "another_database"), [("sqlite", "postgresql"), ("postgresql", "sqlite")], indirect=True
)
AnotherDatabase = Callable[[], contextlib.AbstractContextManager[str]]

SCENARIOS = ("s", "t")
IDS = ("1", "2", "1700000001")
names, ids, numbers = st.sampled_from(SCENARIOS), st.sampled_from(IDS), st.integers(1, 5)


def copy(source: LearningStore, target: LearningStore) -> CopyReport:
    """Copy, and compare every answer and row. A copy is used by whoever publishes in it."""
    list(source.changes())
    report = source.copy_to(target)
    assert_equal(source, target)
    return report


def save(store: LearningStore, scenario: str, session_id: str, number: int) -> None:
    with contextlib.suppress(SessionConflictError):
        store.save_session(scenario, simple(number), session_id)


def replace(store: LearningStore, scenario: str, session_id: str, number: int) -> None:
    store.storage.save(SessionKey(scenario, SessionId(session_id)), simple(number))


def delete(store: LearningStore, scenario: str, session_id: str, number: int) -> None:
    store.storage.delete(SessionKey(scenario, SessionId(session_id)))


def prune(store: LearningStore, scenario: str, session_id: str, number: int) -> None:
    store.prune(scenario, keep_latest=number - 1)


def follow(store: LearningStore, scenario: str, session_id: str, number: int) -> None:
    list(store.changes())


def save_total(store: LearningStore, scenario: str, session_id: str, number: int) -> None:
    store.save_scenario(scenario, simple(number))


def delete_total(store: LearningStore, scenario: str, session_id: str, number: int) -> None:
    store.storage.delete(GlobalKey())


def fold(store: LearningStore, scenario: str, session_id: str, number: int) -> None:
    store.fold()


def save_model(store: LearningStore, scenario: str, session_id: str, number: int) -> None:
    kept = model()
    kept.analyzed_sessions = number
    store.save_offline_model(scenario, kept)


STEPS = (save, save, save, replace, delete, prune, follow, save_total, delete_total, fold, save_model)
steps = st.tuples(st.sampled_from(STEPS), names, ids, numbers)
histories = st.lists(st.lists(steps, max_size=8), min_size=1, max_size=4)


@pytest.fixture
def store(database_url: str) -> Iterator[LearningStore]:
    with LearningStore.open(database_url, synchronous="off") as opened:
        yield opened


@pytest.mark.property
@settings(max_examples=max(4, settings().max_examples // 16))  # each copies a store a few times
@given(history=histories)
def test_a_copy_repeated_after_any_history_is_equal(
    store: LearningStore, another_database: AnotherDatabase, history: list[list[Any]]
) -> None:
    with another_database() as url, LearningStore.open(url, synchronous="off") as target:
        for part in history:
            for step, scenario, session_id, number in part:
                step(store, scenario, session_id, number)
            copy(store, target)


@ACROSS
def test_a_session_replaced_since_the_last_copy(
    store: LearningStore, another_database: AnotherDatabase
) -> None:
    """It has the same id, and another row; deleted and saved again, and pruned, likewise."""
    with another_database() as url, LearningStore.open(url) as target:
        save(store, "s", "1", 1)
        store.copy_to(target)
        for step in (replace, delete, save, prune, save):
            step(store, "s", "1", 3 if step is replace else 1)
            report = copy(store, target)
            assert report.added + report.unchanged == len(store.list_sessions("s"))


@ACROSS
def test_a_source_in_use_is_copied_and_the_last_copy_is_equal(
    store: LearningStore, another_database: AnotherDatabase
) -> None:
    """While one thread saves, replaces, prunes and follows."""
    done = threading.Event()
    failed = list[BaseException]()

    def use() -> None:
        number = 0
        while not done.is_set():
            number += 1
            for step in (save, replace, follow, delete, save, save_total):
                step(store, "s", IDS[number % 3], number % 7)

    def guarded() -> None:
        try:
            use()
        except BaseException as error:  # noqa: BLE001 - told to the test below
            failed.append(error)

    using = threading.Thread(target=guarded)
    with another_database() as url, LearningStore.open(url) as target:
        using.start()
        try:
            for _ in range(6):
                store.copy_to(target)
        finally:
            done.set()
            using.join()
        assert failed == []
        copy(store, target)


def test_a_source_that_went_back_to_a_backup_is_copied(
    store: LearningStore, another_database: AnotherDatabase
) -> None:
    """Row ids, scenarios' ids and positions are those of other sessions now."""
    with contextlib.ExitStack() as stack:
        targets = [
            stack.enter_context(LearningStore.open(stack.enter_context(another_database()))) for _ in range(2)
        ]
        save(store, "s", "1", 1)
        for target in targets:
            store.copy_to(target)  # the second one is the source as the backup has it
        going_on, restored = store, targets[1]
        for scenario in ("lost", "t"):
            for session_id in IDS:
                save(going_on, scenario, session_id, 2)
        copy(going_on, targets[0])
        for scenario in ("t", "gained"):
            for session_id in IDS:
                save(restored, scenario, session_id, 3)
        copy(restored, targets[0])


def test_an_import_is_copied(
    store: LearningStore, another_database: AnotherDatabase, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whose sessions are replaced by those of changed files."""
    folder = tmp_path_factory.mktemp("files")
    with another_database() as url, LearningStore.open(url) as target:
        for first in (1, 2):
            make_store(folder / str(first), first=first)
            store.import_store(folder / str(first), origin="the same")
            copy(store, target)


def test_a_copy_whose_source_has_forgotten_its_greatest_rows_can_be_used(
    store: LearningStore, another_database: AnotherDatabase
) -> None:
    """Only what is kept of removed sessions has their row ids: the copy gives out none of them again."""
    with another_database() as url, LearningStore.open(url) as target:
        for number in range(40):
            store.save_session("s", simple(number + 1))
        save_total(store, "s", "", 1)
        store.save_global(simple())
        store.prune("s", keep_latest=0)
        copy(store, target)
        for _ in range(3):
            target.save_session("s", simple())
        target.prune("s", keep_latest=0)
        assert target.verify_totals(deep=True) == []


def test_a_repeated_copy_that_is_interrupted_says_so_and_is_completed(
    store: LearningStore, another_database: AnotherDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when somebody follows the copy meanwhile, which is no use of it that a copy would undo."""
    with another_database() as url, LearningStore.open(url) as target:
        save(store, "s", "1", 1)
        copy(store, target)
        save(store, "s", "2", 1)
        monkeypatch.setattr(copy_store, "_finish", interrupted)
        with pytest.raises(StoreUnavailableError):
            store.copy_to(target)
        monkeypatch.undo()
        list(target.changes())
        assert "copy-unfinished" in [found.code for found in diagnose(url).findings]
        copy(store, target)
        assert "copy-unfinished" not in [found.code for found in diagnose(url).findings]


def interrupted(*_given: object, **_more: object) -> None:
    raise StoreUnavailableError("the connection was lost")
