"""Merging through a store: snapshots that a caller has, and the sessions that its arguments choose."""

from __future__ import annotations

from typing import Any

import pytest

from swarmstore import (
    Additive,
    LearningBackend,
    LearningPhase,
    LearningStore,
    MergeStrategy,
    SessionSlice,
    SuccessWeighted,
    TimeDecay,
    UnknownStrategyError,
    merge_snapshots,
)
from swarmstore.conformance.shorthand import timeless
from tests.snapshots import simple

TEXTS: dict[str, MergeStrategy] = {
    "additive": Additive(),
    "time-decay:2": TimeDecay(2),
    "success-weighted": SuccessWeighted(),
}
SLICES: list[dict[str, Any]] = [
    {},
    {"latest": 2},
    {"since": 2, "until": 3},
    {"phase": LearningPhase.RELEASE},
    {"group_id": "g", "latest": 1},
]


@pytest.fixture
def history(store: LearningStore) -> LearningStore:
    for number in range(1, 6):
        snapshot = simple(10**number)
        snapshot.metadata.phase = [LearningPhase.RELEASE, None][number % 2]
        snapshot.metadata.group_id = ["g", None][number % 2]
        store.save_session("s", snapshot, str(number))
        store.save_session("other", snapshot, str(number))
    return store


@pytest.mark.parametrize("given", SLICES, ids=str)
@pytest.mark.parametrize("scenario", ["s", None])
def test_what_is_given_is_what_is_merged(
    history: LearningStore, backend: LearningBackend, scenario: str | None, given: Any
) -> None:
    for text, strategy in TEXTS.items():
        expected = backend.merge_sessions(SessionSlice(scenario, **given), strategy)
        assert timeless(history.merge_sessions(scenario, text, **given)) == timeless(expected)


@pytest.mark.parametrize("text", TEXTS)
def test_snapshots_are_merged_by_a_strategy_or_its_text(history: LearningStore, text: str) -> None:
    snapshots = history.query_latest("s", 5)[::-1]
    expected = timeless(merge_snapshots(snapshots, TEXTS[text]))
    assert timeless(history.merge(snapshots, text)) == expected
    assert timeless(history.merge(snapshots, TEXTS[text])) == expected


def test_what_is_no_strategy_is_refused(store: LearningStore) -> None:
    """Also where there is nothing that a strategy would change."""
    for strategy in (None, 5, "median", Additive, ["additive"]):
        for few in ([], [simple()], [simple(), simple()]):
            with pytest.raises(UnknownStrategyError, match=r"'time-decay:N'"):
                store.merge(few, strategy)  # type: ignore[arg-type]
