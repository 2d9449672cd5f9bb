"""Offline learning: what is analysed, and what is kept of the model before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from swarmstore import (
    ActionOrderSource,
    LearnedActionOrder,
    LearningBackend,
    LearningStore,
    OfflineAnalyzer,
    OfflineModel,
    SessionId,
    SessionKey,
    SnapshotNotFoundError,
)
from swarmstore.conformance.samples import with_runs
from tests.snapshots import full, model, simple


def test_learning_looks_at_the_newest_sessions_as_the_analyzer_does(
    store: LearningStore, backend: LearningBackend
) -> None:
    """And keeps an action order that is stored."""
    for number in range(6):
        backend.save(SessionKey("s", SessionId(str(number))), with_runs(full(), number))
    with pytest.raises(SnapshotNotFoundError, match="no sessions"):
        store.run_offline_learning("s", 0)
    store.save_offline_model("s", model())
    for limit in (1, 3, 100):
        learned = store.run_offline_learning("s", limit)
        expected = OfflineAnalyzer(backend.query_latest("s", limit)).analyze()
        expected.updated_at, expected.action_order = learned.updated_at, model().action_order
        assert learned == expected
        assert store.load_offline_model("s") == expected


def test_an_action_order_that_is_saved_while_an_analysis_is_made_is_kept(
    store: LearningStore, backend: LearningBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between what the analysis reads and what it saves, somebody saves a model with an order."""
    store.save_session("s", simple(), "1")
    real = OfflineAnalyzer.analyze

    def analyze(analyzer: OfflineAnalyzer) -> OfflineModel:
        store.save_offline_model("s", model())
        return real(analyzer)

    monkeypatch.setattr(OfflineAnalyzer, "analyze", analyze)
    learned = store.run_offline_learning("s", 5)
    assert learned.action_order == model().action_order
    assert backend.load_offline_model("s") == learned


def test_an_order_saved_after_the_analysis_was_made_stays(
    store: LearningStore, backend: LearningBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever call writes the analysis down: the order comes just before it."""
    store.save_session("s", simple(), "1")
    store.save_offline_model("s", model())
    newest = LearnedActionOrder(["A"], ["B"], 1, ActionOrderSource.MANUAL)
    save_model = backend.save_offline_model

    def right_before(write: Callable[..., Any]) -> Callable[..., Any]:
        def written(*given: object) -> object:
            save_model("s", OfflineModel(action_order=newest))
            return write(*given)

        return written

    for name in ("save_analysis", "save_offline_model"):
        monkeypatch.setattr(backend, name, right_before(getattr(backend, name)))
    store.run_offline_learning("s", 5)
    assert store.load_offline_model("s").action_order == newest
