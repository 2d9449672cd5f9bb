"""Threads may use a backend at the same time: each call is as if it were alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from swarmstore.conformance.capability import Capability
from swarmstore.conformance.promise import Promise, needs
from swarmstore.conformance.samples import simple
from swarmstore.conformance.shorthand import G, save, total
from swarmstore.contracts.storage import LearningBackend

IDS = [f"{number:04}" for number in range(64)]


@needs(Capability.EXACTLY_ONCE)
class Threads(Promise):
    """Eight threads."""

    @needs(Capability.TOTALS)
    def test_threads_save_at_once(self, backend: LearningBackend) -> None:
        """No session that threads save is lost, and every one is counted once."""
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(lambda text: save(backend, text, simple()), IDS))
        assert backend.list_sessions("s") == IDS
        both = total(backend), total(backend, G)
        assert [each.metadata.session_count for each in both] == [64, 64]
        assert [each.episode_transitions.success_transitions for each in both] == [{("A", "B"): 64}] * 2

    def test_threads_save_one_session(self, backend: LearningBackend) -> None:
        """Of threads that save the same session at the same time all succeed, and there is one session."""
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(lambda _: save(backend, "1", simple()), range(16)))
        assert backend.list_sessions("s") == ["1"]
