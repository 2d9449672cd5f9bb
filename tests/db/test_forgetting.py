"""Forgetting imports, and what becomes of ledgers, other imports, copies and overflows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest

from swarmstore import (
    BaselineError,
    FileSystemStorage,
    LearningSnapshot,
    LearningStore,
    PartKind,
    ScenarioKey,
    SessionForgottenError,
    SessionId,
    SessionKey,
    Settings,
    SnapshotNotFoundError,
    SqlStorage,
)
from swarmstore.db.analytics.views import VIEWS
from tests.db.views.reading import read
from tests.snapshots import model, simple

Mode = Literal["files", "sessions"]


@pytest.fixture
def store(database_url: str) -> Iterator[LearningStore]:
    with LearningStore(SqlStorage(database_url, Settings(fold_in_background=False))) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A store of two sessions and their totals, as files."""
    files = FileSystemStorage(tmp_path / "store")
    files.save_session("s", simple(1), SessionId("1"))
    files.save_session("s", simple(10), SessionId("2"))
    files.save_offline_model("s", model())
    return files.base_dir


def visits(store: LearningStore, scenario: str | None = "s") -> int | None:
    found = store.load_global() if scenario is None else store.storage.load(ScenarioKey(scenario))
    return None if found is None else found.action_stats["A"].visits


def another(folder: Path, sessions: dict[str, LearningSnapshot], name: str = "another") -> Path:
    files = FileSystemStorage(folder.parent / name)
    for session_id, content in sessions.items():
        files.save_session("s", content, SessionId(session_id))
    return files.base_dir


@pytest.mark.parametrize("mode", ["files", "sessions"])
def test_an_import_is_forgotten_as_a_whole_and_can_be_made_again(
    store: LearningStore, folder: Path, mode: Mode
) -> None:
    """Beside another import, sessions of agents, and whether or not they are folded."""
    store.save_session("s", simple(100), "0")
    store.import_store(another(folder, {"7": simple(1000)}), origin="b", totals=mode)
    for fold in (True, False):
        first = store.import_store(folder, origin="a", totals=mode)
        if fold:
            store.fold()
        assert visits(store) == visits(store, None) == 1111
        told = store.forget(origin="a", dry_run=True)
        assert visits(store) == 1111
        report = store.forget(origin="a")
        assert (
            report.sessions
            == told.sessions
            == (SessionKey("s", SessionId("1")), SessionKey("s", SessionId("2")))
        )
        assert report.totals == told.totals == {None: store.load_global(), "s": store.load_scenario("s")}
        assert visits(store) == visits(store, None) == 1100
        assert first.sessions == store.import_store(folder, origin="a", totals=mode).sessions
        store.forget(origin="a")
        assert store.list_sessions("s") == ["0", "7"]
    assert store.load_offline_model("s") == model()  # stays, and says so
    assert store.verify_totals(deep=True) == []
    with pytest.raises(SnapshotNotFoundError, match="did you mean 'b'"):
        store.forget(origin="bb")


@pytest.mark.parametrize("theirs", ["files", "sessions"])
@pytest.mark.parametrize("ours", ["files", "sessions"])
def test_what_another_import_has_as_well_is_its_own_then(
    store: LearningStore, folder: Path, ours: Mode, theirs: Mode
) -> None:
    """It would have brought the sessions, had they not been there."""
    copy = another(folder, {"1": simple(1), "2": simple(10), "3": simple(1000)}, "copy")
    store.import_store(folder, origin="a", totals=ours)
    store.fold()
    assert store.import_store(copy, origin="b", totals=theirs).sessions["unchanged"] == 2  # type: ignore[index]
    assert store.forget(origin="a").sessions == ()
    assert (store.list_sessions("s"), visits(store), visits(store, None)) == (["1", "2", "3"], 1011, 1011)
    kind = PartKind.IMPORT if theirs == "files" else PartKind.SESSIONS
    assert [(part.kind, part.origin) for part in store.sources("s")] == [(kind, "b")]
    assert store.verify_totals(deep=True) == []
    store.forget(origin="b")
    assert (store.list_sessions("s"), visits(store)) == ([], None)


def prune(store: LearningStore, _: Path) -> None:
    store.prune("s", keep_latest=1)


def replace_file(store: LearningStore, folder: Path) -> None:
    files = FileSystemStorage(folder)
    files.save(SessionKey("s", SessionId("1")), simple(5))
    store.import_store(folder, origin="a", totals="sessions")


@pytest.mark.parametrize("remove", [prune, replace_file])
def test_an_import_that_a_baseline_has_something_of_stays(
    store: LearningStore, folder: Path, remove: Callable[[LearningStore, Path], object]
) -> None:
    store.import_store(folder, origin="a", totals="sessions")
    remove(store, folder)
    sources, ids = store.sources("s"), store.list_sessions("s")
    with pytest.raises(BaselineError, match="the import 'a', 1 of whose files"):
        store.forget(origin="a")
    assert (store.sources("s"), store.list_sessions("s"), visits(store)) == (sources, ids, 11)


@pytest.mark.parametrize("mode", ["files", "sessions"])
def test_a_session_forgotten_before_its_import(store: LearningStore, folder: Path, mode: Mode) -> None:
    """Importing again does not bring it back; from elsewhere it is listed, and stops nothing."""
    store.import_store(folder, origin="a", totals=mode)
    store.forget("s", ["1"])
    assert store.import_store(folder, origin="a", totals=mode).sessions == {"unchanged": 2}
    report = store.import_store(folder, origin="elsewhere", totals=mode)
    (problem,) = report.problems
    assert "was forgotten" in problem.reason
    assert report.sessions == {"unchanged": 1}
    assert store.list_sessions("s") == ["2"]
    store.forget(origin="elsewhere")
    assert visits(store) == (11 if mode == "files" else 10)
    store.forget(origin="a")
    assert visits(store) is None


def test_what_was_never_counted_is_in_no_baseline(store: LearningStore, folder: Path) -> None:
    """Sessions whose total came from files may be pruned, and the import still be forgotten."""
    store.save_session("s", simple(100), "0")
    store.import_store(folder, origin="a")
    store.prune("s", keep_latest=1)
    store.forget(origin="a")
    assert visits(store) == 100
    assert [part.kind for part in store.sources("s")] == [PartKind.BASELINE]


def test_a_total_past_64_bits_is_mended_by_forgetting(store: LearningStore) -> None:
    """As long as it is past them it is left out of the report; the transaction is whole all the same."""
    by_hand = simple(1)
    by_hand.episode_transitions.success_transitions["A", "B"] = 2**63 - 3
    store.save_scenario("s", by_hand)
    for number in range(1, 4):
        store.save_session("s", simple(number), str(number))
    report = store.forget("s", ["1"])
    assert report.totals.keys() == {None}
    assert store.list_sessions("s") == ["2", "3"]
    assert store.forget("s", ["3"]).totals["s"] == store.load_scenario("s")


def test_a_session_that_was_ingested_is_not_ingested_again(store: LearningStore) -> None:
    trace = Path(__file__).parents[1] / "recording" / "traces" / "simple_qa--with_graph" / "trace-101.jsonl"
    first = store.ingest(trace)
    store.forget(first.scenario, [first.session_id])
    assert store.ingest(trace).outcome == "unchanged"
    store.forget(origin="traces of SwarmEngine")
    with pytest.raises(SessionForgottenError):
        store.ingest(trace)
    assert store.storage.load(ScenarioKey(first.scenario)) is None


def test_the_view_tells_where_totals_come_from(store: LearningStore, folder: Path, tmp_path: Path) -> None:
    """Sessions by the import that they are from; and in a copy of the store, too."""
    store.import_store(folder, origin="a", totals="sessions")
    store.import_store(another(folder, {"7": simple(1000)}), origin="b")
    store.fold()
    store.save_session("s", simple(100), "0")
    with LearningStore.open(f"sqlite:///{tmp_path / 'copy.db'}") as copy:
        store.copy_to(copy)
        for each in (store, copy):
            assert isinstance(each.storage, SqlStorage)
            rows = read(each.storage, VIEWS["total_origins"], "WHERE scenario = 's'")
            assert [
                (r["part"], r["origin"], r["contributors"], r["waiting"], r["total_actions"]) for r in rows
            ] == [("import", "b", 1, 0, 3), ("sessions", None, 1, 1, 3), ("sessions", "a", 2, 0, 6)]
        copy.forget("s", ["0"])
        with pytest.raises(SnapshotNotFoundError):
            copy.forget(origin="copies from another database")
        copy.forget(origin="a")
        assert visits(copy) == 1000
