"""Forgotten sessions go with what they added to totals, as if they had never been saved."""

from __future__ import annotations

from typing import Any

import pytest

from swarmstore.conformance.capability import Capability
from swarmstore.conformance.promise import Promise, needs
from swarmstore.conformance.samples import simple, varied
from swarmstore.conformance.shorthand import U64, G, S, forget, save, session, timeless, total, visits
from swarmstore.contracts.storage import LearningBackend
from swarmstore.errors import BaselineError, SessionForgottenError, SnapshotNotFoundError
from swarmstore.model.forgetting import forgetting
from swarmstore.model.keys import ScenarioKey, TotalKey
from swarmstore.model.metadata import LearningPhase
from swarmstore.model.session_slice import SessionSlice
from swarmstore.model.snapshot import LearningSnapshot

FILTERS: dict[str, tuple[dict[str, Any], int]] = {
    "a phase": ({"phase": LearningPhase.VALIDATE}, 1 + 10),
    "a group": ({"group_id": "broken"}, 1 + 10),
    "since": ({"since": 1_700_000_002}, 1 + 10),
    "until": ({"until": 1_700_000_001}, 100),
    "all of these": (
        {"phase": LearningPhase.RELEASE, "group_id": "good", "since": 1_700_000_001},
        1 + 100,
    ),
    "nothing": ({"group_id": "unknown"}, 1 + 10 + 100),
    "no time": ({"since": U64}, 1 + 10 + 100),
}


def of_group(number: int, group: str, phase: LearningPhase = LearningPhase.RELEASE) -> LearningSnapshot:
    """A simple session of a group and a phase."""
    snapshot = simple(number)
    snapshot.metadata.group_id, snapshot.metadata.phase = group, phase
    return snapshot


@needs(Capability.FORGETTING, Capability.TOTALS, Capability.EXACTLY_ONCE)
class ForgottenSessions(Promise):
    """What `forget` does and reports."""

    @pytest.mark.parametrize("folded", [True, False], ids=["cached", "pending"])
    def test_a_forgotten_session_leaves_totals_as_if_it_had_never_been_saved(
        self, backend: LearningBackend, folded: bool
    ) -> None:
        """A total of one session is its exact copy again, and a total of none is not there."""
        save(backend, "1", varied())
        save(backend, "1", simple(10), "t")
        alone = total(backend, G)
        save(backend, "2", simple(100))
        if folded:
            backend.fold()
        report = forget(backend, ["2"])
        assert report.sessions == (session("2"),)
        assert (report.totals[None], report.totals["s"]) == (total(backend, G), varied())
        assert timeless(total(backend, G)) == timeless(alone)
        assert total(backend) == varied()
        assert backend.list_sessions("s") == ["1"]
        assert forget(backend, ["1"]).totals["s"] is None
        assert total(backend, G) == total(backend, ScenarioKey("t")) == simple(10)
        assert backend.load(S) is None

    def test_a_dry_run_tells_the_totals_and_changes_nothing(self, backend: LearningBackend) -> None:
        """A dry run reports what forgetting would, and is not remembered."""
        save(backend, "1", simple(1))
        backend.fold()
        save(backend, "2", simple(10))
        before = backend.load(S), backend.load(G), backend.sources(S)
        told = forget(backend, ["2"], dry_run=True)
        assert told.dry_run
        assert told.totals == {None: simple(1), "s": simple(1)}
        assert (backend.load(S), backend.load(G), backend.sources(S)) == before
        assert backend.list_sessions("s") == ["1", "2"]
        save(backend, "2", simple(10))
        done = forget(backend, ["2"])
        assert (done.sessions, done.totals) == (told.sessions, told.totals)

    @pytest.mark.parametrize("name", FILTERS)
    def test_sessions_are_chosen_as_for_a_merge(self, backend: LearningBackend, name: str) -> None:
        """Phase, group and times choose sessions together, and all others stay."""
        filters, left = FILTERS[name]
        save(backend, "1700000000", of_group(1, "good"))
        save(backend, "1700000001", of_group(10, "good"))
        save(backend, "1700000002", of_group(100, "broken", LearningPhase.VALIDATE))
        report = backend.forget(forgetting(SessionSlice("s", **filters)))
        assert visits(backend) == visits(backend, G) == left
        assert len(report.sessions) == 3 - len(backend.list_sessions("s"))
        assert bool(report.sessions) == bool(report.totals)

    def test_all_scenarios_and_the_global_total(self, backend: LearningBackend) -> None:
        """The sessions of a group go from wherever they were saved."""
        for number, scenario in enumerate("stu"):
            save(backend, "1", of_group(10**number, "good"), scenario)
        for scenario in "st":
            save(backend, "2", of_group(500, "broken"), scenario)
        report = backend.forget(forgetting(SessionSlice(group_id="broken")))
        assert report.sessions == (session("2"), session("2", "t"))
        assert report.totals.keys() == {None, "s", "t"}
        keys: list[TotalKey] = [G, *map(ScenarioKey, "stu")]
        assert [visits(backend, key) for key in keys] == [111, 1, 10, 100]

    def test_totals_saved_by_hand_stay(self, backend: LearningBackend) -> None:
        """A total saved by hand does not have the session, and the other total is without it."""
        save(backend, "1", simple(1))
        save(backend, "2", simple(10))
        backend.save(S, simple(5))
        save(backend, "3", simple(100))
        forget(backend, ["1", "3"])
        assert (visits(backend), visits(backend, G)) == (5, 10)

    def test_what_never_counted_only_goes(self, backend: LearningBackend) -> None:
        """A session that was saved under its key is removed, and totals are as they were without it."""
        save(backend, "1", simple(1))
        backend.save(session("2"), simple(10))
        save(backend, "3", simple(100))
        report = forget(backend, ["2", "3"])
        assert (len(report.sessions), report.uncounted) == (2, 1)
        assert (visits(backend), backend.list_sessions("s")) == (1, ["1"])

    def test_what_a_baseline_has_cannot_be_forgotten(self, backend: LearningBackend) -> None:
        """What a removed session has added stays, and naming it with others changes nothing."""
        save(backend, "1", simple(1))
        save(backend, "2", simple(10))
        backend.delete(session("1"))
        for ids in (["1"], ["2", "1"]):
            with pytest.raises(BaselineError, match="1"):
                forget(backend, ids)
        assert (backend.list_sessions("s"), visits(backend)) == (["2"], 11)
        forget(backend, ["2"])
        assert visits(backend) == visits(backend, G) == 1

    def test_a_baseline_that_is_gone_stands_in_no_ones_way(self, backend: LearningBackend) -> None:
        """Once totals were saved anew there is nothing left to forget of a removed session."""
        save(backend, "1", simple(1))
        backend.delete(session("1"))
        backend.save(S, simple(5))
        backend.save(G, simple(6))
        assert forget(backend, ["1"]).sessions == ()

    def test_ids_of_which_nothing_is_known_are_refused(self, backend: LearningBackend) -> None:
        """An unknown id or origin raises SnapshotNotFoundError, filters that choose nothing do not."""
        save(backend, "1", simple(1))
        for scenario, ids in (("s", ["1", "x"]), ("unknown", ["x"])):
            with pytest.raises(SnapshotNotFoundError, match="x"):
                forget(backend, ids, scenario)
        assert backend.list_sessions("s") == ["1"]
        assert backend.forget(forgetting(SessionSlice("unknown", since=0))).sessions == ()
        assert backend.scenarios() == ["s"]
        with pytest.raises(SnapshotNotFoundError, match="nowhere"):
            backend.forget(forgetting(SessionSlice(), origin="nowhere"))

    def test_a_forgotten_session_is_not_saved_again(self, backend: LearningBackend) -> None:
        """Repeating the save is refused, other content and other ids are not, forgetting again is safe."""
        save(backend, "1", simple(1))
        forget(backend, ["1"])
        assert forget(backend, ["1"]).sessions == ()
        for _ in range(2):
            with pytest.raises(SessionForgottenError):
                save(backend, "1", simple(1))
            with pytest.raises(SessionForgottenError):
                backend.save(session("1"), simple(1))
        assert backend.list_sessions("s") == []
        save(backend, "1", simple(1), "t")
        save(backend, "2", simple(1))
        save(backend, "1", simple(3))
        assert (visits(backend), visits(backend, G)) == (4, 5)
