"""Exports: equal after an import, unchanged when repeated, and nobody else's files touched."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from swarmstore import (
    ConfigurationError,
    FileSystemStorage,
    LearningBackend,
    LearningStore,
    MemoryStorage,
    ScenarioKey,
    SessionId,
    SessionKey,
)
from swarmstore.contracts.imports import Outcome
from swarmstore.model.limits import MAX_TOTAL
from tests.helpers.store_contents import content, files, fill
from tests.snapshots import full, model, simple


@pytest.fixture
def store(database_url: str) -> Iterator[LearningStore]:
    with LearningStore.open(database_url) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "export"


@pytest.fixture
def other(tmp_path: Path) -> Iterator[LearningStore]:
    """Another, empty store."""
    with LearningStore.open(f"sqlite:///{tmp_path / 'other.db'}") as opened:
        yield opened


def visits(store: LearningStore, scenario: str = "s") -> int:
    return store.load_scenario(scenario).action_stats["A"].visits


def sessions_in(folder: Path, scenario: str = "s") -> list[str]:
    return sorted(path.name for path in (folder / "scenarios" / scenario / "sessions").iterdir())


def test_an_export_is_imported_as_an_equal_store(
    store: LearningStore, folder: Path, other: LearningStore
) -> None:
    fill(store)
    report = store.export_store(folder)
    assert report.problems == []
    imported = other.import_store(folder)
    assert (imported.problems, imported.renamed, imported.from_here) == ([], [], False)
    assert content(other) == content(store)
    other.import_store(folder)
    assert content(other) == content(store)


@pytest.mark.parametrize("kind", ["memory", "files"])
def test_other_backends_are_exported_too(
    kind: str, tmp_path: Path, folder: Path, other: LearningStore
) -> None:
    backend: LearningBackend = MemoryStorage() if kind == "memory" else FileSystemStorage(tmp_path / "files")
    store = LearningStore(backend)
    store.save_session("a/b", full(), "abc")
    store.save_session("a/b", simple())
    store.save_offline_model("t", model())
    store.export_store(folder)
    other.import_store(folder)
    assert content(other) == content(store)
    with pytest.raises(ConfigurationError, match="another store"):
        other.export_store(folder)


def test_a_second_export_writes_nothing(store: LearningStore, folder: Path) -> None:
    fill(store)
    first = store.export_store(folder)
    before = files(folder)
    second = store.export_store(folder)
    assert files(folder) == before
    assert set(second.sessions) == set(second.totals) == set(second.models) == {Outcome.UNCHANGED}
    assert second.sessions.total() == first.sessions[Outcome.ADDED]
    assert second.removed == 0


def test_a_grown_store_adds_what_is_new_and_removed_sessions_go(
    store: LearningStore, folder: Path, other: LearningStore
) -> None:
    for session_id in ("1700000000.000001", "1700000000.000002", "1700000030"):
        store.save_session("s", simple(), session_id)
        store.save_session("t", full(), session_id)
    store.export_store(folder)
    before = files(folder)
    store.storage.delete(SessionKey("s", SessionId("1700000000.000002")))
    for session_id in store.list_sessions("t"):
        store.storage.delete(SessionKey("t", session_id))
    store.storage.delete(ScenarioKey("t"))
    store.save_session("s", simple(9), "1700000060")
    report = store.export_store(folder)
    assert (report.removed, report.sessions[Outcome.ADDED]) == (4, 1)
    assert not (folder / "scenarios" / "t").exists()
    kept = "scenarios/s/sessions/1700000000/stats.json"
    assert files(folder)[kept] == before[kept]
    other.import_store(folder)
    assert content(other) == content(store)


def test_a_replaced_session_is_written_anew(store: LearningStore, folder: Path, other: LearningStore) -> None:
    store.save_session("s", full(), "abc")
    store.export_store(folder)
    store.storage.save(SessionKey("s", SessionId("abc")), simple())
    assert store.export_store(folder).sessions == {Outcome.ADDED: 1}  # created at another time
    store.storage.save(SessionKey("s", SessionId("abc")), simple(2))
    assert store.export_store(folder).sessions == {Outcome.REPLACED: 1}
    assert sessions_in(folder) == ["1700000000"]
    other.import_store(folder)
    assert content(other) == content(store)


def test_a_folder_with_anything_else_is_refused(store: LearningStore, folder: Path) -> None:
    store.save_session("s", simple())
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(ConfigurationError, match="not empty"):
        store.export_store(folder)
    assert [path.name for path in folder.iterdir()] == ["notes.txt"]


def test_what_an_engine_added_is_not_lost(store: LearningStore, folder: Path) -> None:
    store.save_session("s", simple(1), "1700000000")
    store.export_store(folder)
    engine = FileSystemStorage(folder)
    engine.save_session("s", simple(10), SessionId("1800000000"))
    engine.save_session("new", simple(100), SessionId("1800000000"))
    before = files(folder)
    with pytest.raises(ConfigurationError, match=r"scenarios/\w+/sessions/1800000000.*import it first"):
        store.export_store(folder)
    assert files(folder) == before
    report = store.import_store(folder)
    assert report.from_here
    assert report.sessions == {Outcome.UNCHANGED: 1, Outcome.ADDED: 2}
    assert (visits(store), visits(store, "new")) == (11, 100)
    assert store.load_global().action_stats["A"].visits == 111
    assert store.export_store(folder).sessions == {Outcome.UNCHANGED: 3}
    assert store.import_store(folder).sessions == {Outcome.UNCHANGED: 3}
    assert store.load_global().action_stats["A"].visits == 111


def test_a_newer_model_there_is_not_lost(store: LearningStore, folder: Path) -> None:
    store.save_offline_model("s", model())
    store.export_store(folder)
    newer = model()
    newer.updated_at += 1
    FileSystemStorage(folder).save_offline_model("s", newer)
    with pytest.raises(ConfigurationError, match=r"scenarios/s/offline_model\.json"):
        store.export_store(folder)
    assert store.import_store(folder).models == {Outcome.REPLACED: 1}
    store.export_store(folder)
    assert store.load_offline_model("s") == newer


def test_its_own_export_brings_sessions_back_and_counts_nothing_twice(
    store: LearningStore, folder: Path
) -> None:
    fill(store)
    before = content(store)
    store.export_store(folder)
    assert store.import_store(folder).sessions.keys() == {Outcome.UNCHANGED}
    assert content(store) == before
    store.storage.delete(SessionKey("a/b", SessionId("1700000000.000001")))
    moved = folder.with_name("moved")
    shutil.move(folder, moved)
    assert store.import_store(moved, origin="a backup").sessions[Outcome.ADDED] == 1
    assert content(store) == before


def test_an_empty_copy_of_the_database_takes_everything(
    another_database: Callable[[], AbstractContextManager[str]], folder: Path
) -> None:
    with another_database() as url, LearningStore.open(url) as store:
        fill(store)
        before = content(store)
        store.export_store(folder)
        for scenario in store.scenarios():
            ids = store.list_sessions(scenario)
            store.storage.delete_sessions(scenario, ids)
            store.storage.delete(ScenarioKey(scenario))
        assert store.load_global().metadata.session_count > 0
        assert store.import_store(folder).from_here
    with another_database() as url, LearningStore.open(url) as copy:
        for _ in range(2):
            assert not copy.import_store(folder).from_here
            assert content(copy) == before


def test_counts_of_an_engine_join_what_only_the_sidecar_has(
    store: LearningStore, folder: Path, other: LearningStore
) -> None:
    session = full()
    session.episode_transitions.success_transitions = {("a:b", "c"): 3, ("A", "B"): 2**32}
    store.save_session("s", session, "1700000000")
    store.export_store(folder)
    path = folder / "scenarios" / "s" / "stats.json"
    read = FileSystemStorage(folder).load(ScenarioKey("s"))
    assert read is not None
    assert read.episode_transitions.success_transitions == {("A", "B"): 2**32 - 1}
    assert read.contextual_stats == {}
    read.episode_transitions.success_transitions = {("A", "B"): 7}
    read.save_json(path)
    other.import_store(folder)
    total = other.load_scenario("s")
    assert total.episode_transitions.success_transitions == {("a:b", "c"): 3, ("A", "B"): 7}
    assert total.contextual_stats == session.contextual_stats
    assert other.load_session("s", "1700000000") == session


def test_a_torn_sidecar_is_reported_and_not_left_out(
    store: LearningStore, folder: Path, other: LearningStore
) -> None:
    for scenario in ("s", "t"):
        store.save_session(scenario, full(), "1700000000")
        store.save_session(scenario, full(), "1700000000.000001")
    store.export_store(folder)
    torn = folder / "scenarios" / "s" / "sessions" / "1700000000"
    (torn / "stats.swarmstore.json").write_text("{")
    index = folder / "scenarios" / "t" / "scenario.swarmstore.json"
    index.write_text(index.read_text().replace('"format": 1', '"format": 2'))
    problems = other.import_store(folder).problems
    assert [problem.path for problem in problems] == [str(torn / "stats.json"), str(index)]
    assert "sidecar" in problems[0].reason
    assert "newer swarmstore" in problems[1].reason
    assert other.scenarios() == ["s"]
    assert other.list_sessions("s") == ["1700000000.000001"]


def test_a_total_that_cannot_be_read_stops_nothing(store: LearningStore, folder: Path) -> None:
    store.save_scenario("s", simple(MAX_TOTAL))
    store.save_session("s", simple(), "1700000000")
    store.save_session("t", simple(), "1700000000")
    report = store.export_store(folder)
    assert [problem.key for problem in report.problems] == ["scenario:s"]
    assert report.sessions == {Outcome.ADDED: 2}
    assert sessions_in(folder) == ["1700000000"]


def test_a_prior_that_was_saved_again_is_reported(
    store: LearningStore, folder: Path, other: LearningStore
) -> None:
    for number in range(3):
        store.save_session("s", simple(number + 1), f"170000000{number}")
    prior = store.load_scenario("s")
    prior.contextual_stats, prior.selection_performance = {}, simple().selection_performance
    store.save_session("s", prior, "1700000060")
    store.save_session("s", simple(4), "1700000061")
    assert store.export_store(folder).repeated == [("s", "1700000060")]
    assert other.import_store(folder).repeated == [("s", "1700000060")]
    assert other.import_store(folder).repeated == [("s", "1700000060")]


def test_an_export_that_was_killed_is_completed(store: LearningStore, folder: Path) -> None:
    fill(store)
    store.export_store(folder)
    whole = {path: found[0] for path, found in files(folder).items()}
    session = folder / "scenarios" / "s" / "sessions" / "1700000000"
    (session / "stats.json").rename(session / ".0123456789abcdef.json.tmp")
    shutil.rmtree(folder / "scenarios" / "a%2Fb")
    (folder / "global_stats.json").unlink()
    store.export_store(folder)
    assert {path: found[0] for path, found in files(folder).items()} == whole


def test_progress_is_told_to_the_end(store: LearningStore, folder: Path) -> None:
    store.save_session("s", simple())
    store.save_session("t", simple())
    told: list[tuple[int, int]] = []
    store.export_store(folder, progress=lambda done, todo: told.append((done, todo)))
    assert told == [(number, 5) for number in range(1, 6)]
