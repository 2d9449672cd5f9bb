"""Importing folders of JSON files: twice, grown, several, torn."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from swarmstore import (
    Additive,
    ConfigurationError,
    FileSystemStorage,
    GlobalKey,
    InvalidValueError,
    LearningSnapshot,
    LearningStore,
    MemoryStorage,
    OfflineModel,
    OriginModeError,
    ScenarioKey,
    SessionId,
    SessionKey,
    SnapshotKey,
    TextTooLongError,
    merge_snapshots,
)
from swarmstore.contracts.imports import Outcome
from tests.imports.two_sessions import IDS, make_store
from tests.snapshots import full, model, simple


@pytest.fixture
def store(database_url: str) -> Iterator[LearningStore]:
    with LearningStore.open(database_url) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make_store(tmp_path / "one")
    return tmp_path / "one"


def visits(store: LearningStore, scenario: str = "s") -> int:
    return store.load_scenario(scenario).action_stats["A"].visits


def test_everything_is_imported(store: LearningStore, folder: Path) -> None:
    report = store.import_store(folder)
    assert (report.sessions, report.totals, report.models) == (
        {Outcome.ADDED: 2},
        {Outcome.ADDED: 2},
        {Outcome.ADDED: 1},
    )
    assert (report.problems, report.renamed, report.differences) == ([], [], [])
    files = FileSystemStorage(folder)
    keys: list[SnapshotKey] = [GlobalKey(), ScenarioKey("s")]
    for key in keys + [SessionKey("s", SessionId(text)) for text in IDS]:
        assert store.storage.load(key) == files.load(key)
    assert store.list_sessions("s") == list(IDS)
    assert store.load_offline_model("s") == model()


def test_a_second_import_changes_nothing(store: LearningStore, folder: Path) -> None:
    store.import_store(folder)
    before = [store.storage.load(key) for key in (GlobalKey(), ScenarioKey("s"))]
    store.save_offline_model("s", OfflineModel(updated_at=1))
    report = store.import_store(folder)
    assert (report.sessions, report.totals, report.models) == (
        {Outcome.UNCHANGED: 2},
        {Outcome.UNCHANGED: 2},
        {Outcome.UNCHANGED: 1},
    )
    assert [store.storage.load(key) for key in (GlobalKey(), ScenarioKey("s"))] == before
    assert store.list_sessions("s") == list(IDS)
    assert store.load_offline_model("s") == OfflineModel(updated_at=1)


def grow(folder: Path) -> None:
    FileSystemStorage(folder).save_session("s", simple(100), SessionId("1700000120"))


def test_a_grown_store_adds_what_is_new(store: LearningStore, folder: Path) -> None:
    store.import_store(folder)
    store.save_session("s", simple(1000), SessionId("1700000090"))
    assert visits(store) == 1011
    grow(folder)
    report = store.import_store(folder)
    assert report.sessions == {Outcome.UNCHANGED: 2, Outcome.ADDED: 1}
    assert report.totals == {Outcome.REPLACED: 2}
    assert visits(store) == 1111
    assert store.load_global().action_stats["A"].visits == 1111
    assert store.load_scenario("s").metadata.session_count == 4
    assert store.list_sessions("s") == ["1700000000", "1700000060", "1700000090", "1700000120"]


def test_a_copy_elsewhere_is_recognised_by_its_sessions(
    store: LearningStore, folder: Path, tmp_path: Path
) -> None:
    store.import_store(folder)
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    grow(copy)
    report = store.import_store(copy)
    assert report.origin == str(folder)
    assert report.sessions == {Outcome.UNCHANGED: 2, Outcome.ADDED: 1}
    assert visits(store) == 111


def test_a_copy_that_went_its_own_way_needs_a_name(
    store: LearningStore, folder: Path, tmp_path: Path
) -> None:
    store.import_store(folder)
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    FileSystemStorage(copy).save(SessionKey("s", SessionId(IDS[1])), simple(77))
    with pytest.raises(OriginModeError, match="--as"):
        store.import_store(copy)
    assert visits(store) == 11
    store.import_store(copy, origin="fork")
    assert visits(store) == 22


def test_the_newest_of_an_import_is_its_last_file_whichever_ids_were_taken(
    store: LearningStore, tmp_path: Path
) -> None:
    store.save_session("s", full(), IDS[0])
    files = FileSystemStorage(tmp_path / "one")
    files.save_session("s", simple(task="renamed"), SessionId(IDS[0]))
    files.save_session("s", simple(task="the last"), SessionId(IDS[1]))
    assert store.import_store(tmp_path / "one", totals="sessions").sessions[Outcome.RENAMED] == 1
    assert store.load_scenario("s").metadata.task_description == "the last"


def test_a_second_store_adds_up_and_its_taken_ids_get_free_microseconds(
    store: LearningStore, folder: Path, tmp_path: Path
) -> None:
    make_store(tmp_path / "two", first=1, second=500)
    store.import_store(folder, origin="one")
    report = store.import_store(tmp_path / "two", origin="two")
    # the first session is the same in both stores, the second is not
    assert report.sessions == {Outcome.UNCHANGED: 1, Outcome.RENAMED: 1}
    assert report.renamed == [("s", IDS[1], "1700000060.000001")]
    assert store.list_sessions("s") == [*IDS, "1700000060.000001"]
    assert store.load_session("s", "1700000060.000001") == simple(500)
    assert len(store.query_range("s", 1700000060, 1700000060)) == 2
    assert visits(store) == 11 + 501
    assert store.load_scenario("s").metadata.session_count == 4
    assert store.load_global().action_stats["A"].visits == 512
    again = store.import_store(tmp_path / "two", origin="two")
    assert again.sessions == {Outcome.UNCHANGED: 2}
    third = store.import_store(tmp_path / "two", origin="three")
    assert third.sessions == {Outcome.UNCHANGED: 2}
    assert (report.known_as, again.known_as, third.known_as) == (None, None, "two")
    assert third.needs_attention
    assert visits(store) == 512 + 501


def test_what_is_learned_afterwards_adds_to_imported_totals(store: LearningStore, folder: Path) -> None:
    store.import_store(folder)
    store.save_session("s", simple(1000))
    assert visits(store) == 1011
    store.fold()
    assert visits(store) == 1011
    assert store.import_store(folder).totals == {Outcome.UNCHANGED: 2}
    assert visits(store) == 1011


def test_a_total_saved_by_hand_stays_when_the_store_is_imported_again(
    store: LearningStore, folder: Path
) -> None:
    store.import_store(folder)
    store.save_scenario("s", simple(5))
    store.import_store(folder)
    assert store.load_scenario("s") == simple(5)


def test_totals_may_be_counted_from_sessions(store: LearningStore, folder: Path) -> None:
    total = json.loads((folder / "scenarios" / "s" / "stats.json").read_text())
    total["metadata"]["total_actions"] = 99
    total["episode_transitions"]["success_transitions"]["A:B"] = 1
    (folder / "scenarios" / "s" / "stats.json").write_text(json.dumps(total))
    report = store.import_store(folder, totals="sessions")
    assert report.sessions == {Outcome.ADDED: 2}
    assert [(d.total, d.number, d.in_file, d.in_sessions) for d in report.differences] == [
        ("s", "actions", 99, 6),
        ("s", "transitions", 1, 11),
    ]
    expected = merge_snapshots([simple(1), simple(10)], Additive())
    merged = store.load_scenario("s")
    merged.metadata.created_at = expected.metadata.created_at
    assert merged == expected
    assert visits(store) == store.load_global().action_stats["A"].visits == 11
    again = store.import_store(folder, totals="sessions")
    assert again.sessions == {Outcome.UNCHANGED: 2}
    assert again.differences == report.differences
    grow(folder)
    store.import_store(folder, totals="sessions")
    assert visits(store) == 111


@pytest.mark.parametrize(("first", "second"), [("files", "sessions"), ("sessions", "files")])
def test_one_store_is_not_counted_both_ways(
    store: LearningStore, folder: Path, first: str, second: str
) -> None:
    store.import_store(folder, totals=first)  # type: ignore[arg-type]
    with pytest.raises(OriginModeError, match=f"--totals {first}"):
        store.import_store(folder, totals=second)  # type: ignore[arg-type]
    assert visits(store) == 11


def test_torn_files_are_reported_and_stop_nothing(store: LearningStore, folder: Path) -> None:
    torn = folder / "scenarios" / "s" / "sessions" / IDS[0] / "stats.json"
    whole = {path: path.read_text() for path in (torn, folder / "global_stats.json")}
    for path, text in whole.items():
        path.write_text(text[:80])
    report = store.import_store(folder)
    assert [problem.path for problem in report.problems] == [str(path) for path in whole]
    assert all("JSON" in problem.reason for problem in report.problems)
    assert store.list_sessions("s") == [IDS[1]]
    assert visits(store) == 11
    assert store.storage.load(GlobalKey()) is None
    for path, text in whole.items():
        path.write_text(text)
    mended = store.import_store(folder)
    assert mended.problems == []
    assert mended.sessions == {Outcome.ADDED: 1, Outcome.UNCHANGED: 1}


def test_values_that_no_database_holds_are_reported(store: LearningStore, folder: Path) -> None:
    session = folder / "scenarios" / "s" / "sessions" / IDS[0] / "stats.json"
    data = json.loads(session.read_text())
    data["metadata"]["created_at"] = 2**64 - 1
    session.write_text(json.dumps(data))
    (problem,) = store.import_store(folder).problems
    assert problem.path == str(session)
    assert "metadata.created_at" in problem.reason
    assert store.list_sessions("s") == [IDS[1]]


def test_a_session_whose_file_changed_is_replaced(store: LearningStore, folder: Path) -> None:
    store.import_store(folder, totals="sessions")
    FileSystemStorage(folder).save(SessionKey("s", SessionId(IDS[0])), full())
    report = store.import_store(folder, totals="sessions")
    assert report.sessions == {Outcome.REPLACED: 1, Outcome.UNCHANGED: 1}
    assert store.load_session("s", IDS[0]) == full()
    assert visits(store) == 11


def test_a_changed_file_does_not_replace_what_another_store_shares(
    store: LearningStore, folder: Path, tmp_path: Path
) -> None:
    two = make_store(tmp_path / "two")
    store.import_store(folder, origin="one")
    assert store.import_store(tmp_path / "two", origin="two").sessions == {Outcome.UNCHANGED: 2}
    two.save(SessionKey("s", SessionId(IDS[0])), full())
    report = store.import_store(tmp_path / "two", origin="two")
    assert report.renamed == [("s", IDS[0], f"{IDS[0]}.000001")]
    assert store.load_session("s", IDS[0]) == simple(1)
    assert store.load_session("s", f"{IDS[0]}.000001") == full()


def test_a_newer_model_is_taken_and_an_older_one_is_not(store: LearningStore, folder: Path) -> None:
    store.save_offline_model("s", OfflineModel(updated_at=model().updated_at))
    assert store.import_store(folder).models == {Outcome.UNCHANGED: 1}
    newer = model()
    newer.updated_at += 1
    FileSystemStorage(folder).save_offline_model("s", newer)
    assert store.import_store(folder).models == {Outcome.REPLACED: 1}
    assert store.load_offline_model("s") == newer


def test_encoded_folder_names_are_the_scenarios_again(store: LearningStore, tmp_path: Path) -> None:
    files = FileSystemStorage(tmp_path / "odd")
    for scenario in ("a/b", "", "..", "日本語 シナリオ"):
        files.save_session(scenario, simple(), SessionId("a/b"))
    store.import_store(tmp_path / "odd")
    assert store.scenarios() == ["", "..", "a/b", "日本語 シナリオ"]
    assert store.list_sessions("..") == ["a/b"]


def test_progress_is_told_after_every_file(store: LearningStore, folder: Path) -> None:
    told: list[tuple[int, int]] = []
    store.import_store(folder, progress=lambda done, files: told.append((done, files)))
    assert told == [(number, 5) for number in range(1, 6)]


def test_a_folder_that_is_no_store_is_refused(store: LearningStore, tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "missing"):
        with pytest.raises(ConfigurationError, match="is not a store"):
            store.import_store(folder)
    make_store(tmp_path / "named")
    with pytest.raises(TextTooLongError, match="origin"):
        store.import_store(tmp_path / "named", origin="x" * 513)
    assert store.scenarios() == []


@pytest.mark.parametrize("totals", ["session", "", None, True])
def test_where_totals_come_from_is_one_of_two(store: LearningStore, folder: Path, totals: object) -> None:
    with pytest.raises(InvalidValueError, match="neither 'files' nor 'sessions'"):
        store.import_store(folder, totals=totals)  # type: ignore[arg-type]
    assert store.scenarios() == []


def test_only_databases_can_import(folder: Path) -> None:
    with pytest.raises(ConfigurationError, match="SQLite or PostgreSQL"):
        LearningStore(MemoryStorage()).import_store(folder)


def test_an_imported_session_can_be_deleted_and_is_imported_no_more(
    store: LearningStore, folder: Path
) -> None:
    store.import_store(folder)
    store.storage.delete(SessionKey("s", SessionId(IDS[0])))
    assert store.import_store(folder).sessions == {Outcome.UNCHANGED: 2}
    assert store.list_sessions("s") == [IDS[1]]
    assert visits(store) == 11


def test_the_shipped_store_is_whole(store: LearningStore) -> None:
    shipped = Path(__file__).parents[2] / "examples" / "store"
    report = store.import_store(shipped)
    assert report.problems == []
    assert report.sessions.total() == 120
    scenarios = [LearningSnapshot.load_json(path) for path in sorted(shipped.glob("scenarios/*/stats.json"))]
    total = store.load_global()
    assert total.metadata.session_count == sum(s.metadata.session_count for s in scenarios)
    assert total.action_stats == merge_snapshots(scenarios, Additive()).action_stats
