"""A snapshot is kept under its key until another one takes its place or it is deleted."""

from __future__ import annotations

import pytest

from swarmstore.conformance.promise import Promise
from swarmstore.conformance.samples import simple, varied
from swarmstore.conformance.shorthand import KEYS, session
from swarmstore.contracts.storage import LearningBackend
from swarmstore.model.keys import ScenarioKey, SnapshotKey

keys = pytest.mark.parametrize("key", KEYS, ids=str)


class KeptSnapshots(Promise):
    """Saving, loading, replacing and deleting by key."""

    @keys
    def test_what_was_never_saved_is_none(self, backend: LearningBackend, key: SnapshotKey) -> None:
        """Loading what was never saved gives None, it does not exist, and deleting it says so."""
        assert backend.load(key) is None
        assert backend.exists(key) is False
        assert backend.delete(key) is False

    @keys
    def test_a_saved_snapshot_is_there(self, backend: LearningBackend, key: SnapshotKey) -> None:
        """What was saved under a key exists and can be loaded."""
        backend.save(key, simple())
        assert backend.exists(key) is True
        assert backend.load(key) == simple()

    @keys
    def test_saving_again_replaces(self, backend: LearningBackend, key: SnapshotKey) -> None:
        """The second snapshot takes the place of the first, with nothing left of it."""
        backend.save(key, varied())
        backend.save(key, simple())
        assert backend.load(key) == simple()

    @keys
    def test_deleting_removes(self, backend: LearningBackend, key: SnapshotKey) -> None:
        """What was deleted is as if never saved, and deleting says that it was there."""
        backend.save(key, varied())
        assert backend.delete(key) is True
        assert backend.load(key) is None
        assert backend.exists(key) is False
        assert backend.delete(key) is False
        backend.save(key, simple())
        assert backend.load(key) == simple()

    def test_keys_do_not_touch_each_other(self, backend: LearningBackend) -> None:
        """A total and a session of the same scenario are different things, as are scenarios."""
        every: list[SnapshotKey] = [*KEYS, ScenarioKey("S"), session("1700000000", "S")]
        for number, key in enumerate(every, start=1):
            backend.save(key, simple(number))
        for number, key in enumerate(every, start=1):
            assert backend.load(key) == simple(number)
