"""Lots of an import: they are saved one after the other, in their order."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from swarmstore import (
    FileSystemStorage,
    InvalidValueError,
    LearningSnapshot,
    LearningStore,
    SessionId,
    SessionKey,
    SnapshotMetadata,
)
from swarmstore.contracts.imports import Outcome
from swarmstore.db.repositories.imported_files import ImportedFileRepository
from swarmstore.db.repositories.sessions import SessionRepository
from swarmstore.transfer.importing import TotalsFrom
from tests.imports.small_lots import import_in_lots
from tests.snapshots import simple


@pytest.fixture
def store(database_url: str) -> Iterator[LearningStore]:
    with LearningStore.open(database_url) as opened:
        yield opened


def make_long_store(folder: Path) -> list[SessionId]:
    """Seven sessions of one scenario, oldest first."""
    files = FileSystemStorage(folder)
    ids = [SessionId(str(1_700_000_000 + 60 * number)) for number in range(7)]
    for number, session_id in enumerate(ids):
        files.save_session("s", simple(1 + number), session_id)
    return ids


def in_order(store: LearningStore) -> list[SessionId]:
    """Ids of sessions as they were written."""
    return [change.session_id for change in store.changes()]


def test_lots_are_saved_in_their_order(store: LearningStore, tmp_path: Path) -> None:
    ids = make_long_store(tmp_path / "long")
    store.save_session("s", simple(100), ids[2])
    report = import_in_lots(store, tmp_path / "long", totals="sessions")
    assert report.sessions == {Outcome.ADDED: 6, Outcome.RENAMED: 1}
    ((_, renamed, now),) = report.renamed
    assert renamed == ids[2]
    assert in_order(store) == [ids[2], *ids[:2], now, *ids[3:]]
    assert store.load_scenario("s").action_stats["A"].visits == 100 + sum(range(1, 8))
    assert store.verify_totals() == []
    assert import_in_lots(store, tmp_path / "long", totals="sessions").sessions == {Outcome.UNCHANGED: 7}


def test_a_lot_that_cannot_be_saved_together_is_saved_one_by_one_in_its_place(
    store: LearningStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = make_long_store(tmp_path / "long")
    together = SessionRepository.add_all

    def refused(self: Any, session: Any, given: Any) -> Any:
        if ids[3] in [one.session_id for one in given]:
            raise InvalidValueError("session_id", "is not for this test")
        return together(self, session, given)

    monkeypatch.setattr(SessionRepository, "add_all", refused)
    report = import_in_lots(store, tmp_path / "long", totals="sessions")
    assert report.sessions == {Outcome.ADDED: 6}
    assert [Path(problem.path).parent.name for problem in report.problems] == [ids[3]]
    assert in_order(store) == [*ids[:3], *ids[4:]]


@pytest.mark.parametrize("at", [0, 2, 6])
def test_a_lot_that_is_tried_again_keeps_its_place(
    migrated_postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    ids = make_long_store(tmp_path / "long")
    enter = ImportedFileRepository.add
    lost = list[Session]()

    def lose_the_connection(files: ImportedFileRepository, session: Session, entries: Any) -> None:
        if not lost and ids[at] in [Path(source.path).parent.name for source, _ in entries]:
            lost.append(session)
            session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        enter(files, session, entries)

    monkeypatch.setattr(ImportedFileRepository, "add", lose_the_connection)
    with LearningStore.open(migrated_postgres_url) as store:
        report = import_in_lots(store, tmp_path / "long", totals="sessions")
        assert len(lost) == 1
        assert report.sessions == {Outcome.ADDED: 7}
        assert in_order(store) == ids
        assert store.verify_totals() == []


def test_one_connection_is_enough(migrated_postgres_url: str, tmp_path: Path) -> None:
    ids = make_long_store(tmp_path / "long")
    with LearningStore.open(migrated_postgres_url, pool_size=1, timeout_seconds=5) as store:
        assert import_in_lots(store, tmp_path / "long", totals="sessions").sessions == {Outcome.ADDED: 7}
        assert in_order(store) == ids


def test_an_import_that_is_given_up_leaves_whole_lots_and_nothing_under_way(
    store: LearningStore, tmp_path: Path
) -> None:
    ids = make_long_store(tmp_path / "long")

    def give_up(done: int, _total: int) -> None:
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_in_lots(store, tmp_path / "long", progress=give_up)
    assert in_order(store) == ids[:4]
    assert import_in_lots(store, tmp_path / "long").sessions == {Outcome.UNCHANGED: 4, Outcome.ADDED: 3}


def make_twins(folder: Path, facts: bool) -> None:
    """An export and, beside a scenario's folder, a copy of it in which one session has changed."""
    with LearningStore.open(f"sqlite:///{folder / 'made.db'}") as made:
        for number in (1, 2, 3):
            session = simple(number) if facts else LearningSnapshot(metadata=SnapshotMetadata())
            session.metadata.total_episodes = number
            made.storage.save(SessionKey("s", SessionId(f"170000000{number}")), session)
        made.export_store(folder / "out")
    scenarios = folder / "out" / "scenarios"
    shutil.copytree(scenarios / "s", scenarios / "s-second")
    changed = scenarios / "s-second" / "sessions" / "1700000002" / "stats.json"
    changed.write_text(changed.read_text().replace('"total_episodes": 2', '"total_episodes": 200'))


@pytest.mark.parametrize("totals", ["files", "sessions"])
@pytest.mark.parametrize("facts", [True, False])
def test_two_files_of_one_scenario_and_id_in_one_lot(
    store: LearningStore, tmp_path: Path, facts: bool, totals: TotalsFrom
) -> None:
    """The second of them is unchanged where it is the same, and gets an id of its own where it is not."""
    make_twins(tmp_path, facts)
    report = store.import_store(tmp_path / "out", totals=totals)
    assert report.sessions == {Outcome.ADDED: 3, Outcome.UNCHANGED: 2, Outcome.RENAMED: 1}
    loaded = store.query_range("s", 0, 2**62)
    assert [session.metadata.total_episodes for session in loaded] == [1, 2, 200, 3]
    if totals == "sessions":
        assert store.load_scenario("s").metadata.total_episodes == 206
    assert store.import_store(tmp_path / "out", totals=totals).sessions == {Outcome.UNCHANGED: 6}
    assert store.verify_totals(deep=True) == []
