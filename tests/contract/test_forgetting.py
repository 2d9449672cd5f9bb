"""Forgetting: sessions go with what they added to totals, as if they had never been saved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from swarmstore import (
    BaselineError,
    ConfigurationError,
    CountOutOfRangeError,
    InvalidTextError,
    LearningPhase,
    LearningSnapshot,
    LearningStore,
    PartKind,
    SessionForgottenError,
    SessionId,
    SessionKey,
    SnapshotNotFoundError,
    UnknownPhaseError,
)
from swarmstore.contracts.capabilities import Followable
from tests.contract.totals import timeless
from tests.snapshots import full, simple

# the others run the same code: `test_machine` forgets on them


def visits(store: LearningStore, scenario: str | None = "s") -> int:
    total = store.load_global() if scenario is None else store.load_scenario(scenario)
    return total.action_stats["A"].visits


def of_group(number: int, group: str, phase: LearningPhase = LearningPhase.RELEASE) -> LearningSnapshot:
    snapshot = simple(number)
    snapshot.metadata.group_id, snapshot.metadata.phase = group, phase
    return snapshot


@pytest.mark.parametrize("folded", [True, False], ids=["cached", "waiting"])
def test_a_forgotten_session_leaves_totals_as_if_it_had_never_been_saved(
    store: LearningStore, folded: bool
) -> None:
    """Down to the exact copy that a total of one session is, and to no total at all."""
    store.save_session("s", full(), "1")
    store.save_session("t", simple(10), "1")
    alone = store.load_global(), store.load_scenario("s")
    store.save_session("s", simple(100), "2")
    if folded:
        store.fold()
    report = store.forget("s", ["2"])
    assert report.sessions == (SessionKey("s", SessionId("2")),)
    assert (report.totals[None], report.totals["s"]) == (store.load_global(), full())
    assert (timeless(store.load_global()), store.load_scenario("s")) == (timeless(alone[0]), full())
    assert store.list_sessions("s") == ["1"]
    assert store.forget("s", ["1"]).totals["s"] is None
    assert store.load_global() == store.load_scenario("t") == simple(10)
    with pytest.raises(SnapshotNotFoundError):
        store.load_scenario("s")
    assert store.verify_totals(deep=True) == []


def test_a_dry_run_tells_the_totals_and_changes_nothing(store: LearningStore) -> None:
    store.save_session("s", simple(1), "1")
    store.fold()
    store.save_session("s", simple(10), "2")
    before = store.load_scenario("s"), store.load_global(), store.sources("s")
    told = store.forget("s", ["2"], dry_run=True)
    assert told.dry_run
    assert told.totals == {None: simple(1), "s": simple(1)}
    assert (store.load_scenario("s"), store.load_global(), store.sources("s")) == before
    assert store.list_sessions("s") == ["1", "2"]
    store.save_session("s", simple(10), "2")  # nor is it remembered as forgotten
    done = store.forget("s", ["2"])
    assert (done.sessions, done.totals) == (told.sessions, told.totals)


FILTERS: dict[str, tuple[dict[str, Any], int]] = {
    "a phase": ({"phase": LearningPhase.VALIDATE}, 1 + 10),
    "a group": ({"group_id": "broken"}, 1 + 10),
    "since": ({"since": 1_700_000_002}, 1 + 10),
    "until": ({"until": 1_700_000_001}, 100),
    "all of these": ({"phase": "release", "group_id": "good", "since": 1_700_000_001}, 1 + 100),
    "nothing": ({"group_id": "unknown"}, 1 + 10 + 100),
    "no time": ({"since": 2**64 - 1}, 1 + 10 + 100),
}


def test_sessions_are_chosen_as_for_a_merge(store: LearningStore) -> None:
    for chosen, (filters, left) in FILTERS.items():
        store.save_session(chosen, of_group(1, "good"), "1700000000")
        store.save_session(chosen, of_group(10, "good"), "1700000001")
        store.save_session(chosen, of_group(100, "broken", LearningPhase.VALIDATE), "1700000002")
        report = store.forget(chosen, **filters)
        assert visits(store, chosen) == left, chosen
        assert len(report.sessions) == 3 - len(store.list_sessions(chosen))
        assert bool(report.sessions) == bool(report.totals)
    assert visits(store, None) == sum(left for _, left in FILTERS.values())


def test_all_scenarios_and_the_global_total(store: LearningStore) -> None:
    """A broken agent's sessions go from wherever it has saved them."""
    for number, scenario in enumerate("stu"):
        store.save_session(scenario, of_group(10**number, "good"), "1")
    for scenario in "st":
        store.save_session(scenario, of_group(500, "broken"), "2")
    assert visits(store, None) == 1111
    report = store.forget(group_id="broken")
    assert report.sessions == (SessionKey("s", SessionId("2")), SessionKey("t", SessionId("2")))
    assert report.totals.keys() == {None, "s", "t"}
    assert [visits(store, scenario) for scenario in (None, *"stu")] == [111, 1, 10, 100]


def test_totals_saved_by_hand_stay(store: LearningStore) -> None:
    """They do not have the session, whatever they were made of; the other total is without it."""
    store.save_session("s", simple(1), "1")
    store.save_session("s", simple(10), "2")
    store.save_scenario("s", simple(5))
    store.save_session("s", simple(100), "3")
    store.forget("s", ["1", "3"])
    assert (visits(store), visits(store, None)) == (5, 10)
    assert [part.kind for part in store.sources("s")] == [PartKind.HAND]


def test_what_never_counted_only_goes(store: LearningStore) -> None:
    store.save_session("s", simple(1), "1")
    store.storage.save(SessionKey("s", SessionId("2")), simple(10))
    store.save_session("s", simple(100), "3")
    report = store.forget("s", ["2", "3"])
    assert (len(report.sessions), report.uncounted) == (2, 1)
    assert (visits(store), store.list_sessions("s")) == (1, ["1"])


def prune(store: LearningStore) -> None:
    store.prune("s", keep_latest=1)


def prune_and_repeat(store: LearningStore) -> None:
    prune(store)
    store.save_session("s", simple(1), "1")


@pytest.mark.parametrize(
    "remove", [prune, prune_and_repeat, lambda s: s.storage.delete(SessionKey("s", SessionId("1")))]
)
def test_what_a_baseline_has_cannot_be_forgotten(
    store: LearningStore, remove: Callable[[LearningStore], object]
) -> None:
    """The others can, and then the baseline is all that is left."""
    store.save_session("s", simple(1), "1")
    store.save_session("s", simple(10), "2")
    remove(store)
    before = store.list_sessions("s")
    for ids in (["1"], ["2", "1"]):
        with pytest.raises(BaselineError, match="session '1' of scenario 's'"):
            store.forget("s", ids)
    assert (store.list_sessions("s"), visits(store)) == (before, 11)
    store.forget("s", ["2"])
    assert visits(store) == visits(store, None) == 1
    (baseline,) = store.sources("s")
    assert (baseline.kind, baseline.session_count) == (PartKind.BASELINE, 1)
    assert store.verify_totals(deep=True) == []


def test_a_baseline_that_is_gone_stands_in_no_ones_way(store: LearningStore) -> None:
    store.save_session("s", simple(1), "1")
    store.prune("s", keep_latest=0)
    store.save_scenario("s", simple(5))
    store.save_global(simple(6))
    assert store.forget("s", ["1"]).sessions == ()


def test_ids_of_which_nothing_is_known_are_refused(store: LearningStore) -> None:
    store.save_session("s", simple(1), "1")
    for scenario in ("s", "unknown"):
        with pytest.raises(SnapshotNotFoundError, match="'x'"):
            store.forget(scenario, ["1", "x"] if scenario == "s" else ["x"])
    assert store.list_sessions("s") == ["1"]
    assert store.forget("unknown", since=0).sessions == ()
    assert store.scenarios() == ["s"]
    with pytest.raises(SnapshotNotFoundError, match="nothing was imported from 'nowhere'"):
        store.forget(origin="nowhere")


def test_a_forgotten_session_is_not_saved_again(store: LearningStore) -> None:
    """A repeat of the save is refused, other content and other ids are not. To repeat forgetting is safe."""
    store.save_session("s", simple(1), "1")
    store.forget("s", ["1"])
    assert store.forget("s", ["1"]).sessions == ()
    for _ in range(2):
        with pytest.raises(SessionForgottenError, match="session '1' of scenario 's'"):
            store.save_session("s", simple(1), "1")
        with pytest.raises(SessionForgottenError):
            store.storage.save(SessionKey("s", SessionId("1")), simple(1))
    assert store.list_sessions("s") == []
    store.save_session("t", simple(1), "1")
    store.save_session("s", simple(1), "2")
    store.save_session("s", simple(3), "1")
    assert (visits(store), visits(store, None)) == (4, 5)


def test_followers_are_told_of_no_forgotten_session(store: LearningStore) -> None:
    if not isinstance(store.storage, Followable):
        pytest.skip("files have no order of saving")
    store.save_session("s", simple(1), "1")
    store.save_session("s", simple(2), "2")
    seen = [change.cursor for change in store.changes()]
    store.forget("s", ["1", "2"])
    store.save_session("s", simple(3), "3")
    for cursor in (None, *seen):
        assert [change.session_id for change in store.changes(cursor)] == ["3"]


def test_sources_tell_what_a_total_is_made_of(store: LearningStore) -> None:
    assert store.sources() == store.sources("s") == []
    store.save_scenario("s", simple(1000))
    store.save_session("s", simple(1), "1")
    store.save_session("s", simple(10), "2")
    store.save_session("s", simple(100), "3")
    store.prune("s", keep_latest=2)
    parts = {part.kind: part for part in store.sources("s")}
    assert list(parts) == [PartKind.BASELINE, PartKind.HAND, PartKind.SESSIONS]
    assert [part.contributors for part in parts.values()] == [1, 1, 2]
    assert [part.total_actions for part in parts.values()] == [3, 3, 6]
    assert [part.kind for part in store.sources()] == [PartKind.BASELINE, PartKind.SESSIONS]
    assert (
        sum(part.session_count for part in parts.values()) == store.load_scenario("s").metadata.session_count
    )


WRONG: list[tuple[dict[str, Any], type[Exception]]] = [
    ({"scenario": "s"}, ConfigurationError),
    ({"scenario": "s", "session_ids": ["1"], "since": 0}, ConfigurationError),
    ({"scenario": "s", "session_ids": "12"}, ConfigurationError),
    ({"session_ids": ["1"]}, ConfigurationError),
    ({"scenario": "s", "origin": "o"}, ConfigurationError),
    ({"origin": "o", "phase": "release"}, ConfigurationError),
    ({"scenario": "\0", "since": 0}, InvalidTextError),
    ({"scenario": "s", "session_ids": ["\0"]}, InvalidTextError),
    ({"scenario": "s", "group_id": "\0"}, InvalidTextError),
    ({"origin": "\0"}, InvalidTextError),
    ({"scenario": "s", "since": -1}, CountOutOfRangeError),
    ({"scenario": "s", "phase": "other"}, UnknownPhaseError),
]


def test_what_cannot_be_chosen_is_refused(store: LearningStore) -> None:
    store.save_session("s", simple(1), "1")
    for given, error in WRONG:
        with pytest.raises(error):
            store.forget(**given)
    with pytest.raises(InvalidTextError):
        store.sources("\0")
    assert visits(store) == 1
