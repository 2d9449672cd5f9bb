"""Walking upstream's folder, and staying inside of ours."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from swarmstore import FileSystemStorage, LearningStore, ScenarioKey, SnapshotFormatError
from swarmstore.files.layout import FileKind, walk_store
from tests.golden.cases import as_data, read
from tests.snapshots import full, simple

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
    (sessions / "loop").symlink_to(tmp_path)
    (sessions / "file").write_text("")
    (sessions / os.fsdecode(b"\xff")).mkdir()
    (reported,) = walk_store(tmp_path)
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
