"""Stores in states that no single test of imports had: several at once, and what is left of them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from swarmstore import (
    EpisodeTransitions,
    FileSystemStorage,
    GlobalKey,
    InvalidValueError,
    LearningSnapshot,
    LearningStore,
    OriginConflictError,
    ScenarioKey,
    SnapshotMetadata,
)

FIRST = 1_795_400_000


def learned(action: str, number: int) -> LearningSnapshot:
    return LearningSnapshot(
        metadata=SnapshotMetadata("s", None, FIRST + number, 1, 1, 1),
        episode_transitions=EpisodeTransitions({(action, action): 1}, {}, 1),
    )


def made(folder: Path, action: str, sessions: int, first: int = 0) -> Path:
    with LearningStore(FileSystemStorage(folder)) as files:
        for number in range(first, first + sessions):
            files.save_session("s", learned(action, number), str(FIRST + number))
    return folder


def counts(store: LearningStore) -> dict[str, int]:
    return {key[0]: n for key, n in store.load_global().episode_transitions.success_transitions.items()}


@pytest.fixture
def store(sqlite_url: str) -> LearningStore:
    return LearningStore.open(sqlite_url)


def rename(session: Path, by: int) -> None:
    session.rename(session.with_name(str(int(session.name) + by)))


@pytest.mark.parametrize("elsewhere", [False, True])
@pytest.mark.parametrize("all_of_them", [False, True])
def test_sessions_whose_folders_were_renamed_are_the_same(
    tmp_path: Path, store: LearningStore, elsewhere: bool, all_of_them: bool
) -> None:
    folder = made(tmp_path / "a", "A", 3)
    with store:
        store.import_store(folder)
        if elsewhere:
            folder = Path(shutil.copytree(folder, tmp_path / "b"))
        sessions = sorted((folder / "scenarios" / "s" / "sessions").iterdir())
        for session in sessions if all_of_them else sessions[:1]:
            rename(session, 1_000)
        report = store.import_store(folder)
        assert (report.problems, report.kept, counts(store)) == ([], [], {"A": 3})
        assert len(store.list_sessions("s")) == 3
        made(folder, "A", 1, first=5_000)
        assert not store.import_store(folder).kept
        assert counts(store) == {"A": 4}
        assert store.verify_totals(deep=True) == []


def test_a_folder_that_unites_two_stores_is_neither(tmp_path: Path, store: LearningStore) -> None:
    with store:
        store.import_store(made(tmp_path / "a", "A", 3))
        store.import_store(made(tmp_path / "b", "B", 2, first=50))
        both = made(made(tmp_path / "both", "A", 3), "B", 2, first=50)
        with pytest.raises(OriginConflictError, match="--as"):
            store.import_store(both)
        assert counts(store) == {"A": 3, "B": 2}


@pytest.mark.parametrize("totals", ["files", "sessions"])
@pytest.mark.parametrize("where", ["success_transitions", "total_actions"])
def test_a_total_with_a_number_that_none_may_have_is_listed(
    tmp_path: Path, store: LearningStore, where: str, totals: str
) -> None:
    folder = made(tmp_path / "a", "A", 2)
    for total in (folder / "scenarios" / "s" / "stats.json", folder / "global_stats.json"):
        data = json.loads(total.read_text())
        if where == "total_actions":
            data["metadata"][where] = 2**63
        else:
            data["episode_transitions"][where]["A:A"] = 2**63
        total.write_text(json.dumps(data))
    made(tmp_path / "other", "A", 1)
    shutil.copytree(tmp_path / "other" / "scenarios" / "s", folder / "scenarios" / "z")
    with store:
        report = store.import_store(folder, totals=totals)  # type: ignore[arg-type]
        listed = sorted(str(Path(problem.path).relative_to(folder)) for problem in report.problems)
        assert listed == ["global_stats.json", "scenarios/s/stats.json"]
        assert len(store.list_sessions("s")) == 2
        assert len(store.list_sessions("z")) == 1


@pytest.mark.parametrize("path", [5, None, b"x", "\0"])
def test_what_is_no_path_is_refused(store: LearningStore, path: str) -> None:
    with store:
        for call in (store.ingest, store.import_store, store.export_store, store.report, FileSystemStorage):
            with pytest.raises(InvalidValueError, match="give a str or a Path"):
                call(path)


def test_an_export_of_a_store_without_a_total_has_none(tmp_path: Path, store: LearningStore) -> None:
    """Which is no total that the engine has lost."""
    with store, LearningStore.open(f"sqlite:///{tmp_path}/empty.db") as empty:
        store.save_scenario("s", learned("A", 1))
        store.save_session("t", learned("A", 2), "1")
        store.storage.delete(ScenarioKey("t"))
        store.storage.delete(GlobalKey())
        store.export_store(tmp_path / "exported")
        assert empty.import_store(tmp_path / "exported").summed == []
        assert empty.list_sessions("t") == ["1"]
        for key in (GlobalKey(), ScenarioKey("s"), ScenarioKey("t")):
            assert empty.storage.load(key) == store.storage.load(key)


def test_a_folder_whose_sessions_all_cannot_be_read_adds_nothing(
    tmp_path: Path, store: LearningStore
) -> None:
    """Its totals may be those of a store that was imported from elsewhere."""
    with store:
        folder = made(tmp_path / "a", "A", 3)
        store.import_store(folder)
        moved = Path(shutil.copytree(folder, tmp_path / "b"))
        for session in (moved / "scenarios" / "s" / "sessions").iterdir():
            (session / "stats.json").write_text("{")
        with pytest.raises(OriginConflictError, match=r"can be read.*--as"):
            store.import_store(moved)
        assert counts(store) == {"A": 3}
        assert len(store.import_store(moved, origin=str(folder)).problems) == 3
        assert counts(store) == {"A": 3}


def test_an_empty_name_is_no_origin(tmp_path: Path, store: LearningStore) -> None:
    with store, pytest.raises(InvalidValueError, match="origin: is empty"):
        store.import_store(made(tmp_path / "a", "A", 1), origin="")
