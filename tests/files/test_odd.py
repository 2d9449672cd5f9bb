"""A folder as a backend with odd things in it: never a hang, never what a link leads to."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from swarmstore import FileSystemStorage, LearningStore, ScenarioKey, SessionId, SessionKey
from tests.odd import IN_PLACE_OF_A_FILE, IN_PLACE_OF_A_FOLDER, in_time, outside
from tests.snapshots import full, model, simple

OLD, NEW = SessionId("1700000000"), SessionId("1700000060")


@pytest.fixture
def storage(tmp_path: Path) -> FileSystemStorage:
    storage = FileSystemStorage(tmp_path / "store")
    for session_id in (OLD, NEW):
        storage.save_session("s", full(), session_id)
    storage.save_offline_model("s", model())
    storage.save_session("t", simple(), OLD)
    return storage


def content(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("kind", IN_PLACE_OF_A_FILE)
def test_what_is_no_file_is_neither_listed_nor_read_nor_replaced(
    storage: FileSystemStorage, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    make, reason = IN_PLACE_OF_A_FILE[kind]
    base, key = storage.base_dir, SessionKey("s", OLD)
    scenario = base / "scenarios" / "s"
    session = scenario / "sessions" / OLD
    for path in (session / "stats.json", scenario / "stats.json", scenario / "offline_model.json"):
        make(path)
    before = content(outside(scenario))
    caplog.set_level(logging.WARNING, logger="swarmstore")
    with in_time():
        assert storage.list_sessions("s") == [NEW]
        assert [record.getMessage() for record in caplog.records] == [
            f"{session / 'stats.json'} is skipped: {reason}"
        ]
        assert storage.scenarios() == ["s", "t"]
        assert storage.query_latest("s", 5) == [full()]
        for call in (
            lambda: storage.load(key),
            lambda: storage.exists(key),
            lambda: storage.delete(key),
            lambda: storage.save(key, simple()),
            lambda: storage.save_session("s", simple(), OLD),
            lambda: storage.load(ScenarioKey("s")),
            lambda: storage.save(ScenarioKey("s"), simple()),
            lambda: storage.load_offline_model("s"),
            lambda: storage.save_offline_model("s", model()),
        ):
            with pytest.raises(OSError, match=reason.split(",")[0]):
                call()
    assert content(outside(scenario)) == before


@pytest.mark.parametrize("kind", IN_PLACE_OF_A_FOLDER)
@pytest.mark.parametrize("place", ["scenarios", "scenarios/s", "scenarios/s/sessions"])
def test_what_is_no_folder_is_neither_listed_nor_entered(
    storage: FileSystemStorage, place: str, kind: str
) -> None:
    make, reason = IN_PLACE_OF_A_FOLDER[kind]
    path, key = storage.base_dir / place, SessionKey("s", OLD)
    make(path)
    before = content(outside(path))
    with in_time():
        assert storage.list_sessions("s") == []
        assert LearningStore(storage).query_latest("s", 5) == []
        for call in (
            lambda: storage.load(key),
            lambda: storage.exists(key),
            lambda: storage.delete(key),
            lambda: storage.save_session("s", simple(), SessionId("1700000120")),
            lambda: storage.save(key, simple()),
        ):
            with pytest.raises(OSError, match=reason.split(",")[0]):
                call()
    assert content(outside(path)) == before


@pytest.mark.parametrize("kind", IN_PLACE_OF_A_FILE)
def test_a_lock_that_is_no_file_is_not_opened(storage: FileSystemStorage, kind: str) -> None:
    """It would be emptied, and with it what a link leads to."""
    make, reason = IN_PLACE_OF_A_FILE[kind]
    lock = storage.base_dir / ".swarmstore.lock"
    lock.write_text("somebody else's")
    make(lock)
    with in_time(), pytest.raises(OSError, match=reason.split(",")[0]):
        storage.save_session("s", simple())
    if kind == "link":
        assert lock.read_text() == "somebody else's"


@pytest.mark.parametrize("kind", [*IN_PLACE_OF_A_FILE, "torn"])
def test_a_total_that_cannot_be_read_breaks_no_list(storage: FileSystemStorage, kind: str) -> None:
    before = storage.summaries()
    path = storage.base_dir / "scenarios" / "s" / "stats.json"
    if kind == "torn":
        path.write_text("{")
    else:
        IN_PLACE_OF_A_FILE[kind][0](path)
    with in_time():
        s, t = storage.summaries()
    assert (s.scenario, s.sessions, s.last_session, s.total_actions) == ("s", 2, NEW, None)
    assert t == before[1]
