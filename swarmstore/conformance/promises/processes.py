"""Processes may use a backend at the same time: nothing is lost, and each session counts once."""

from __future__ import annotations

import multiprocessing

from swarmstore.conformance.capability import Capability
from swarmstore.conformance.other_process import NAMES, SAVES, work, work_elsewhere
from swarmstore.conformance.promise import Promise, needs
from swarmstore.conformance.shorthand import G, total
from swarmstore.contracts.storage import LearningBackend


@needs(Capability.PROCESSES, Capability.EXACTLY_ONCE, Capability.TOTALS)
class Processes(Promise):
    """Two processes: one has a copy of the backend of the other."""

    def test_processes_save_at_once(self, backend: LearningBackend) -> None:
        """Sessions that processes save at once are all there, each counted once."""
        spawning = multiprocessing.get_context("spawn")
        told, ready = spawning.Pipe(duplex=False)
        other = spawning.Process(target=work_elsewhere, args=(backend, ready))
        other.start()
        ready.close()
        try:
            assert told.recv()
            work(backend, NAMES[0])
        finally:
            other.join()
        assert other.exitcode == 0
        saved = [f"{name} {number:02}" for name in ("both", *NAMES) for number in range(SAVES)]
        assert backend.list_sessions("s") == sorted(saved)
        both = total(backend), total(backend, G)
        assert [each.metadata.session_count for each in both] == [len(saved)] * 2
        assert [each.action_stats["A"].visits for each in both] == [len(saved)] * 2
