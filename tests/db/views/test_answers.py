"""Every view answers what the store's own calls give, row for row and in the same order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from swarmstore import (
    CountOverflowError,
    GlobalKey,
    LearningStore,
    ScenarioKey,
    SessionConflictError,
    SessionId,
    SessionKey,
    SqlStorage,
)
from swarmstore.conformance.any_snapshots import models, names, snapshots
from swarmstore.db.analytics.views import VIEWS
from tests.db.views.exact_sums import exact
from tests.db.views.facts import Row
from tests.db.views.oracle import ANSWERS, Contents
from tests.db.views.reading import answers, read
from tests.helpers.internals import database_of
from tests.snapshots import any_named, full, model, simple

STORES = sorted(path for path in (Path(__file__).parents[2] / "golden" / "stores").iterdir() if path.is_dir())


def expected(storage: SqlStorage) -> dict[str, list[Row]]:
    """What the oracle gives for the same store, in each view's order."""
    contents = Contents.of(storage)
    return {
        name: sorted(ANSWERS[name](contents), key=lambda row: [_ordered(row[key]) for key in view.order])
        for name, view in VIEWS.items()
    }


def _ordered(value: Any) -> tuple[bool, Any]:
    return (value is not None, value)  # NULL comes first


def same(storage: SqlStorage) -> None:
    """Compare all views: integers and text exactly, doubles within 1e-12."""
    found, wanted = answers(storage), expected(storage)
    assert found.keys() == wanted.keys() == ANSWERS.keys()
    for name, rows in wanted.items():
        assert len(found[name]) == len(rows), name
        for ours, theirs in zip(found[name], rows, strict=True):
            assert ours == {key: _near(value) for key, value in theirs.items()}, name
        keys = {tuple(row[key] for key in VIEWS[name].order) for row in found[name]}
        assert len(keys) == len(rows), name


def _near(value: Any) -> Any:
    return pytest.approx(value, rel=1e-12, abs=1e-12) if isinstance(value, float) else value


@pytest.fixture
def storage(database_url: str) -> Iterator[SqlStorage]:
    with SqlStorage(database_url) as opened:
        yield opened


def test_a_store_with_everything_in_it(storage: SqlStorage) -> None:
    """Missing beside 0, names of any kind, times that are none, totals of one and of many."""
    storage.save_session("one", full())
    storage.save_session("many", any_named(), SessionId(str(2**63 - 1)))
    storage.save_session("many", full(), SessionId("no time"))
    storage.save_session("many", simple(3), SessionId("253402214399"))
    storage.save_session("many", simple(4), SessionId("253402214400"))
    storage.save_offline_model("one", model())
    storage.save_offline_model("without sessions", model())
    same(storage)
    storage.fold()
    same(storage)
    storage.save_session("one", simple())
    storage.save(ScenarioKey("by hand"), full())
    storage.save(SessionKey("many", SessionId("no time")), simple(9))
    same(storage)


@pytest.mark.parametrize("store", STORES, ids=lambda store: store.name)
@pytest.mark.parametrize("totals", ["files", "sessions"])
def test_stores_of_upstream(storage: SqlStorage, store: Path, totals: Any) -> None:
    LearningStore(storage).import_store(store / "store", totals=totals)
    same(storage)


# few bits, so that sums are exact in any order of adding
small = snapshots(most=2**40)
scenarios = st.sampled_from(["s", "", "日本"]) | names
ids = st.sampled_from(["1", "1700000000", "1700000000.000001", "1700086400", "abc"])
calls = st.one_of(
    st.tuples(st.just("save"), scenarios, ids, small.map(exact)),
    st.tuples(st.just("replace"), scenarios, ids, small.map(exact)),
    st.tuples(st.just("total"), scenarios, ids, small.map(exact)),
    st.tuples(st.just("delete"), scenarios, ids, st.none()),
    st.tuples(st.just("fold"), scenarios, ids, st.none()),
    st.tuples(st.just("model"), scenarios, ids, models()),
)


def call(storage: SqlStorage, what: str, scenario: str, session_id: str, content: Any) -> None:
    key = SessionKey(scenario, SessionId(session_id))
    match what:
        case "save":
            try:
                storage.save_session(scenario, content, key.session_id)
            except SessionConflictError:
                storage.save_session(scenario, content)
        case "replace":
            storage.save(key, content)
        case "total":
            storage.save(ScenarioKey(scenario), content)
        case "delete":
            storage.delete(key)
        case "fold":
            storage.fold()
        case "model":
            storage.save_offline_model(scenario, content)


@pytest.mark.property
@settings(max_examples=min(settings().max_examples, 40))  # a database for each
@given(made=st.lists(calls, min_size=1, max_size=6))
def test_any_store(
    another_database: Callable[[], AbstractContextManager[str]], made: list[tuple[str, str, str, Any]]
) -> None:
    with another_database() as url, SqlStorage(url) as storage:
        for one in made:
            call(storage, *one)
        same(storage)


def test_naive_sums_are_right(storage: SqlStorage) -> None:
    """Neither totals nor replaced sessions are counted twice, and totals' views keep up with each save."""
    for number in range(1, 8):
        storage.save_session("s", simple(number), SessionId(str(number)))
        storage.save(SessionKey("s", SessionId("1")), simple(100))
        if number == 4:
            storage.fold()
        sessions = sum(row["success_count"] for row in read(storage, VIEWS["transitions"]))
        assert sessions == 100 + sum(range(2, number + 1))
        total = storage.load(ScenarioKey("s"))
        assert total is not None
        (row,) = read(storage, VIEWS["total_transitions"], "WHERE scenario = 's'")
        assert row["success_count"] == total.episode_transitions.success_transitions["A", "B"]
        assert read(storage, VIEWS["totals"], "WHERE kind = 'global'")[0]["total_actions"] == 3 * number


def test_sums_past_64_bits_are_an_error(storage: SqlStorage) -> None:
    """Of views of totals, as of `load_scenario`, and of nothing else."""
    by_hand = simple(1)
    by_hand.episode_transitions.success_transitions["A", "B"] = 2**63 - 1
    storage.save(ScenarioKey("s"), by_hand)
    storage.save_session("s", simple(1))
    storage.save_session("other", simple(1))
    with pytest.raises(CountOverflowError):
        storage.load(ScenarioKey("s"))
    for name in ("total_transitions", "next_actions"):
        with pytest.raises(CountOverflowError):
            read(storage, VIEWS[name], "WHERE scenario = 's'")
        assert read(storage, VIEWS[name], "WHERE scenario = 'other'")
    assert read(storage, VIEWS["transitions"], "WHERE scenario = 's'")


def test_totals_say_what_they_are_made_of(storage: SqlStorage) -> None:
    storage.save(GlobalKey(), simple())
    for number in range(3):
        storage.save_session("s", simple(number))
    storage.fold()
    storage.save_session("s", simple(5))
    total, scenario = read(storage, VIEWS["totals"])
    assert (total["kind"], total["scenario"], total["contributors"], total["waiting"]) == (
        "global",
        None,
        5,
        1,
    )
    assert (scenario["contributors"], scenario["waiting"]) == (4, 1)
    assert scenario["newest_saved_at"] == max(
        row["saved_at"] for row in read(storage, VIEWS["saved_sessions"])
    )


def test_the_last_time_can_be_read_in_any_time_zone(migrated_postgres_url: str) -> None:
    with SqlStorage(migrated_postgres_url) as storage:
        storage.save_session("s", simple(), SessionId("253402214399"))
        east = "SELECT set_config('TimeZone', 'Pacific/Kiritimati', true)"
        times = "SELECT session_time FROM swarmstore.saved_sessions"

        def work(session: Session) -> datetime:
            session.execute(text(east))
            moment: datetime = session.execute(text(times)).scalar_one()
            return moment

        assert database_of(storage).read(work).year == 9999


def test_counts_without_names_are_still_counted(storage: SqlStorage) -> None:
    storage.save_session("s", simple(7))
    schema = "" if database_of(storage).engine.dialect.name == "sqlite" else "swarmstore."
    database_of(storage).write(lambda session: session.execute(text(f"DELETE FROM {schema}action_sequences")))
    (row,) = read(storage, VIEWS["transitions"])
    assert (row["action"], row["success_count"]) == (None, 7)
