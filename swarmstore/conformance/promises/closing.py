"""Once a backend is closed, every call but `close` is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from swarmstore.conformance.able_backends import (
    AnalysableBackend,
    FollowableBackend,
    ImportableBackend,
    PagedBackend,
    VerifiableBackend,
)
from swarmstore.conformance.capability import Capability
from swarmstore.conformance.promise import Promise, needs
from swarmstore.conformance.samples import model, simple
from swarmstore.conformance.shorthand import G, S, forget, session
from swarmstore.contracts.storage import LearningBackend
from swarmstore.errors import StoreClosedError
from swarmstore.model.session_slice import SessionSlice

Calls = list[Callable[[], object]]


def taken(calls: Calls) -> list[int]:
    """The places of calls that were not refused as those of a closed backend."""
    found = []
    for place, call in enumerate(calls):
        try:
            call()
        except StoreClosedError:
            continue
        found.append(place)
    return found


class Closing(Promise):
    """Calls after the last one."""

    def test_a_closed_backend_refuses_every_call(self, backend: LearningBackend) -> None:
        """Loading, saving, deleting, listing and querying raise StoreClosedError, closing again does not."""
        backend.save(session("1"), simple())
        backend.close()
        backend.close()
        calls: Calls = [
            lambda: backend.load(G),
            lambda: backend.save(S, simple()),
            lambda: backend.delete(S),
            lambda: backend.exists(S),
            lambda: backend.list_sessions("s"),
            lambda: backend.query_range("s", 0, 9),
            lambda: backend.query_since("s", 0),
            lambda: backend.query_latest("s", 1),
            backend.scenarios,
        ]
        assert taken(calls) == []

    @needs(Capability.EXACTLY_ONCE, Capability.TOTALS, Capability.MERGES)
    def test_a_closed_backend_counts_nothing(self, backend: LearningBackend) -> None:
        """Saving sessions, asking for what totals are made of and merging raise StoreClosedError."""
        backend.close()
        calls: Calls = [
            lambda: backend.save_session("s", simple(), session("1").session_id),
            lambda: backend.delete_sessions("s", []),
            lambda: backend.sources(S),
            backend.summaries,
            backend.fold,
            lambda: backend.merge_sessions(SessionSlice("s"), "additive"),
        ]
        assert taken(calls) == []

    @needs(Capability.FORGETTING)
    def test_a_closed_backend_forgets_nothing(self, backend: LearningBackend) -> None:
        """Forgetting raises StoreClosedError."""
        backend.close()
        with pytest.raises(StoreClosedError):
            forget(backend, ["1"])

    @needs(Capability.OFFLINE_MODELS)
    def test_a_closed_backend_has_no_models(self, backend: LearningBackend) -> None:
        """All calls about offline models raise StoreClosedError."""
        backend.close()
        calls: Calls = [
            lambda: backend.load_offline_model("s"),
            lambda: backend.save_offline_model("s", model()),
            lambda: backend.save_analysis("s", model()),
            lambda: backend.latest_analysis_input("s", 1),
        ]
        assert taken(calls) == []

    @needs(Capability.PAGES)
    def test_a_closed_backend_has_no_pages(self, backend: PagedBackend) -> None:
        """Asking for a page raises StoreClosedError."""
        backend.close()
        calls: Calls = [
            lambda: backend.range_page("s", 0, 1, None, 1),
            lambda: backend.summary_page("s", SessionSlice(), None, 1),
        ]
        assert taken(calls) == []

    @needs(Capability.CHANGE_FEED)
    def test_a_closed_backend_cannot_be_followed(self, backend: FollowableBackend) -> None:
        """Following and renewing cursors raise StoreClosedError."""
        backend.close()
        assert taken([lambda: list(backend.changes()), backend.renew_cursors]) == []

    @needs(Capability.IMPORTS)
    def test_a_closed_backend_takes_no_import(self, backend: ImportableBackend) -> None:
        """An import target of before has no more ledger."""
        target = backend.import_target()
        backend.close()
        assert taken([target.origins, target.is_empty]) == []

    @needs(Capability.ANALYTICS)
    def test_a_closed_backend_has_nothing_to_analyse(self, backend: AnalysableBackend) -> None:
        """Findings raise StoreClosedError."""
        analysis = backend.analysis()
        backend.close()
        assert taken([lambda: analysis.findings(None)]) == []

    @needs(Capability.VERIFICATION)
    def test_a_closed_backend_cannot_be_checked(self, backend: VerifiableBackend) -> None:
        """Checking and rebuilding totals raise StoreClosedError."""
        backend.close()
        assert taken([backend.verify_totals, backend.rebuild_totals]) == []
