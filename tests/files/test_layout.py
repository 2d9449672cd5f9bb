"""Walking upstream's folder, and staying inside of ours."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from swarmstore import (
    AmbiguousNameError,
    ConfigurationError,
    FileSystemStorage,
    LearningStore,
    ScenarioKey,
    SessionId,
    SessionKey,
    SnapshotFormatError,
    TextTooLongError,
)
from swarmstore.files.layout import FileKind, walk_store
from tests.golden.cases import as_data, read
from tests.snapshots import any_named, full, simple

IRREGULAR = Path(__file__).parents[1] / "golden" / "stores" / "04-irregular" / "store"


def test_the_walk_is_in_a_fixed_order() -> None:
    files = list(walk_store(IRREGULAR))
    assert [(file.kind, file.scenario, str(file.session_id)) for file in files] == [
        (FileKind.MODEL, "model-only", ""),
        *[
            (FileKind.SESSION, "unequal-ids", session_id)
            for session_id in (
                "+7",
                "0000000005",
                "1000000000",
                "10000000000",
                "1700000000",
                "999999999",
                "abc",
            )
        ],
        (FileKind.SCENARIO, "unequal-ids", ""),
        (FileKind.SESSION, "日本語 シナリオ", "1700000000"),
        (FileKind.SESSION, "日本語 シナリオ", "1700000060"),
        (FileKind.SCENARIO, "日本語 シナリオ", ""),
        (FileKind.GLOBAL, "", ""),
    ]
    assert files[1].relative == "scenarios/unequal-ids/sessions/+7/stats.json"


def test_links_are_not_followed_and_odd_names_are_reported(tmp_path: Path) -> None:
    sessions = tmp_path / "scenarios" / "s" / "sessions"
    sessions.mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    full().save_json(tmp_path / "elsewhere" / "stats.json")
    (sessions / "linked").symlink_to(tmp_path / "elsewhere")
    (sessions / "file").write_text("")
    (sessions / os.fsdecode(b"\xff")).mkdir()
    link, reported = walk_store(tmp_path)
    assert (link.path, link.problem) == (sessions / "linked", "it is a link, which is not followed")
    assert reported.problem is not None
    assert "UTF-8" in reported.problem


def test_no_store_has_no_files(tmp_path: Path) -> None:
    assert list(walk_store(tmp_path)) == []


def test_a_real_upstream_store_is_read_as_it_is() -> None:
    store = LearningStore(FileSystemStorage(IRREGULAR.parents[1] / "01" / "store"))
    for scenario in store.scenarios():
        folder = IRREGULAR.parents[1] / "01" / "store" / "scenarios" / scenario
        assert as_data(store.load_scenario(scenario)) == read(folder / "stats.json")
        assert len(store.list_sessions(scenario)) == len(list((folder / "sessions").iterdir()))


def test_what_is_written_is_upstreams_layout(tmp_path: Path) -> None:
    storage = FileSystemStorage(tmp_path)
    session_id = storage.save_session("s", full())
    folder = tmp_path / "scenarios" / "s" / "sessions" / session_id
    assert read(folder / "stats.json") == as_data(full())
    assert read(folder / "meta.json") == as_data(full())["metadata"]
    assert read(tmp_path / "global_stats.json") == as_data(full())
    assert read(tmp_path / "scenarios" / "s" / "stats.json") == as_data(full())


def test_nothing_is_written_outside_of_the_folder(tmp_path: Path) -> None:
    storage = FileSystemStorage(tmp_path / "inside")
    for scenario in ("../../x", str(tmp_path / "outside"), "..", "a/../../b"):
        storage.save_session(scenario, simple())
    assert [entry.name for entry in tmp_path.iterdir()] == ["inside"]


def test_nothing_is_written_to_folders_that_a_name_points_at(tmp_path: Path) -> None:
    storage = FileSystemStorage(tmp_path / "inside")
    storage.save_session("s", simple())
    outside = tmp_path / "outside"
    outside.mkdir()
    pointing = ["../../outside", "../..", str(outside), "s/sessions", "s/"]
    for number, scenario in enumerate(pointing):
        storage.save(ScenarioKey(scenario), simple(number))
        storage.save_session(scenario, simple(number), SessionId("../../../outside"))
    assert storage.scenarios() == sorted(["s", *pointing])
    assert list(outside.iterdir()) == []
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["inside", "outside"]
    assert len(storage.list_sessions("s")) == 1
    assert storage.load(ScenarioKey("s")) == simple()


def test_a_torn_file_is_named(tmp_path: Path) -> None:
    storage = FileSystemStorage(tmp_path)
    storage.save(ScenarioKey("s"), simple())
    torn = tmp_path / "scenarios" / "s" / "stats.json"
    torn.write_text(torn.read_text()[:50])
    with pytest.raises(SnapshotFormatError, match=str(torn)):
        storage.load(ScenarioKey("s"))
    with pytest.raises(SnapshotFormatError, match=str(torn)):
        storage.save_session("s", simple())
    assert storage.list_sessions("s") == []


def test_links_to_sessions_are_not_followed(tmp_path: Path) -> None:
    storage = FileSystemStorage(tmp_path)
    storage.save_session("s", simple())
    (tmp_path / "scenarios" / "t").mkdir()
    (tmp_path / "scenarios" / "t" / "sessions").symlink_to(tmp_path / "scenarios" / "s" / "sessions")
    found = [file for file in walk_store(tmp_path) if file.kind is FileKind.SESSION]
    assert [(file.scenario, file.problem is None) for file in found] == [("s", True), ("", False)]
    assert storage.list_sessions("t") == []


@pytest.mark.parametrize("folder", [".hidden", "x ", "a%41", "v1.", "con\n", "a%00b", "a:b", "con", "café"])
def test_folders_of_upstream_that_we_would_name_otherwise_are_read(tmp_path: Path, folder: str) -> None:
    storage = FileSystemStorage(tmp_path)
    session = tmp_path / "scenarios" / folder / "sessions" / folder
    session.mkdir(parents=True)
    full().save_json(session / "stats.json")
    simple().save_json(tmp_path / "scenarios" / folder / "stats.json")
    assert storage.scenarios() == [folder]
    assert storage.load(ScenarioKey(folder)) == simple()
    assert storage.list_sessions(folder) == [folder]
    assert storage.query_latest(folder, 5) == [full()]
    storage.save_session(folder, simple(2), SessionId("7"))
    assert storage.list_sessions(folder) == sorted(["7", folder])
    assert storage.delete(SessionKey(folder, SessionId(folder))) is True
    assert [entry.name for entry in (tmp_path / "scenarios").iterdir()] == [folder]


def test_the_folder_that_we_name_comes_first(tmp_path: Path) -> None:
    storage = FileSystemStorage(tmp_path)
    storage.save(ScenarioKey(".hidden"), simple(1))
    (tmp_path / "scenarios" / ".hidden").mkdir()
    simple(2).save_json(tmp_path / "scenarios" / ".hidden" / "stats.json")
    assert storage.load(ScenarioKey(".hidden")) == simple(1)


def test_the_copy_of_the_metadata_is_replaced_with_its_session(tmp_path: Path) -> None:
    storage = FileSystemStorage(tmp_path)
    session_id = storage.save_session("s", simple())
    storage.save(SessionKey("s", session_id), full())
    meta = tmp_path / "scenarios" / "s" / "sessions" / session_id / "meta.json"
    assert read(meta) == as_data(full())["metadata"]


def test_nothing_is_written_for_a_name_that_files_cannot_hold(tmp_path: Path) -> None:
    storage = FileSystemStorage(tmp_path)
    for call in (
        lambda: storage.save_session("s", any_named()),
        lambda: storage.save(ScenarioKey("s"), any_named()),
        lambda: storage.save_session("s", simple(), SessionId("語" * 86)),
    ):
        with pytest.raises((AmbiguousNameError, TextTooLongError)):
            call()
    assert [path for path in tmp_path.rglob("*") if path.suffix != ".lock"] == []


def test_a_deleted_session_leaves_no_folder(tmp_path: Path) -> None:
    storage = FileSystemStorage(tmp_path)
    session_id = storage.save_session("s", simple())
    storage.delete(SessionKey("s", session_id))
    assert list((tmp_path / "scenarios" / "s" / "sessions").iterdir()) == []


def test_files_cannot_be_followed(tmp_path: Path) -> None:
    """They have no order of saving."""
    with pytest.raises(ConfigurationError, match="URL"):
        LearningStore(FileSystemStorage(tmp_path)).changes()
