"""What is saved or returned belongs to the caller: changing it changes nothing that is stored."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from swarmstore import GlobalKey, LearningBackend, LearningSnapshot, ScenarioKey, SessionId, SessionKey
from tests.snapshots import model, simple

SESSION = SessionKey("s", SessionId("7"))


def change(snapshot: LearningSnapshot) -> None:
    snapshot.metadata.task_description = "changed"
    snapshot.episode_transitions.success_transitions["A", "B"] = 99
    snapshot.ngram_stats.trigrams.clear()
    snapshot.action_stats["A"].visits = 99


@pytest.mark.parametrize("key", [GlobalKey(), ScenarioKey("s"), SESSION], ids=str)
def test_a_session_may_be_changed_after_saving(
    backend: LearningBackend, key: GlobalKey | ScenarioKey | SessionKey
) -> None:
    """Neither the session nor a total that is its copy changes with it."""
    mine = simple()
    backend.save_session("s", mine, SESSION.session_id)
    change(mine)
    assert backend.load(key) == simple()


@pytest.mark.parametrize(
    "query",
    [
        lambda backend: backend.query_range("s", 0, 10),
        lambda backend: backend.query_since("s", 0),
        lambda backend: backend.query_latest("s", 1),
    ],
    ids=["range", "since", "latest"],
)
def test_what_a_query_returns_may_be_changed(
    backend: LearningBackend, query: Callable[[LearningBackend], list[LearningSnapshot]]
) -> None:
    """The next answer is what was saved, and so are the totals."""
    backend.save_session("s", simple(), SESSION.session_id)
    for snapshot in query(backend):
        change(snapshot)
    assert query(backend) == [simple()]
    assert backend.load(ScenarioKey("s")) == simple()


def test_a_model_may_be_changed_after_saving_and_loading(backend: LearningBackend) -> None:
    """The stored one stays as it was saved."""
    mine = model()
    backend.save_offline_model("s", mine)
    mine.recommended_paths.clear()
    loaded = backend.load_offline_model("s")
    assert loaded == model()
    loaded.recommended_paths[0].actions.append("more")
    assert backend.load_offline_model("s") == model()
