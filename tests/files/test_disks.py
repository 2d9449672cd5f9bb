"""Stores on disks that take one name for another: everything is there, under its own name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from swarmstore import (
    AmbiguousNameError,
    FileSystemStorage,
    LearningStore,
    MemoryStorage,
    ScenarioKey,
    SessionId,
    SessionKey,
)
from swarmstore.contracts.imports import Outcome
from swarmstore.files.sidecars import INDEX, encode_index
from tests.files.disks import DISKS, disk, folder
from tests.helpers.store_contents import content, files
from tests.snapshots import full, model, simple

pytestmark = pytest.mark.long

__all__ = ["folder"]

ALIKE = [
    "Repair",
    "repair",
    "REPAIR",
    "café",
    "cafe\u0301",
    "CAFÉ",
    "Straße",
    "STRASSE",
    "ж",
    "Ж",
    "ﬁx",
    "fix",
]
REFUSED = [
    "a:b",
    "why?",
    "con",
    "CON",
    "Nul.txt",
    "plain",
    "x.",
    "x",
    "x ",
    "lpt1 .y",
    "conout$",
    '<">|*',
    "a\tb",
]
NAMES = [
    *ALIKE,
    *REFUSED,
    ".x",
    ".X",
    "%2E",
    "Con",
    "デバッグ",
    "한국어" * 9,
    "L" * 300,
    "l" * 300,
    "lost+found",
    "",
]
IDS = ["run-A", "run-a", "2026-01-31T10:00:00", "é", "e\u0301", "con", "Con", "1.", "1", "x", "x."]
SHORT = [name for name in NAMES if len(name) < 250]


def fill(store: LearningStore, names: list[str]) -> LearningStore:
    for number, name in enumerate(names):
        store.save_session(name, simple(number + 1), "1700000000")
    store.save_session(names[-1], simple(100), "1700000000.000001")
    store.save_offline_model(names[0], model())
    return store


def learned(store: LearningStore) -> dict[str, str]:
    """All that a store holds, but for when its totals were made: each backend has a clock."""
    return {key: re.sub(r'"created_at": \d+', "", text) for key, text in content(store).items()}


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[LearningStore]:
    """A database for imports, which the tests' disk does not hold."""
    with LearningStore.open(f"sqlite:///{tmp_path / 'imported.db'}") as opened:
        yield opened


def test_an_export_is_imported_as_an_equal_store(folder: Path, empty: LearningStore) -> None:
    store = fill(LearningStore(MemoryStorage()), NAMES)
    report = store.export_store(folder)
    assert report.problems == []
    assert empty.import_store(folder).problems == []
    assert content(empty) == content(store)
    before = files(folder)
    again = store.export_store(folder)
    assert {*again.sessions, *again.totals, *again.models, *([] if not again.removed else ["removed"])} == {
        Outcome.UNCHANGED
    }
    assert files(folder) == before


def test_an_export_keeps_each_folder_as_the_store_changes(folder: Path, empty: LearningStore) -> None:
    store = LearningStore(MemoryStorage())
    fill(store, ["repair"])
    store.export_store(folder)
    first = files(folder)
    fill(store, ["Repair"])
    store.export_store(folder)
    kept = {path: file for path, file in files(folder).items() if path.startswith("scenarios/repair/")}
    assert kept.items() <= first.items()
    for session_id in store.list_sessions("repair"):
        store.storage.delete(SessionKey("repair", session_id))
    store.storage.delete(ScenarioKey("repair"))
    store.save_offline_model("repair", model())
    fill(store, ["REPAIR"])
    store.export_store(folder)
    empty.import_store(folder)
    assert content(empty) == content(store)


def test_a_folder_as_a_backend_answers_as_memory_does(folder: Path) -> None:
    stores = [LearningStore(MemoryStorage()), LearningStore(FileSystemStorage(folder))]
    for store in stores:
        fill(store, SHORT)
        for number, session_id in enumerate(IDS):
            store.save_session("ids", simple(number), session_id)
        assert store.save_session("ids", simple(1), "run-a") == "run-a"
        store.storage.delete(SessionKey("ids", SessionId("run-A")))
    wanted, found = map(learned, stores)
    assert found == wanted
    assert learned(LearningStore(FileSystemStorage(folder))) == wanted
    assert stores[1].list_sessions("ids") == sorted(set(IDS) - {"run-A"})
    assert stores[1].load_session("ids", "run-a") == simple(1)
    assert not stores[1].storage.exists(SessionKey("ids", SessionId("RUN-A")))
    assert stores[1].storage.load(ScenarioKey("rEPAIR")) is None


def test_a_backend_leaves_alone_what_belongs_to_another_scenario(folder: Path) -> None:
    """As an export says in its own files, whatever the folder is called."""
    fill(LearningStore(MemoryStorage()), ["L" * 300, "Repair", "a"]).export_store(folder)
    (folder / "scenarios" / "a").rename(folder / "scenarios" / "b")
    (folder / "scenarios" / "7").mkdir()
    (folder / "scenarios" / "7" / INDEX).write_text(encode_index("8", {}))
    storage = FileSystemStorage(folder)
    with pytest.raises(AmbiguousNameError, match="which is taken"):
        storage.save_session("7", simple())
    (folder / "scenarios" / "7" / INDEX).unlink()
    (folder / "scenarios" / "7").rmdir()
    assert storage.scenarios() == ["L" * 300, "Repair", "a"]
    before = files(folder / "scenarios")
    for name in ("b", "repair"):
        storage.save_session(name, full(), SessionId("1700000000"))
        assert storage.load(ScenarioKey(name)) == full()
    assert before.items() <= files(folder / "scenarios").items()
    for name in ("L" * 300, "a"):
        total = storage.load(ScenarioKey(name))
        assert total is not None
        assert total.metadata.session_count == len(storage.list_sessions(name)) > 0


def test_folders_of_an_export_with_the_names_of_once_are_used(tmp_path: Path) -> None:
    store = fill(LearningStore(MemoryStorage()), ["a:b", "café"])
    store.export_store(tmp_path)
    for made, once in (("a%3Ab", "a:b"), ("caf%C3%A9", "café")):
        (tmp_path / "scenarios" / made).rename(tmp_path / "scenarios" / once)
    before = files(tmp_path)
    assert store.export_store(tmp_path).sessions.keys() == {Outcome.UNCHANGED}
    assert files(tmp_path) == before
    assert FileSystemStorage(tmp_path).scenarios() == ["a:b", "café"]


def test_a_store_carried_to_any_disk_is_the_same(tmp_path: Path, empty: LearningStore) -> None:
    """Made here, where names may be any, copied there as it is."""
    made = fill(LearningStore(FileSystemStorage(tmp_path / "made")), SHORT)
    for number, session_id in enumerate(IDS):
        made.save_session("ids", simple(number), session_id)
    wanted = learned(made)
    exported = fill(LearningStore(MemoryStorage()), NAMES)
    exported.export_store(tmp_path / "exported")
    for name, rules in DISKS.items():
        with disk(tmp_path / name, rules):
            for source in ("made", "exported"):
                _copy(tmp_path / source, tmp_path / name / source)
            assert learned(LearningStore(FileSystemStorage(tmp_path / name / "made"))) == wanted, name
            assert exported.export_store(tmp_path / name / "exported").sessions.keys() == {Outcome.UNCHANGED}
    empty.import_store(tmp_path / name / "exported")
    assert content(empty) == content(exported)


def _copy(source: Path, target: Path) -> None:
    target.mkdir()
    for path in sorted(source.rglob("*")):
        there = target / path.relative_to(source)
        if path.is_dir():
            there.mkdir()
        else:
            there.write_bytes(path.read_bytes())


@pytest.mark.property
@settings(max_examples=max(10, settings().max_examples // 10), phases=set(Phase) - {Phase.shrink})  # files
@given(
    st.sampled_from(list(DISKS)),
    st.lists(
        st.text("aA.:%6é\u0301ÉkKK ", max_size=3) | st.sampled_from(SHORT),
        min_size=1,
        max_size=8,
        unique=True,
    ),
)
def test_any_names_on_any_disk(kind: str, names: list[str]) -> None:
    with TemporaryDirectory() as place, disk(Path(place) / "disk", DISKS[kind]):
        store = fill(LearningStore(MemoryStorage()), names)
        assert store.export_store(Path(place) / "disk" / "export").problems == []
        imported = LearningStore.open(f"sqlite:///{place}/imported.db")
        with imported:
            imported.import_store(Path(place) / "disk" / "export")
            assert content(imported) == content(store)
        written = fill(LearningStore(FileSystemStorage(Path(place) / "disk" / "files")), names)
        assert learned(written) == learned(store)
