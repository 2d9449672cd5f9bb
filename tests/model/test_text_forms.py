"""Files that hold more, less or something else than UTF-8 text of a version that is known."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from swarmstore import (
    CountOutOfRangeError,
    FileSystemStorage,
    LearningSnapshot,
    LearningStore,
    OfflineModel,
    ScenarioKey,
    SnapshotFormatError,
)
from swarmstore.model.json.codec import decode_model, encode_model
from tests.snapshots import full, model, simple

READERS: dict[str, tuple[Callable[[str | bytes], object], Callable[[], str]]] = {
    "snapshot": (LearningSnapshot.from_json, lambda: simple().to_json()),
    "model": (decode_model, lambda: encode_model(model())),
}
NEWER = r"\$\.version: 2 is newer than 1, which this swarmstore knows; upgrade swarmstore"


@pytest.mark.parametrize("kind", READERS)
def test_a_byte_order_mark_is_passed_over(kind: str) -> None:
    read, text = READERS[kind]
    assert read(b"\xef\xbb\xbf" + text().encode()) == read("\ufeff" + text()) == read(text())


@pytest.mark.parametrize(
    ("packed", "said"),
    [
        (lambda text: text.encode("utf-16"), "it is UTF-16; save it as UTF-8"),
        (lambda text: text.encode("utf-16-be"), "it is UTF-16; save it as UTF-8"),
        (lambda text: text.encode("utf-32"), "it is UTF-32; save it as UTF-8"),
        (lambda text: gzip.compress(text.encode()), "it is gzip; unpack it first"),
    ],
)
def test_what_is_no_utf8_is_named(packed: Callable[[str], bytes], said: str, tmp_path: Path) -> None:
    for read, text in READERS.values():
        with pytest.raises(SnapshotFormatError, match=said):
            read(packed(text()))
    (tmp_path / "stats.json").write_bytes(packed(simple().to_json()))
    with pytest.raises(SnapshotFormatError, match=rf"stats\.json: {said}"):
        LearningSnapshot.load_json(tmp_path / "stats.json")


@pytest.mark.parametrize("kind", READERS)
def test_a_newer_version_of_another_shape_is_named(kind: str) -> None:
    """Of the same shape it is read, as upstream does."""
    read, text = READERS[kind]
    data = json.loads(text()) | {"version": 2}
    read(json.dumps(data))
    for change in ({"action_stats": [], "parameters": "new"}, {"metadata": None, "analyzed_sessions": None}):
        with pytest.raises(SnapshotFormatError, match=NEWER):
            read(json.dumps(data | change))


def test_a_folder_takes_no_newer_version(tmp_path: Path) -> None:
    """It would not be read again."""
    store = LearningStore(FileSystemStorage(tmp_path))
    for save in (
        lambda: store.save_session("s", LearningSnapshot(version=2)),
        lambda: store.save_global(LearningSnapshot(version=2)),
        lambda: store.save_offline_model("s", OfflineModel(version=2)),
    ):
        with pytest.raises(CountOutOfRangeError, match="version: 2 is newer than 1"):
            save()


def newer(path: Path) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | {"version": 2}))


def test_newer_files_are_listed_by_an_import_and_the_rest_comes_in(tmp_path: Path) -> None:
    files = FileSystemStorage(tmp_path)
    for session_id in ("1", "2"):
        LearningStore(files).save_session("s", simple(), session_id)
    files.save_offline_model("s", model())
    places = ["sessions/1/stats.json", "stats.json", "offline_model.json"]
    for place in places:
        newer(tmp_path / "scenarios" / "s" / place)
    with LearningStore.open("sqlite://") as store:
        report = store.import_store(tmp_path)
        assert store.list_sessions("s") == ["2"]
    found = {problem.path: problem.reason for problem in report.problems}
    assert list(found) == [str(tmp_path / "scenarios" / "s" / place) for place in places]
    assert all("2 is newer than 1" in reason for reason in found.values())


def test_a_folder_with_a_newer_total_takes_no_session(tmp_path: Path) -> None:
    """The total would lose what this code does not know."""
    files = FileSystemStorage(tmp_path)
    files.save(ScenarioKey("s"), simple())
    path = tmp_path / "scenarios" / "s" / "stats.json"
    newer(path)
    before = path.read_bytes()
    for call in (lambda: files.load(ScenarioKey("s")), lambda: files.save_session("s", simple())):
        with pytest.raises(SnapshotFormatError, match=rf"stats\.json: {NEWER}"):
            call()
    assert path.read_bytes() == before
    assert files.list_sessions("s") == []


@pytest.mark.parametrize("number", ["1e400", "-1e999"])
def test_the_entry_of_a_number_out_of_range_is_named(number: str) -> None:
    snapshot = simple()
    snapshot.action_stats["Bad"] = snapshot.action_stats["A"]
    text = json.dumps(json.loads(snapshot.to_json()))
    before, _, after = text.rpartition('"kpi_total": 0.5')
    with pytest.raises(SnapshotFormatError, match=r"^\$\.action_stats\.Bad\.kpi_total: Number out of range$"):
        LearningSnapshot.from_json(f'{before}"kpi_total": {number}{after}')


def test_a_failed_write_leaves_the_old_file_alone(tmp_path: Path) -> None:
    folder = tmp_path / "stats.json"
    folder.mkdir()
    with pytest.raises(OSError, match=r"stats\.json"):
        full().save_json(folder)
    assert [entry.name for entry in tmp_path.iterdir()] == ["stats.json"]
