"""Cached totals prove to be what they are made of, and can be made anew without a loss."""

from __future__ import annotations

import pytest

from swarmstore.conformance.able_backends import VerifiableBackend
from swarmstore.conformance.capability import Capability
from swarmstore.conformance.promise import Promise, needs
from swarmstore.conformance.samples import simple, varied
from swarmstore.conformance.shorthand import G, S, forget, save, session


@needs(Capability.VERIFICATION, Capability.TOTALS, Capability.EXACTLY_ONCE, Capability.FORGETTING)
class Verification(Promise):
    """What `verify_totals` finds, and what `rebuild_totals` leaves."""

    @pytest.fixture
    def used(self, backend: VerifiableBackend) -> VerifiableBackend:
        """A backend in which sessions were saved, folded, removed, replaced, forgotten and saved again."""
        for number in range(6):
            save(backend, f"{number}", simple(number + 1))
            save(backend, f"{number}", varied(), "t")
        backend.fold()
        backend.delete(session("0"))
        backend.save(session("1"), simple(100))
        forget(backend, ["2"])
        save(backend, "0", simple(1))
        return backend

    def test_what_ordinary_calls_leave_is_consistent(self, used: VerifiableBackend) -> None:
        """Nothing differs, pending sessions or not, and every session is as it was saved."""
        assert used.verify_totals(deep=True) == []
        used.fold()
        assert used.verify_totals(deep=True) == []

    def test_progress_is_told_to_the_end(self, used: VerifiableBackend) -> None:
        """Whoever waits is told how much is done, until all of it is."""
        told: list[tuple[int, int]] = []
        used.verify_totals(progress=lambda done, total: told.append((done, total)))
        assert told
        assert told[-1][0] == told[-1][1]
        assert told == sorted(told)

    def test_totals_made_anew_are_the_same(self, used: VerifiableBackend) -> None:
        """Rebuilding loses nothing, and says how many totals there are."""
        used.fold()
        before = used.load(S), used.load(G), used.sources(S), used.sources(G)
        assert used.rebuild_totals() == 3
        assert (used.load(S), used.load(G), used.sources(S), used.sources(G)) == before
        assert used.verify_totals(deep=True) == []
