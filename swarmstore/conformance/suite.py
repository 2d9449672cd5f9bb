"""All promises in one class."""

from __future__ import annotations

from swarmstore.conformance.promise import Promise
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
    capabilities are skipped, and their reason names the capability. A test that cannot hold for a backend is
    set to None in its class: `test_any_text_is_a_scenario = None`.
    """
