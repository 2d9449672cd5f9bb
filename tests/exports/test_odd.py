"""What is written goes into files of its own: never over a link, whatever it is the name of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from swarmstore import ConfigurationError, LearningSnapshot, LearningStore, SessionId, SessionKey
from tests.odd import IN_PLACE_OF_A_FILE, IN_PLACE_OF_A_FOLDER, in_time, outside
from tests.snapshots import any_named, model, simple

SESSION = "scenarios/s/sessions/1700000000"
FILES = (
    "export.swarmstore.json",
    "global_stats.json",
    "global_stats.swarmstore.json",
    "scenarios/s/scenario.swarmstore.json",
    "scenarios/s/stats.json",
    "scenarios/s/offline_model.json",
    f"{SESSION}/stats.json",
    f"{SESSION}/stats.swarmstore.json",
    f"{SESSION}/meta.json",
    ".swarmstore.lock",
)
FOLDERS = ("scenarios", "scenarios/s", "scenarios/s/sessions", SESSION)


@pytest.fixture
def store(sqlite_url: str) -> Iterator[LearningStore]:
    with LearningStore.open(sqlite_url) as opened:
        opened.save_session("s", any_named(), "1700000000")
        opened.save_offline_model("s", model())
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "store"


def content(folder: Path) -> dict[str, bytes]:
    """What is in a folder, but for the database."""
    found = (path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("store.db"))
    return {str(path): path.read_bytes() for path in found}


@pytest.mark.parametrize("kind", IN_PLACE_OF_A_FILE)
@pytest.mark.parametrize("place", FILES)
def test_an_export_refuses_what_is_no_file(store: LearningStore, folder: Path, place: str, kind: str) -> None:
    store.export_store(folder)
    store.save_session("s", simple(7), "1700000000.000001")
    store.storage.save(SessionKey("s", SessionId("1700000000")), simple(8))
    make, reason = IN_PLACE_OF_A_FILE[kind]
    make(folder / place)
    before = content(outside(folder / place))
    with in_time(), pytest.raises((ConfigurationError, OSError), match=reason.split(",")[0]) as raised:
        store.export_store(folder)
    assert str(folder / place) in str(raised.value)
    assert content(outside(folder / place)) == before


@pytest.mark.parametrize("kind", IN_PLACE_OF_A_FOLDER)
@pytest.mark.parametrize("place", FOLDERS)
def test_an_export_refuses_what_is_no_folder_before_it_writes(
    store: LearningStore, folder: Path, place: str, kind: str
) -> None:
    store.export_store(folder)
    store.save_session("s", simple(7), "1700000000.000001")
    make, reason = IN_PLACE_OF_A_FOLDER[kind]
    make(folder / place)
    before = content(folder.parent)
    with in_time(), pytest.raises(ConfigurationError, match=f"{place} is in the way: {reason}"):
        store.export_store(folder)
    assert content(folder.parent) == before


def test_a_new_folder_may_have_what_systems_put_there(store: LearningStore, folder: Path) -> None:
    (folder / "lost+found").mkdir(parents=True)
    for name in (".DS_Store", "._notes.txt", "Thumbs.db", "Desktop.ini", ".Trash-1000"):
        (folder / name).write_text("")
    (folder / "notes.txt").write_text("")
    with pytest.raises(ConfigurationError, match=r"it has 'notes\.txt'"):
        store.export_store(folder)
    (folder / "notes.txt").unlink()
    assert store.export_store(folder).problems == []


@pytest.mark.parametrize("file_format", ["csv", "parquet"])
@pytest.mark.parametrize("kind", IN_PLACE_OF_A_FILE)
@pytest.mark.parametrize("place", ["actions", ".swarmstore.lock"])
def test_an_export_of_views_refuses_what_is_no_file_before_it_writes(
    store: LearningStore, folder: Path, kind: str, file_format: str, place: str
) -> None:
    make, reason = IN_PLACE_OF_A_FILE[kind]
    path = folder / (place if place.startswith(".") else f"{place}.{file_format}")
    folder.mkdir()
    path.write_text("mine")
    make(path)
    before = content(folder.parent)
    with in_time(), pytest.raises(OSError, match=reason.split(",")[0]):
        store.export_frames(folder, file_format)
    assert {name: b for name, b in content(folder.parent).items() if name in before} == before
    assert not list(folder.glob("*.tmp"))
    assert not list(folder.glob("sessions*"))


@pytest.mark.parametrize("file_format", ["csv", "parquet"])
def test_an_export_of_views_writes_under_names_that_nobody_foresees(
    store: LearningStore, folder: Path, file_format: str
) -> None:
    victim = outside(folder / "x") / "victim"
    victim.write_text("mine")
    folder.mkdir()
    (folder / f".actions.{file_format}.tmp").symlink_to(victim)
    left = folder / f".0123456789abcdef.{file_format}.tmp"
    left.symlink_to(victim)
    store.export_frames(folder, file_format)
    assert victim.read_text() == "mine"
    assert not (folder / f"actions.{file_format}").is_symlink()
    assert not left.is_symlink()  # as what a killed export left


@pytest.mark.parametrize("kind", IN_PLACE_OF_A_FILE)
def test_a_report_and_a_snapshot_refuse_what_is_no_file(
    store: LearningStore, folder: Path, kind: str
) -> None:
    make, reason = IN_PLACE_OF_A_FILE[kind]
    folder.mkdir()
    path = folder / "page.html"
    path.write_text("mine")
    make(path)
    before = content(folder.parent)
    with in_time(), pytest.raises(OSError, match=reason.split(",")[0]):
        store.report(path)
    with in_time(), pytest.raises(OSError, match=reason.split(",")[0]):
        LearningSnapshot.empty().save_json(path)
    assert content(folder.parent) == before
