"""All promises in one class."""

from __future__ import annotations

import pytest

from swarmstore.conformance.capability import METHODS, Capability
from swarmstore.conformance.promise import Promise, needed_by
from swarmstore.conformance.promises.analysts_views import AnalystsViews
from swarmstore.conformance.promises.bad_input import BadInput
from swarmstore.conformance.promises.byte_order import ByteOrder
from swarmstore.conformance.promises.change_feed import ChangeFeed
from swarmstore.conformance.promises.closing import Closing
from swarmstore.conformance.promises.exact_contents import ExactContents
from swarmstore.conformance.promises.exactly_once import ExactlyOnce
from swarmstore.conformance.promises.forgotten_sessions import ForgottenSessions
from swarmstore.conformance.promises.imports import Imports
from swarmstore.conformance.promises.kept_snapshots import KeptSnapshots
from swarmstore.conformance.promises.made_ids import MadeIds
from swarmstore.conformance.promises.merged_history import MergedHistory
from swarmstore.conformance.promises.offline_models import OfflineModels
from swarmstore.conformance.promises.overflow import Overflow
from swarmstore.conformance.promises.ownership import Ownership
from swarmstore.conformance.promises.paging import Paging
from swarmstore.conformance.promises.parts_of_totals import PartsOfTotals
from swarmstore.conformance.promises.processes import Processes
from swarmstore.conformance.promises.repeats_after_removal import RepeatsAfterRemoval
from swarmstore.conformance.promises.scenario_names import ScenarioNames
from swarmstore.conformance.promises.summaries import Summaries
from swarmstore.conformance.promises.threads import Threads
from swarmstore.conformance.promises.time_ranges import TimeRanges
from swarmstore.conformance.promises.totals import Totals
from swarmstore.conformance.promises.unknown_scenarios import UnknownScenarios
from swarmstore.conformance.promises.verification import Verification
from swarmstore.contracts.storage import LearningBackend

_UNDECLARED = object()  # in the place of a test


class BackendConformance(
    KeptSnapshots,
    ExactContents,
    Ownership,
    BadInput,
    ScenarioNames,
    UnknownScenarios,
    ByteOrder,
    TimeRanges,
    Closing,
    ExactlyOnce,
    MadeIds,
    Threads,
    Processes,
    Totals,
    PartsOfTotals,
    Summaries,
    Overflow,
    RepeatsAfterRemoval,
    ForgottenSessions,
    MergedHistory,
    OfflineModels,
    Paging,
    ChangeFeed,
    Imports,
    AnalystsViews,
    Verification,
    Promise,
):
    """Every promise of a backend as tests; inherit from it in a class whose name begins with `Test`.

    The class needs one fixture, `backend`, which returns an open and empty backend. Unless it says
    otherwise in `capabilities`, it has to keep what every `LearningBackend` promises. Tests of other
    capabilities are left out; one skipped test for each names it. A test that cannot hold for a backend is
    set to None in its class: `test_any_text_is_a_scenario = None`.
    """

    def __init_subclass__(cls) -> None:
        """Leave out the tests of what a class does not declare."""
        super().__init_subclass__()
        for promise in BackendConformance.__bases__:
            for name, test in vars(promise).items():
                if name.startswith("test_") and getattr(cls, name) in (test, _UNDECLARED):
                    declared = set(cls.capabilities).issuperset(needed_by(test))
                    setattr(cls, name, test if declared else _UNDECLARED)

    @pytest.mark.parametrize("capability", list(Capability), ids=lambda each: each.name)
    def test_a_backend_has_what_it_declares(self, backend: LearningBackend, capability: Capability) -> None:
        """A backend has the methods of each capability that its class declares."""
        if capability not in self.capabilities:
            pytest.skip(f"{capability.name} is not declared, and its tests are left out")
        missing = [name for name in METHODS.get(capability, ()) if not callable(getattr(backend, name, None))]
        if missing:
            pytest.fail(
                f"{type(self).__name__} declares {capability.name}, and {type(backend).__name__} has no "
                f"method {' and no '.join(missing)}; write what is missing, or do not declare it",
                pytrace=False,
            )
