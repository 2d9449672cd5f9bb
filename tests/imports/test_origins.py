"""Which store a folder is: known by what its sessions hold, wherever it is, or refused."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from swarmstore import LearningStore, OriginConflictError, OriginModeError, SessionId
from swarmstore.contracts.imports import Outcome
from tests.cli.running import run
from tests.helpers.shipped import SHIPPED
from tests.imports import changing_folders as change
from tests.odd import pipe

MODES = pytest.mark.parametrize("totals", ["files", "sessions"])


@pytest.fixture
def store(sqlite_url: str) -> Iterator[LearningStore]:
    with LearningStore.open(sqlite_url) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "learning"


def counts(store: LearningStore) -> dict[str, int]:
    transitions = store.load_global().episode_transitions.success_transitions
    assert store.load_scenario("s").episode_transitions.success_transitions == transitions
    assert store.verify_totals(deep=True) == []
    return {action: count for (_, action), count in transitions.items()}


@MODES
def test_two_hosts_that_have_one_path_add_up(database_url: str, folder: Path, totals: Any) -> None:
    with LearningStore.open(database_url) as store:
        change.learn(folder, 0, 5)
        store.import_store(folder, totals=totals)
        a = folder.rename(folder.with_name("a"))
        change.learn(folder, 0, 7, action="B")
        with pytest.raises(OriginConflictError, match=r"1 different, 1 missing, 1 new.*--as"):
            store.import_store(folder, totals=totals)
        assert counts(store) == {"A": 2}
        report = store.import_store(folder, totals=totals, origin="b")
        assert report.renamed == [("s", str(change.FIRST), f"{change.FIRST}.000001")]
        b = folder.rename(folder.with_name("b"))
        for held, origin in ((a, str(folder)), (b, "b"), (a, str(folder))):
            shutil.copytree(held, folder)  # each is known again, though both are mounted here
            again = store.import_store(folder, totals=totals)
            assert (again.origin, again.sessions) == (origin, {Outcome.UNCHANGED: 2})
            shutil.rmtree(folder)
        assert counts(store) == {"A": 2, "B": 2}
        assert len(store.list_sessions("s")) == 4


@MODES
def test_a_scenario_whose_folder_was_renamed_counts_once(
    store: LearningStore, folder: Path, totals: Any
) -> None:
    shutil.copytree(SHIPPED, folder)
    store.import_store(folder, totals=totals)
    (folder / "scenarios" / "simple_qa").rename(folder / "scenarios" / "simple_qa_v2")
    report = store.import_store(folder, totals=totals)
    assert report.sessions == {Outcome.UNCHANGED: 120}
    assert report.moved == [("simple_qa_v2", "simple_qa")]
    assert store.load_global().metadata.session_count == 120


CLONES: dict[str, Callable[[Path], object]] = {
    "grown apart": lambda folder: change.learn(folder, 8, action="B"),
    "in the same second": lambda folder: change.learn(folder, 3, action="B"),
    "several": lambda folder: change.learn(folder, 3, 8, 9, action="B"),
    "in another scenario": lambda folder: change.learn(folder, 8, action="B", scenario="t"),
}


@MODES
@pytest.mark.parametrize("apart", CLONES)
@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_clone_that_grew_apart_is_refused(
    store: LearningStore, folder: Path, apart: str, elsewhere: bool, totals: Any
) -> None:
    change.learn(folder, 0, 1, 2)
    shutil.copytree(folder, folder.with_name("clone"))
    change.learn(folder, 3)
    store.import_store(folder, totals=totals)
    clone = folder.with_name("clone")
    CLONES[apart](clone)
    if not elsewhere:
        shutil.rmtree(folder)
        clone = clone.rename(folder)
    with pytest.raises(OriginConflictError, match="--as"):
        store.import_store(clone, totals=totals)
    assert counts(store) == {"A": 4}


def test_a_session_renamed_by_hand_is_the_same(store: LearningStore, folder: Path) -> None:
    change.learn(folder, 0, 1, 2)
    store.import_store(folder, totals="sessions")
    change.path_of(folder, 1).rename(change.path_of(folder, 9))
    report = store.import_store(folder, totals="sessions")
    assert (report.left_out, report.sessions) == ([], {Outcome.UNCHANGED: 3})
    assert counts(store) == {"A": 3}


def test_a_session_that_cannot_be_read_is_not_taken_for_deleted(store: LearningStore, folder: Path) -> None:
    change.learn(folder, 0, 1)
    store.import_store(folder)
    change.learn(folder, 2)
    pipe(change.path_of(folder, 1))
    report = store.import_store(folder)
    assert report.sessions == {Outcome.UNCHANGED: 1, Outcome.ADDED: 1}
    assert len(report.problems) == 1


def test_a_given_name_does_not_make_another_store_the_same(store: LearningStore, folder: Path) -> None:
    change.learn(folder, 0, 1)
    store.import_store(folder, origin="runs")
    change.anew(folder, 7, 8)
    with pytest.raises(OriginModeError, match="under another name"):
        store.import_store(folder, origin="runs")
    assert store.load_global().metadata.session_count == 2


def test_a_given_name_stands_for_sessions_deleted_in_between(store: LearningStore, folder: Path) -> None:
    change.learn(folder, 0, 1, 2)
    store.import_store(folder)
    change.remove(folder, 1)
    change.learn(folder, 3)
    with pytest.raises(OriginConflictError, match="if it is that one"):
        store.import_store(folder)
    report = store.import_store(folder, origin=str(folder))
    assert report.sessions == {Outcome.UNCHANGED: 2, Outcome.ADDED: 1}
    assert counts(store) == {"A": 4}


@pytest.mark.parametrize("reformatted", [False, True])
def test_what_was_imported_before_contents_were_kept(
    store: LearningStore, sqlite_url: str, folder: Path, reformatted: bool
) -> None:
    """Of an older ledger: only the bytes of a file are known, and the session if it is there."""
    change.learn(folder, 0, 1)
    store.import_store(folder, totals="sessions")
    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as connection:
        connection.execute("UPDATE imports SET snapshot_digest = NULL, digest_version = NULL")
    if reformatted:
        change.reformat(folder)
    change.learn(folder, 2)
    report = store.import_store(folder, totals="sessions")
    assert report.sessions == {Outcome.UNCHANGED: 2, Outcome.ADDED: 1}
    assert counts(store) == {"A": 3}


def test_a_reformatted_session_that_was_deleted_here_does_not_come_back(
    store: LearningStore, folder: Path
) -> None:
    change.learn(folder, 0, 1)
    store.import_store(folder)
    store.prune("s", keep_latest=1)
    change.reformat(folder)
    for _ in range(2):
        assert store.import_store(folder).sessions == {Outcome.UNCHANGED: 2}
        assert store.list_sessions("s") == [SessionId(str(change.FIRST + 1))]


def test_a_store_of_totals_only_does_not_lose_them_to_another(store: LearningStore, folder: Path) -> None:
    change.learn(folder, 0, 1, 2)
    change.remove(folder, 0, 1, 2)
    store.import_store(folder)
    change.learn(folder, 3)
    assert store.import_store(folder).totals == {Outcome.REPLACED: 2}
    change.anew(folder, 5, 6, 7, 8, 9)
    change.remove(folder, 5, 6, 7, 8, 9)
    assert store.import_store(folder).kept == ["s", "global"]
    assert store.load_global().episode_transitions.success_transitions == {("Look", "A"): 4}


def test_all_sessions_may_have_been_deleted_meanwhile(store: LearningStore, folder: Path) -> None:
    change.learn(folder, 0, 1)
    store.import_store(folder)
    change.remove(folder, 0, 1)
    assert store.import_store(folder).totals == {Outcome.UNCHANGED: 2}
    change.learn(folder, 2)
    with pytest.raises(OriginConflictError):
        store.import_store(folder)
    store.import_store(folder, origin=str(folder))
    assert counts(store) == {"A": 3}


def test_a_scenario_may_have_been_deleted_meanwhile(store: LearningStore, folder: Path) -> None:
    change.learn(folder, 0, 1)
    change.learn(folder, 0, scenario="t")
    store.import_store(folder)
    shutil.rmtree(folder / "scenarios" / "t")
    change.learn(folder, 2)
    report = store.import_store(folder)
    assert report.sessions == {Outcome.UNCHANGED: 2, Outcome.ADDED: 1}
    assert store.load_global().metadata.session_count == 4


def test_the_command_says_what_was_replaced_and_kept(sqlite_url: str, folder: Path) -> None:
    change.learn(folder, 0, 1, 2)
    assert run("import", str(folder), url=sqlite_url).returncode == 0
    change.edit(folder, 1)
    ended = run("import", str(folder), url=sqlite_url)
    assert (ended.returncode, ended.stderr) == (1, "")
    assert f"replaced: session {change.FIRST + 1} of s was imported with other content" in ended.stdout
    change.lose_updates(folder, 0)
    ended = run("import", str(folder), "--json", url=sqlite_url)
    assert ended.returncode == 1
    assert '"kept": [\n    "s",\n    "global"\n  ]' in ended.stdout
