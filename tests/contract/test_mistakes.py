"""Things of another type than they should be: what was given, and what to write instead."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from swarmstore import (
    AsyncLearningStore,
    ConfigurationError,
    InvalidValueError,
    LearningSnapshot,
    LearningStore,
    OfflineModel,
)

NO_STORAGE: list[tuple[Any, str]] = [
    ("sqlite:///swarm.db", r"a URL is not a backend; write LearningStore\.open\(url\)"),
    ("postgresql://user:hunter2@host/db", r"write LearningStore\.open\(url\)"),
    (Path("folder"), r"write LearningStore\(FileSystemStorage\(path\)\)"),
    (None, "NoneType is not a backend"),
]


@pytest.mark.parametrize(("given", "said"), NO_STORAGE)
def test_what_is_no_storage_is_refused(given: Any, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said) as refused:
        LearningStore(given)
    assert "hunter2" not in str(refused.value)
    with pytest.raises(ConfigurationError, match=r"write AsyncLearningStore\.open\(url\)"):
        AsyncLearningStore(given)


BAD: dict[str, tuple[Callable[[Any], object], str]] = {
    "save_session": (
        lambda store: store.save_session("s", {}),
        r"snapshot: must be a LearningSnapshot, not dict; `LearningSnapshot\.from_json` reads one",
    ),
    "save_scenario": (lambda store: store.save_scenario("s", None), "must be a LearningSnapshot, not None"),
    "save_global": (lambda store: store.save_global("{}"), "must be a LearningSnapshot, not str"),
    "metadata": (
        lambda store: store.save_session("s", LearningSnapshot(metadata={})),  # type: ignore[arg-type]
        "metadata: must be a SnapshotMetadata, not dict",
    ),
    "action_stats": (
        lambda store: store.save_session("s", LearningSnapshot(action_stats=[])),  # type: ignore[arg-type]
        "action_stats: must be a Mapping, not list",
    ),
    "save_offline_model": (
        lambda store: store.save_offline_model("s", {}),
        "model: must be an OfflineModel, not dict",
    ),
    "parameters": (
        lambda store: store.save_offline_model("s", OfflineModel(parameters=1)),  # type: ignore[arg-type]
        "parameters: must be an OptimalParameters, not int 1",
    ),
    "forget": (lambda store: store.forget("s", ["1"], dry_run="yes"), "dry_run: must be True or False"),
    "prune": (lambda store: store.prune("s", keep_latest=1, dry_run=1), "dry_run: must be True or False"),
    "verify_totals": (lambda store: store.verify_totals(deep=None), "deep: must be True or False"),
    "load": (lambda store: store.storage.load("s"), "key: must be a GlobalKey or ScenarioKey or"),
    "merge": (lambda store: store.merge([{}], "additive"), "snapshots: must be a LearningSnapshot"),
}


def test_what_is_of_another_type_is_refused(store: LearningStore) -> None:
    for call, said in BAD.values():
        with pytest.raises(InvalidValueError, match=said):
            call(store)
    assert store.scenarios() == []
