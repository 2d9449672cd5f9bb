"""Copies of a store in another database, in every direction between the two kinds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Any

import pytest
from hypothesis import given, settings
from sqlalchemy import func, select, text

from swarmstore import (
    Additive,
    ConfigurationError,
    LearningSnapshot,
    LearningStore,
    MemoryStorage,
    OfflineModel,
    SessionId,
    SessionKey,
    StoreUnavailableError,
)
from swarmstore.conformance.any_snapshots import models, snapshots
from swarmstore.db.operations import copy_store
from swarmstore.db.schema.sessions import ActionSequence
from tests.copies.comparing import assert_equal, change, of_its_own, row_ids, rows, sql
from tests.helpers.internals import database_of, saver_of
from tests.helpers.one_session import import_one_session
from tests.helpers.shipped import SHIPPED
from tests.helpers.store_contents import content, fill
from tests.snapshots import full, model, simple

AnotherDatabase = Callable[[], AbstractContextManager[str]]
KINDS, DIRECTIONS = ("database_url", "another_database"), [("sqlite", "postgresql"), ("postgresql", "sqlite")]
WITHIN = [pytest.param(kind, kind, marks=pytest.mark.long) for kind in ("sqlite", "postgresql")]
ACROSS = pytest.mark.parametrize(KINDS, DIRECTIONS, indirect=True)


@pytest.fixture
def store(database_url: str) -> Iterator[LearningStore]:
    with LearningStore.open(database_url, fold_at=4) as opened:
        yield opened


@pytest.fixture
def target(another_database: AnotherDatabase) -> Iterator[LearningStore]:
    with another_database() as url, LearningStore.open(url) as opened:
        of_its_own(opened)
        yield opened


def test_a_copy_is_equal_and_goes_on_as_the_same_store(store: LearningStore, target: LearningStore) -> None:
    """Cursors stay good, files imported before are known, ids that were given out stay given out."""
    store.import_store(SHIPPED, origin="shipped")
    fill(store)
    *_, last = store.changes()
    store.save_session("s", simple(), "gone")
    store.storage.delete(SessionKey("s", SessionId("gone")))
    report = store.copy_to(target)
    sessions = sum(len(store.list_sessions(scenario)) for scenario in store.scenarios())
    assert (report.scenarios, report.added, report.unchanged, report.removed) == (
        len(store.scenarios()),
        sessions,
        0,
        0,
    )
    assert_equal(store, target)
    for both in (store, target):
        assert list(both.changes(last.cursor)) == []
        assert both.import_store(SHIPPED, origin="shipped").sessions == {"unchanged": 120}
        both.save_session("s", simple(), "1800000000")
        assert [change.session_id for change in both.changes(last.cursor)] == ["1800000000"]
    assert target.load_scenario("s").metadata.task_description is None  # the newest session's, also there
    assert _merged(target) == _merged(store)


def _merged(store: LearningStore) -> LearningSnapshot:
    merged = store.merge_sessions("s", Additive())
    merged.metadata.created_at = 0  # when it was merged
    return merged


@pytest.mark.parametrize(KINDS, [*DIRECTIONS, *WITHIN], indirect=True)
def test_a_repeated_copy_brings_what_has_changed(store: LearningStore, target: LearningStore) -> None:
    fill(store)
    list(store.changes())  # published there, not by who follows the copy
    store.copy_to(target)
    again = store.copy_to(target)
    assert (again.added, again.removed) == (0, 0)
    assert_equal(store, target)
    before = row_ids(store)
    change(store, "an action unknown so far")
    list(store.changes())
    told: list[tuple[int, int]] = []
    report = store.copy_to(target, progress=lambda done, total: told.append((done, total)))
    left, now = before & row_ids(store), row_ids(store)
    assert (report.added, report.unchanged, report.removed) == (
        len(now - left),
        len(left),
        len(before - left),
    )
    assert told[-1] == (report.added + report.unchanged,) * 2
    assert_equal(store, target)


@ACROSS
def test_a_copy_of_a_copy_and_back_into_an_empty_one(
    store: LearningStore, target: LearningStore, another_database: AnotherDatabase
) -> None:
    """A copy is a store like any other."""
    fill(store)
    store.copy_to(target)
    target.save_session("s", simple(3))
    with another_database() as url, LearningStore.open(url) as third:
        of_its_own(third)
        target.copy_to(third)
        target.save_session("s", simple(4))
        target.copy_to(third)
        assert_equal(target, third)


@ACROSS
@pytest.mark.property
@settings(max_examples=min(settings().max_examples, 40))  # each fills two databases
@given(session=snapshots(), offline=models())
def test_whatever_a_store_holds_is_copied(
    store: LearningStore, target: LearningStore, session: LearningSnapshot, offline: OfflineModel
) -> None:
    """One copy, brought up to date after each save."""
    session_id = store.save_session("s", session)
    store.save_offline_model("s", offline)
    store.copy_to(target)
    assert target.load_session("s", session_id) == session
    assert target.load_offline_model("s") == offline
    assert target.list_sessions("s") == store.list_sessions("s")


def _save(store: LearningStore) -> None:
    store.save_session("s", simple(2))


def _save_total(store: LearningStore) -> None:
    store.save_scenario("only a total", simple())


def _save_model(store: LearningStore) -> None:
    store.save_offline_model("s", model())


def _edit_model(store: LearningStore) -> None:
    edited = store.load_offline_model("s")
    edited.action_order = model().action_order
    store.save_offline_model("s", edited)


def _import(store: LearningStore) -> None:
    import_one_session(store)


def _prune(store: LearningStore) -> None:
    store.prune("s", keep_latest=1)


@ACROSS
@pytest.mark.parametrize("use", [_save, _save_total, _save_model, _edit_model, _import, _prune])
def test_what_somebody_put_into_a_target_is_never_lost(
    store: LearningStore, target: LearningStore, use: Callable[[LearningStore], None]
) -> None:
    """Before a copy and after it, the next one is refused, and nothing is changed."""
    store.save_session("s", simple())
    store.save_session("s", simple())
    store.run_offline_learning("s", 2)
    store.copy_to(target)
    use(target)
    before = content(target)
    store.save_session("s", simple())
    with pytest.raises(ConfigurationError, match="a store of its own now; copy into an empty database"):
        store.copy_to(target)
    assert content(target) == before


@ACROSS
@pytest.mark.parametrize("use", [_save, _save_total, _save_model, _import])
def test_a_target_that_holds_something_is_refused(
    store: LearningStore, target: LearningStore, use: Callable[[LearningStore], None]
) -> None:
    use(target)
    before = rows(target)
    with pytest.raises(ConfigurationError, match="has something in it; copy into an empty database"):
        store.copy_to(target)
    assert rows(target) == before


@ACROSS
def test_a_session_saved_into_half_a_copy_is_not_overwritten(
    store: LearningStore, target: LearningStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its row id and its scenario's are ones that the copy does not need."""
    for _ in range(3):
        store.save_session("s", simple())
    _interrupt(monkeypatch, "_finish")
    with pytest.raises(StoreUnavailableError):
        store.copy_to(target)
    monkeypatch.undo()
    target.save_session("mine", full(), "1")
    with pytest.raises(ConfigurationError, match="written to"):
        store.copy_to(target)
    assert target.load_session("mine", "1") == full()
    assert target.list_sessions("mine") == ["1"]


def _copy(source: LearningStore, target: LearningStore, *, batch: int, page: int = 1000) -> None:
    """As `source.copy_to`, fewer at once."""
    both = database_of(source.storage), database_of(target.storage)
    copy_store.copy_database(*both, page=page, batch=batch)


def _interrupt(monkeypatch: pytest.MonkeyPatch, step: str, after: int = 0) -> None:
    """Fail at this step of a copy when it was done so many times."""
    real, done = getattr(copy_store, step), [0]

    def failing(*given: Any, **more: Any) -> Any:
        if done[0] == after:
            raise StoreUnavailableError("the connection was lost")
        done[0] += 1
        return real(*given, **more)

    monkeypatch.setattr(copy_store, step, failing)


@pytest.mark.long
@ACROSS
@pytest.mark.parametrize(
    ("step", "after"), [("_copy_names", 0), ("_copy_sessions", 0), ("_copy_sessions", 2), ("_finish", 0)]
)
def test_an_interrupted_copy_has_no_totals_and_is_completed(
    store: LearningStore, target: LearningStore, monkeypatch: pytest.MonkeyPatch, step: str, after: int
) -> None:
    """Also when the source has changed meanwhile."""
    fill(store)
    _interrupt(monkeypatch, step, after)
    with pytest.raises(StoreUnavailableError):
        _copy(store, target, batch=5)
    so_far, all_of_it = content(target), content(store)
    assert all(key.startswith("session:") and all_of_it[key] == text for key, text in so_far.items())
    with pytest.raises(ConfigurationError, match="itself a copy that was interrupted"):
        target.copy_to(store)
    assert target.verify_totals(deep=True) == []
    monkeypatch.undo()
    change(store)
    store.copy_to(target)
    assert_equal(store, target)


@ACROSS
def test_what_the_source_gets_meanwhile_belongs_to_the_copy(
    store: LearningStore, target: LearningStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A source in use: the copy is what it is at the end, and its actions are known."""
    fill(store)
    real = copy_store._copy_sessions

    def meanwhile(*given: Any, **more: Any) -> int:
        removed: int = real(*given, **more)
        change(store, "an action unknown so far")
        return removed

    monkeypatch.setattr(copy_store, "_copy_sessions", meanwhile)
    store.copy_to(target)
    assert_equal(store, target)


@pytest.mark.long
@ACROSS
def test_copies_at_once_do_the_work_of_one(
    database_url: str, store: LearningStore, target: LearningStore
) -> None:
    """Each as a process of its own would, from the beginning and when there is little left to do."""
    to_url = database_of(sql(target)).url.render_as_string(hide_password=False)

    def copy(_: int) -> None:
        with LearningStore.open(database_url) as ours, LearningStore.open(to_url) as theirs:
            _copy(ours, theirs, batch=2)

    fill(store)
    list(store.changes())
    for _ in range(2):
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(copy, range(3)))
        assert_equal(store, target)
        store.save_session("s", simple())
        list(store.changes())
        store.copy_to(target)


@pytest.mark.long
@ACROSS
def test_pages_and_batches_have_no_seams(store: LearningStore, target: LearningStore) -> None:
    for number in range(9):
        store.save_session("s", full(), str(number))
        if number in {0, 3, 6}:
            _copy(store, target, page=3, batch=2)
    change(store)
    _copy(store, target, page=3, batch=2)
    assert_equal(store, target)


def test_a_store_is_no_copy_of_itself(store: LearningStore) -> None:
    store.save_session("s", simple())
    with pytest.raises(ConfigurationError, match="this store itself"):
        store.copy_to(store)


def test_only_databases_are_copied(store: LearningStore) -> None:
    memory = LearningStore(MemoryStorage())
    for source, into in ((memory, store), (store, memory)):
        with pytest.raises(ConfigurationError, match="export this store instead"):
            source.copy_to(into)


@ACROSS
def test_names_that_failed_saves_left_are_kept(store: LearningStore, target: LearningStore) -> None:
    """A process may remember them, and save sessions with them later."""
    left = full()
    left.action_stats["left behind"] = left.action_stats["A"]
    saver_of(sql(target)).rows_of(left)
    store.save_session("s", simple())
    store.copy_to(target)
    target.save_session("s", left)
    assert target.load_session("s", target.list_sessions("s")[-1]) == left
    assert target.verify_totals(deep=True) == []


@ACROSS
def test_newer_tables_are_left_to_newer_code(store: LearningStore, target: LearningStore) -> None:
    """Columns that this code does not know would be lost."""
    table = "swarmstore.swarmstore_version" if "postgresql" in repr(target) else "swarmstore_version"
    newer = text(f"UPDATE {table} SET version_num = '9999'")
    database_of(sql(target)).write(lambda session: session.execute(newer))
    with pytest.raises(ConfigurationError, match="newer swarmstore"):
        store.copy_to(target)
    counted = select(func.count()).select_from(ActionSequence)
    assert database_of(sql(target)).read(lambda session: session.scalar(counted)) == 0
