"""The process that reads for an import: what it finds is what this one would have found."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from swarmstore import FileSystemStorage, LearningStore, ReaderEndedError, SessionId
from swarmstore.contracts.imports import Outcome
from swarmstore.transfer.importing.import_report import ImportReport
from tests.cli.running import PROGRAM
from tests.imports.small_lots import import_in_lots
from tests.snapshots import full, simple

SESSIONS = 7
LARGE = 50_000_000  # bytes of a store that another process reads


@pytest.fixture(autouse=True)
def begun(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Readers that were begun. All have ended after the test."""
    processes = list[subprocess.Popen[bytes]]()

    class Noted(subprocess.Popen[bytes]):
        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, **named)
            if "swarmstore.transfer.importing" in arguments[0]:
                processes.append(self)

    monkeypatch.setattr(subprocess, "Popen", Noted)
    yield processes
    assert all(process.poll() is not None for process in processes)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two scenarios, whose second has a session that equals the first; a damaged file; totals."""
    files = FileSystemStorage(tmp_path / "store")
    for number in range(SESSIONS):
        files.save_session("s", full() if number == 3 else simple(1 + number), id_of(number))
        files.save_session("two", simple(10 + max(number, 1)), id_of(number))
    damaged_in(tmp_path / "store").write_text('{"version": "one"}')
    return tmp_path / "store"


def damaged_in(folder: Path) -> Path:
    return folder / "scenarios" / "s" / "sessions" / id_of(2) / "stats.json"


def id_of(number: int) -> SessionId:
    return SessionId(str(1_700_000_000 + 60 * number))


def many_sessions(folder: Path, number: int) -> list[SessionId]:
    """Sessions of a scenario and no totals, oldest first."""
    ids = list(map(id_of, range(number)))
    for visits, session_id in enumerate(ids, start=1):
        file = folder / "scenarios" / "s" / "sessions" / session_id / "stats.json"
        file.parent.mkdir(parents=True)
        file.write_text(simple(visits).to_json())
    return ids


def imported(store: LearningStore, folder: Path, *, reader_process: bool | None) -> tuple[ImportReport, Any]:
    """The report, and all that is in the store."""
    report = import_in_lots(store, folder, origin="o", totals="sessions", reader_process=reader_process)
    changes = [(change.scenario, change.session_id) for change in store.changes()]
    sessions = [store.load_session(scenario, session_id) for scenario, session_id in changes]
    assert store.verify_totals() == []
    totals = [store.load_scenario(scenario) for scenario in ("s", "two")]
    for total in totals:
        total.metadata.created_at = 0  # when it was loaded
    return report, (changes, sessions, totals)


@pytest.mark.long
def test_it_finds_what_this_process_would_find(
    database_url: str, tmp_path: Path, folder: Path, begun: list[Any]
) -> None:
    with LearningStore.open(f"sqlite:///{tmp_path / 'other.db'}") as other:
        other.save_session("s", simple(100), id_of(0))
        expected = imported(other, folder, reader_process=False)
    assert not begun
    with LearningStore.open(database_url) as store:
        store.save_session("s", simple(100), id_of(0))
        report, content = imported(store, folder, reader_process=True)
        assert (report, content) == expected
        assert len(begun) == 1
        assert report.sessions == {Outcome.ADDED: 2 * SESSIONS - 3, Outcome.RENAMED: 1, Outcome.LEFT_OUT: 1}
        assert report.repeated == report.left_out == [("two", id_of(1))]
        assert [Path(problem.path).parent.name for problem in report.problems] == [id_of(2)]
        again, _ = imported(store, folder, reader_process=True)
        assert again.sessions == {Outcome.UNCHANGED: 2 * SESSIONS - 2, Outcome.LEFT_OUT: 1}
        assert again.left_out == report.left_out


def test_an_import_goes_on_where_the_reader_was_killed(
    database_url: str, folder: Path, begun: list[subprocess.Popen[bytes]]
) -> None:
    def kill(done: int, _total: int) -> None:
        if done == 4:
            begun[0].kill()

    with LearningStore.open(database_url) as store:
        with pytest.raises(ReaderEndedError, match=r"-9.*import again.*--no-reader-process"):
            import_in_lots(store, folder, progress=kill, reader_process=True)
        there = len(list(store.changes()))
        assert 0 < there < SESSIONS
        report = import_in_lots(store, folder, reader_process=False)
        added = 2 * SESSIONS - 2 - there
        assert report.sessions == {Outcome.UNCHANGED: there, Outcome.ADDED: added, Outcome.LEFT_OUT: 1}


def test_it_ends_with_an_import_that_is_given_up(folder: Path, database_url: str, begun: list[Any]) -> None:
    def give_up(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with LearningStore.open(database_url) as store, pytest.raises(KeyboardInterrupt):
        import_in_lots(store, folder, progress=give_up, reader_process=True)
    assert len(begun) == 1  # and `begun` says that it has ended


@pytest.mark.parametrize("python", ["", "/bin/false", "/no/such/program"])
def test_this_process_reads_where_no_other_can_be_begun(
    folder: Path, tmp_path: Path, python: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", python)
    with LearningStore.open(f"sqlite:///{tmp_path / 'store.db'}") as store:
        report = import_in_lots(store, folder, reader_process=True)
    assert report.sessions == {Outcome.ADDED: 2 * SESSIONS - 2, Outcome.LEFT_OUT: 1}


@pytest.mark.parametrize(
    ("size", "processors", "reads_beside"), [(LARGE, 2, 1), (LARGE, 1, 0), (LARGE // 2, 2, 0)]
)
def test_it_is_begun_for_large_stores_where_there_is_another_processor(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    begun: list[Any],
    size: int,
    processors: int,
    reads_beside: int,
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: set(range(processors)), raising=False)
    os.truncate(damaged_in(folder), size)
    with LearningStore.open(f"sqlite:///{tmp_path / 'store.db'}") as store:
        store.import_store(folder)
    assert len(begun) == reads_beside


def test_paths_longer_than_a_pipe_holds(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["d" * 200] * 12)
    many_sessions(deep, 300)
    with LearningStore.open(f"sqlite:///{tmp_path / 'store.db'}") as store:
        report = store.import_store(deep, origin="o", reader_process=True)
    assert report.sessions == {Outcome.ADDED: 300}


@pytest.mark.long
def test_a_killed_import_leaves_a_beginning_and_no_reader(database_url: str, tmp_path: Path) -> None:
    ids = many_sessions(tmp_path / "long", 500)
    command = [*PROGRAM, "import", "long", "--as", "o", "--totals", "sessions", "--url", database_url]
    with LearningStore.open(database_url) as store:
        killed = subprocess.Popen([*command, "--reader-process"], cwd=tmp_path, stderr=subprocess.PIPE)
        while not store.list_sessions("s"):
            assert killed.poll() is None
        killed.kill()
        _, said = killed.communicate(timeout=30)  # when the reader, which may write there, has ended, too
        assert said == b""
        there = [change.session_id for change in store.changes()]
        assert there == ids[: len(there)]
        report = store.import_store(tmp_path / "long", origin="o", totals="sessions")
        rest = len(ids) - len(there)  # none, where it was too quick to be killed
        assert report.sessions == Counter({Outcome.UNCHANGED: len(there), Outcome.ADDED: rest})
        assert store.verify_totals() == []
