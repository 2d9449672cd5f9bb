"""Totals that were saved again as sessions: left out, counted or refused, and remembered."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from swarmstore import (
    FileSystemStorage,
    GlobalKey,
    InvalidValueError,
    LearningSnapshot,
    LearningStore,
    RepeatedSessionError,
    ScenarioKey,
    SessionId,
    SessionKey,
)
from swarmstore.contracts.imports import Outcome
from swarmstore.transfer.importing.sums import without_repeat
from tests.helpers.shipped import SHIPPED
from tests.imports import changing_folders as change

MODES = pytest.mark.parametrize("totals", ["files", "sessions"])


@pytest.fixture
def store(sqlite_url: str) -> Iterator[LearningStore]:
    with LearningStore.open(sqlite_url) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return change.learn(tmp_path / "store", 0, 1, 2)


def learned(store: LearningStore, scenario: str = "s") -> dict[str, int]:
    transitions = store.load_scenario(scenario).episode_transitions.success_transitions
    return {action: count for (_, action), count in transitions.items()}


@MODES
@pytest.mark.parametrize("merged", [False, True])
@pytest.mark.parametrize("source", ["scenarios/simple_qa/stats.json", "global_stats.json"])
def test_a_total_that_was_copied_as_a_session(
    store: LearningStore, tmp_path: Path, source: str, merged: bool, totals: Any
) -> None:
    """merged: it was also added to the totals, as the engine does."""
    folder = shutil.copytree(SHIPPED, tmp_path / "shipped")
    store.import_store(folder, totals=totals)
    before = store.load_global().episode_transitions
    total = LearningSnapshot.load_json(folder / source)
    files, session_id = FileSystemStorage(folder), SessionId("1900000000")
    if merged:
        files.save_session("simple_qa", total, session_id)
    else:
        files.save(SessionKey("simple_qa", session_id), total)
    report = store.import_store(folder, totals=totals)
    assert report.left_out == [("simple_qa", session_id)]
    assert store.load_global().episode_transitions == before
    assert store.load_global().metadata.session_count == 120


@MODES
def test_one_that_was_left_out_can_be_counted_later(store: LearningStore, folder: Path, totals: Any) -> None:
    change.save_prior_again(folder, 9)
    assert store.import_store(folder, totals=totals).sessions[Outcome.LEFT_OUT] == 1
    with pytest.raises(RepeatedSessionError, match=f"{change.FIRST + 9} of s"):
        store.import_store(folder, totals=totals, repeated="fail")
    assert learned(store) == {"A": 3}
    counted = store.import_store(folder, totals=totals, repeated="count")
    assert (counted.sessions[Outcome.ADDED], counted.left_out) == (1, [])
    assert learned(store) == {"A": 6}
    for repeated in ("skip", "count", "fail"):  # it is in the store now
        again = store.import_store(folder, totals=totals, repeated=repeated)
        assert again.sessions == {Outcome.UNCHANGED: 4}
    assert learned(store) == {"A": 6}


@MODES
def test_it_is_remembered_when_nothing_tells_it_any_more(
    store: LearningStore, folder: Path, totals: Any
) -> None:
    change.save_prior_again(folder, 9)
    store.import_store(folder, totals=totals)
    change.remove(folder, 0)
    change.reformat(folder)
    report = store.import_store(folder, totals=totals)
    assert report.sessions == {Outcome.UNCHANGED: 2, Outcome.LEFT_OUT: 1}
    assert learned(store) == {"A": 3}


@MODES
@pytest.mark.parametrize("between", [False, True])
def test_a_global_prior_is_in_its_scenarios_total_once(
    store: LearningStore, folder: Path, between: bool, totals: Any
) -> None:
    """between: whether the store was imported before the prior was saved."""
    change.learn(folder, 3, 4, scenario="t", action="B")
    if between:
        store.import_store(folder, totals=totals)
    change.save_prior_again(folder, 9, prior=GlobalKey())
    report = store.import_store(folder, totals=totals)
    assert report.left_out == [("s", str(change.FIRST + 9))]
    assert (learned(store), learned(store, "t")) == ({"A": 3}, {"B": 2})
    assert store.load_global().metadata.session_count == 5


def test_a_total_without_its_prior_keeps_what_it_has(store: LearningStore, folder: Path) -> None:
    change.learn(folder, 3, 4, scenario="t", action="B")
    before = FileSystemStorage(folder).load(ScenarioKey("s"))
    assert before is not None
    change.save_prior_again(folder, 9, prior=GlobalKey())
    FileSystemStorage(folder).save(ScenarioKey("s"), before)
    store.import_store(folder)
    assert learned(store) == {"A": 3}


def test_a_prior_of_sessions_that_were_deleted(store: LearningStore, folder: Path) -> None:
    change.remove(folder, 0, 1)
    change.save_prior_again(folder, 9)
    assert store.import_store(folder).left_out == [("s", str(change.FIRST + 9))]
    assert learned(store) == {"A": 3}


def test_an_exported_total_that_the_engine_saved_again(
    store: LearningStore, folder: Path, tmp_path: Path
) -> None:
    store.import_store(folder)
    store.prune("s", keep_latest=1)
    store.export_store(tmp_path / "export")
    store.save_session("s", change.session(5, "B"), "1700000005")
    change.save_prior_again(tmp_path / "export", 9)
    change.learn(tmp_path / "export", 10)
    report = store.import_store(tmp_path / "export")
    assert (report.from_here, report.left_out) == (True, [("s", str(change.FIRST + 9))])
    assert learned(store) == {"A": 4, "B": 1}


def test_short_runs_and_empty_ones_that_are_alike_are_imported(store: LearningStore, folder: Path) -> None:
    files = FileSystemStorage(folder)
    for second in (3, 4):
        empty = LearningSnapshot.empty()
        files.save_session("s", empty, SessionId(str(change.FIRST + second)))
    change.learn(folder, 0, 1, scenario="t")
    report = store.import_store(folder)
    assert report.repeated == []
    assert store.load_global().metadata.session_count == 7


def test_totals_that_lost_updates_are_named(database_url: str, folder: Path) -> None:
    change.lose_updates(folder, 0, 1)
    with LearningStore.open(database_url) as store:
        report = store.import_store(folder)
        said = {(each.total, each.number, each.in_file, each.in_sessions) for each in report.differences}
        assert {("s", "sessions", 2, 3), ("global", "sessions", 2, 3)} <= said
        assert not report.needs_attention
        found = [each for each in store.verify_totals() if each.value == "session_count"]
        assert [(each.scenario, each.kind, each.key, each.found, each.expected) for each in found] == [
            (None, "import", (str(folder),), "2", "3"),
            ("s", "import", (str(folder),), "2", "3"),
        ]


@pytest.mark.parametrize("key", [GlobalKey(), ScenarioKey("s")])
def test_only_the_total_that_no_file_has_is_added_up(database_url: str, folder: Path, key: Any) -> None:
    change.learn(folder, 5, scenario="t")
    with LearningStore.open(database_url) as store:
        FileSystemStorage(folder).delete(key)
        report = store.import_store(folder)
        assert report.summed == ["global" if isinstance(key, GlobalKey) else "s"]
        assert store.load_global().metadata.session_count == 4
        assert store.load_scenario("s").metadata.session_count == 3
        assert store.import_store(folder).totals == {Outcome.UNCHANGED: 3}
        assert store.verify_totals(deep=True) == []


def test_a_total_without_a_repeat_is_what_it_was(folder: Path) -> None:
    before = LearningSnapshot.load_json(SHIPPED / "global_stats.json")
    files = FileSystemStorage(folder)
    files.save(GlobalKey(), before)
    files.save_session("s", before, SessionId("1900000000"))
    doubled = files.load(GlobalKey())
    assert doubled is not None
    rest = without_repeat(doubled, before, 2)
    assert rest is not None
    assert rest.episode_transitions == before.episode_transitions
    assert rest.ngram_stats == before.ngram_stats
    assert rest.metadata.session_count == before.metadata.session_count
    assert without_repeat(before, before, 2) is None


@pytest.mark.parametrize("repeated", ["", None, True, "SKIP"])
def test_what_becomes_of_repeats_is_one_of_three(store: LearningStore, folder: Path, repeated: Any) -> None:
    with pytest.raises(InvalidValueError, match="none of 'skip', 'count' and 'fail'"):
        store.import_store(folder, repeated=repeated)
