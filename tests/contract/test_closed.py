"""A store that was closed: every call is refused alike, and closing again is none."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from swarmstore import (
    AsyncLearningStore,
    GlobalKey,
    LearningBackend,
    LearningSnapshot,
    LearningStore,
    MemoryStorage,
    OfflineModel,
    SessionId,
    StoreClosedError,
)
from swarmstore.model.forgetting import forgetting
from swarmstore.model.session_slice import SessionSlice
from tests.contract.through_asyncio import ThroughAsyncio
from tests.snapshots import simple

ANY: dict[str, Any] = {
    "key": GlobalKey(),
    "scenario": "s",
    "snapshot": LearningSnapshot.empty(),
    "session_id": SessionId("1"),
    "session_ids": [],
    "from_": 0,
    "to": 1,
    "since": 0,
    "limit": 1,
    "session_limit": 1,
    "wanted": SessionSlice("s", None, None, None, None, None),
    "strategy": "additive",
    "model": OfflineModel(),
    "keep_latest": 1,
    "folder": Path("nowhere"),
    "trace": Path("nowhere"),
    "target": LearningStore(MemoryStorage()),
    "view": "sessions",
    "file_format": "csv",
    "path": Path("nowhere"),
    "snapshots": [],
    "progress": None,
    "after": None,
}
WAYS: dict[str, dict[str, Any]] = {  # which need one of several arguments
    "prune": {"keep_latest": 1},
    "forget": {"wanted": forgetting(SessionSlice("s"), ["1"]), "scenario": "s", "session_ids": ["1"]},
}
STAYS = {"close", "open", "check_names"}  # what needs no store


def calls(of: object) -> dict[str, Callable[[], object]]:
    """Every public method, with arguments that it takes."""
    found: dict[str, Callable[[], object]] = {}
    for name in dir(type(of)):
        method = inspect.getattr_static(type(of), name)
        if name.startswith("_") or name in STAYS or not inspect.isfunction(method):
            continue
        wanted = inspect.signature(method).parameters
        needed = [
            each
            for each in wanted.values()
            if each.default is each.empty and each.kind is not each.VAR_KEYWORD
        ]
        given = {each.name: ANY[each.name] for each in needed if each.name != "self"}
        given |= {key: value for key, value in WAYS.get(name, {}).items() if key in wanted}
        found[name] = lambda method=method, given=given: method(of, **given)  # type: ignore[misc]
    return found


def refused(call: Callable[[], object]) -> bool:
    """Iterators begin when they are used."""
    try:
        given: Any = call()
        _ = list(given) if hasattr(given, "__next__") else given
    except StoreClosedError as error:
        return "is closed; open it again" in str(error)
    return False


async def refused_at_once(call: Callable[[], object]) -> bool:
    try:
        given: Any = call()
        _ = [each async for each in given] if hasattr(given, "__anext__") else await given
    except StoreClosedError:
        return True
    return False


def test_every_call_of_a_closed_store_is_refused(backend: LearningBackend) -> None:
    if isinstance(backend, ThroughAsyncio):
        pytest.skip("its own calls are below")
    store = LearningStore(backend)
    store.save_session("s", simple())
    store.close()
    store.close()
    for name, call in {**calls(store), **{f"storage.{n}": c for n, c in calls(backend).items()}}.items():
        assert refused(call), name
    with pytest.raises(StoreClosedError), store:
        pytest.fail("it was entered")


def test_every_call_of_a_closed_asynchronous_store_is_refused() -> None:
    async def work() -> None:
        store = AsyncLearningStore(LearningStore(MemoryStorage()))
        storage = store.storage
        await store.close()
        await store.close()
        for name, call in {**calls(store), **{f"storage.{n}": c for n, c in calls(storage).items()}}.items():
            assert await refused_at_once(call), name
        with pytest.raises(StoreClosedError):
            async with store:
                pytest.fail("it was entered")

    asyncio.run(work())
