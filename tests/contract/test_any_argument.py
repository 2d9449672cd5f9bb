"""Anything in place of any argument or part of what is saved: accepted, or refused by an error of our own."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from swarmstore import (
    ActionOrderSource,
    LearnedActionOrder,
    LearningSnapshot,
    LearningStore,
    LoraConfig,
    MemoryStorage,
    OfflineModel,
    RecommendedPath,
    SessionId,
    SwarmstoreError,
)
from tests.snapshots import full

ODD: tuple[Any, ...] = (
    5,
    -1,
    1.5,
    True,
    b"1700000001",
    "",
    "\ud800",
    "\0",
    [],
    {},
    ["x"],
    {"x": 1},
    object(),
)
RIGHT: dict[str, Any] = {
    **{
        "scenario": "s",
        "session_id": "1700000001",
        "limit": 1,
        "from_": 0,
        "to": 1,
        "since": 0,
        "session_limit": 1,
    },
    **{"snapshots": [], "strategy": "additive", "keep_latest": 1, "view": "sessions", "file_format": "csv"},
    **{"snapshot": LearningSnapshot.empty(), "model": OfflineModel()},
}
ELSEWHERE = {"folder": "folder", "trace": "trace.jsonl", "path": "report.html"}
NO_ARGUMENT_MATTERS = {"default"}  # is given back


def arguments() -> Iterator[Any]:
    for name, method in inspect.getmembers(LearningStore, inspect.isfunction):
        if not name.startswith("_") and name not in {"close", "open"}:
            for parameter in list(inspect.signature(method).parameters)[1:]:
                if parameter not in NO_ARGUMENT_MATTERS:
                    yield pytest.param(name, parameter, id=f"{name}-{parameter}")


@pytest.mark.parametrize(("name", "parameter"), list(arguments()))
def test_any_argument(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, parameter: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with LearningStore.open(sqlite_url) as store:
        method = getattr(store, name)
        wanted = inspect.signature(method).parameters
        right = {**RIGHT, **ELSEWHERE, "target": LearningStore(MemoryStorage())}
        given = {
            each: right[each]
            for each in wanted
            if each in right and (wanted[each].default is inspect.Parameter.empty or each == "keep_latest")
        }
        for odd in ODD:
            try:
                answer = method(**{**given, parameter: odd})
                _ = list(answer) if inspect.isgenerator(answer) else answer
            except (SwarmstoreError, OSError):
                pass
            assert set(store.scenarios()) <= {"s", ""}, odd


def places(value: object, found: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The ways to every field of an object, and to every value in its mappings."""
    if is_dataclass(value):
        for field in fields(value):
            yield (*found, field.name)
            yield from places(getattr(value, field.name), (*found, field.name))
    elif isinstance(value, dict) and value:
        yield (*found, "{}")
        yield from places(next(iter(value.values())), (*found, "{}"))
    elif isinstance(value, list) and value:
        yield (*found, "[]")
        yield from places(value[0], (*found, "[]"))


def put(value: Any, way: tuple[str, ...], odd: object) -> None:
    *first, last = way
    for step in first:
        value = (
            next(iter(value.values())) if step == "{}" else value[0] if step == "[]" else getattr(value, step)
        )
    if last == "{}":
        value[next(iter(value))] = odd
    elif last == "[]":
        value[0] = odd
    else:
        object.__setattr__(value, last, odd)


def model() -> OfflineModel:
    order = LearnedActionOrder(["A"], ["B"], 1, ActionOrderSource.LLM, LoraConfig(1, 1.0, "x"), 0.5)
    path = RecommendedPath(["A", "B"], 0.5, 2)
    return OfflineModel(action_order=order, recommended_paths=[path])


@pytest.mark.parametrize("way", list(places(full())), ids=".".join)
def test_any_place_of_a_snapshot(sqlite_url: str, way: tuple[str, ...]) -> None:
    with LearningStore.open(sqlite_url) as store:
        for odd in (None, *ODD):
            snapshot = full()
            put(snapshot, way, odd)
            for save in (store.save_global, lambda given: store.save_session("s", given, SessionId("1"))):
                try:
                    save(snapshot)
                except SwarmstoreError:
                    pass
                else:
                    assert LearningSnapshot.from_json(snapshot.to_json()) is not None, odd


@pytest.mark.parametrize("way", list(places(model())), ids=".".join)
def test_any_place_of_an_offline_model(sqlite_url: str, way: tuple[str, ...]) -> None:
    with LearningStore.open(sqlite_url) as store:
        for odd in (None, *ODD):
            changed = model()
            put(changed, way, odd)
            try:
                store.save_offline_model("s", changed)
            except SwarmstoreError:
                continue
            assert store.load_offline_model("s") == changed, odd
