"""Forgetting through a store: its arguments choose what a backend forgets."""

from __future__ import annotations

from typing import Any

import pytest

from swarmstore import (
    ConfigurationError,
    CountOutOfRangeError,
    InvalidTextError,
    LearningBackend,
    LearningStore,
    SessionSlice,
    UnknownPhaseError,
)
from swarmstore.model.forgetting import forgetting
from tests.snapshots import simple

CHOSEN: list[dict[str, Any]] = [
    {"session_ids": ["1", "2"]},
    {"phase": "release"},
    {"group_id": "g", "since": 5},
    {"until": 7},
]


@pytest.mark.parametrize("given", CHOSEN, ids=str)
def test_what_is_given_is_what_is_forgotten(
    store: LearningStore, backend: LearningBackend, given: Any
) -> None:
    for number in range(10):
        snapshot = simple(number + 1)
        snapshot.metadata.phase = ["release", None][number % 2]  # type: ignore[assignment]
        snapshot.metadata.group_id = [None, "g"][number % 2]
        store.save_session("s", snapshot, str(number))
    ids = given.get("session_ids")
    rest = {name: value for name, value in given.items() if name != "session_ids"}
    told = backend.forget(forgetting(SessionSlice("s", **rest), ids), dry_run=True)
    assert 0 < len(told.sessions) < 10
    assert store.forget("s", ids, **rest, dry_run=True) == told
    done = store.forget("s", ids, **rest)
    assert (done.sessions, done.totals, done.dry_run) == (told.sessions, told.totals, False)
    assert len(store.list_sessions("s")) == 10 - len(told.sessions)


WRONG: list[tuple[dict[str, Any], type[Exception]]] = [
    ({"scenario": "s"}, ConfigurationError),
    ({"scenario": "s", "session_ids": ["1"], "since": 0}, ConfigurationError),
    ({"scenario": "s", "session_ids": "12"}, ConfigurationError),
    ({"session_ids": ["1"]}, ConfigurationError),
    ({"scenario": "s", "origin": "o"}, ConfigurationError),
    ({"origin": "o", "phase": "release"}, ConfigurationError),
    ({"scenario": "\0", "since": 0}, InvalidTextError),
    ({"scenario": "s", "session_ids": ["\0"]}, InvalidTextError),
    ({"scenario": "s", "group_id": "\0"}, InvalidTextError),
    ({"origin": "\0"}, InvalidTextError),
    ({"scenario": "s", "since": -1}, CountOutOfRangeError),
    ({"scenario": "s", "phase": "other"}, UnknownPhaseError),
]


def test_what_cannot_be_chosen_is_refused(store: LearningStore) -> None:
    store.save_session("s", simple(1), "1")
    for given, error in WRONG:
        with pytest.raises(error):
            store.forget(**given)
    with pytest.raises(InvalidTextError):
        store.sources("\0")
    assert store.list_sessions("s") == ["1"]
