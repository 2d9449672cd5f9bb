"""What is saved or returned belongs to the caller: changing it changes nothing that is stored."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from swarmstore.conformance.capability import Capability
from swarmstore.conformance.promise import Promise, needs
from swarmstore.conformance.samples import model, simple
from swarmstore.conformance.shorthand import KEYS, session
from swarmstore.contracts.storage import LearningBackend
from swarmstore.model.keys import SnapshotKey
from swarmstore.model.snapshot import LearningSnapshot


def change(snapshot: LearningSnapshot) -> None:
    """Change a snapshot in several of its parts."""
    snapshot.metadata.task_description = "changed"
    snapshot.episode_transitions.success_transitions["A", "B"] = 99
    snapshot.ngram_stats.trigrams.clear()
    snapshot.action_stats["A"].visits = 99


class Ownership(Promise):
    """Objects that callers change."""

    @pytest.mark.parametrize("key", KEYS, ids=str)
    def test_what_is_loaded_or_saved_belongs_to_the_caller(
        self, backend: LearningBackend, key: SnapshotKey
    ) -> None:
        """A snapshot may be changed after it was saved, and after it was loaded."""
        mine = simple()
        backend.save(key, mine)
        change(mine)
        loaded = backend.load(key)
        assert loaded == simple()
        change(loaded)
        assert backend.load(key) == simple()

    @needs(Capability.EXACTLY_ONCE, Capability.TOTALS)
    @pytest.mark.parametrize("key", KEYS, ids=str)
    def test_a_session_may_be_changed_after_saving(self, backend: LearningBackend, key: SnapshotKey) -> None:
        """Neither a session nor a total that is its copy changes with the snapshot that was given."""
        mine = simple()
        backend.save_session("s", mine, session("1700000000").session_id)
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
        self, backend: LearningBackend, query: Callable[[LearningBackend], list[LearningSnapshot]]
    ) -> None:
        """The next answer to a query is what was saved, whatever was done to the one before."""
        backend.save(session("7"), simple())
        for snapshot in query(backend):
            change(snapshot)
        assert query(backend) == [simple()]
        assert backend.load(session("7")) == simple()

    @needs(Capability.OFFLINE_MODELS)
    def test_a_model_may_be_changed_after_saving_and_loading(self, backend: LearningBackend) -> None:
        """A stored offline model stays as it was saved."""
        mine = model()
        backend.save_offline_model("s", mine)
        mine.recommended_paths.clear()
        loaded = backend.load_offline_model("s")
        assert loaded == model()
        loaded.recommended_paths[0].actions.append("more")
        assert backend.load_offline_model("s") == model()

    @needs(Capability.OFFLINE_MODELS)
    def test_an_analysis_may_be_changed_after_saving(self, backend: LearningBackend) -> None:
        """Neither the model that is given nor the one that is returned is the stored one."""
        backend.save_offline_model("s", model())
        mine = model()
        kept = backend.save_analysis("s", mine)
        for each in (mine, kept):
            each.recommended_paths.clear()
            if each.action_order is not None:
                each.action_order.discover.append("more")
        assert backend.load_offline_model("s") == model()
