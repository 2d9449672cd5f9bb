"""Upstream's answers to calls on its own stores are ours, from the folder and after an import."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from swarmstore import FileSystemStorage, LearningStore
from swarmstore.model.json.codec import encode_model
from tests.golden.cases import DROPPED, as_data, assert_same_model, close, folders, read, strategy_of, without

STORES = folders("stores")
JAPANESE = "日本語 シナリオ"
WANTED_OTHERWISE = {
    # upstream lists a folder without stats.json, and lets it take a place among the latest
    ("04-irregular", JAPANESE, "list"): ["1700000000", "1700000060"],
    ("04-irregular", JAPANESE, "latest 1"): [1600000001],
}


@pytest.fixture(params=STORES, ids=[store.name for store in STORES])
def case(request: pytest.FixtureRequest) -> Path:
    folder: Path = request.param
    return folder


@pytest.fixture
def store(case: Path, database_url: str) -> Iterator[LearningStore]:
    with LearningStore.open(database_url) as opened:
        report = opened.import_store(case / "store")
        assert report.problems == []
        yield opened


@pytest.fixture
def folder(case: Path, tmp_path: Path) -> LearningStore:
    shutil.copytree(case / "store", tmp_path / "store")
    return LearningStore(FileSystemStorage(tmp_path / "store"))


def test_calls_are_answered_as_upstream_does(case: Path, store: LearningStore) -> None:
    _check_calls(case, store)


def test_calls_on_the_folder_are_answered_as_upstream_does(case: Path, folder: LearningStore) -> None:
    _check_calls(case, folder)


def _check_calls(case: Path, store: LearningStore) -> None:
    answered = 0
    for call in read(case / "calls.json"):
        name, *arguments = call["call"]
        scenario = call["scenario"]
        context = " ".join(call["call"])
        wanted = WANTED_OTHERWISE.get((case.name, scenario, context))
        if name == "merge_latest_oldest_first":
            _check_merge(store, scenario, arguments, call["result"])
        elif name == "list":
            ids = [str(session_id) for session_id in store.list_sessions(scenario)]
            assert ids == (wanted or call["result"]), context
        elif name == "offline":
            _check_model(store, scenario, int(arguments[0]), call["result"])
        else:
            found = _query(store, name, scenario, [int(argument) for argument in arguments])
            times = [snapshot["metadata"]["created_at"] for snapshot in found]
            assert times == (wanted or call["created_at"]), context
            if "result" in call and wanted is None:
                assert close(found, call["result"]), context
        answered += 1
    assert answered > 50


def _query(store: LearningStore, name: str, scenario: str, arguments: list[int]) -> list[Any]:
    match name:
        case "range":
            found = store.query_range(scenario, *arguments)
        case "since":
            found = store.query_since(scenario, *arguments)
        case "latest":
            found = store.query_latest(scenario, *arguments)
        case _:
            raise AssertionError(name)
    return [as_data(snapshot) for snapshot in found]


def _check_merge(store: LearningStore, scenario: str, arguments: list[str], expected: Any) -> None:
    latest, strategy = arguments
    name, _, half_life = strategy.partition(":")
    merged = store.merge_sessions(
        scenario, strategy_of(name, int(half_life) if half_life else None), latest=int(latest)
    )
    ours = without(as_data(merged), "created_at", *DROPPED)
    assert ours == without(expected, "created_at", *DROPPED)


def _check_model(store: LearningStore, scenario: str, limit: int, expected: Any) -> None:
    ours = json.loads(encode_model(store.run_offline_learning(scenario, limit)))
    ours["action_order"] = expected["action_order"]  # a stored one survives here; upstream erases it
    assert_same_model(ours, expected)


def test_totals_are_what_the_files_say(case: Path, store: LearningStore) -> None:
    _check_totals(case, store)


def test_totals_of_the_folder_are_what_the_files_say(case: Path, folder: LearningStore) -> None:
    _check_totals(case, folder)


def _check_totals(case: Path, store: LearningStore) -> None:
    for path in (case / "store" / "scenarios").iterdir():
        if (path / "stats.json").exists():
            assert as_data(store.load_scenario(path.name)) == read(path / "stats.json")
    assert as_data(store.load_global()) == read(case / "store" / "global_stats.json")


def test_a_hash_above_two_to_the_63_is_imported(database_url: str) -> None:
    with LearningStore.open(database_url) as store:
        store.import_store(STORES[-1] / "store")
        order = store.load_offline_model("model-only").action_order
        assert order is not None
        assert order.action_set_hash == 18446744073709551609
        model = json.loads(encode_model(store.load_offline_model("model-only")))
        assert model == read(STORES[-1] / "store" / "scenarios" / "model-only" / "offline_model.json")
