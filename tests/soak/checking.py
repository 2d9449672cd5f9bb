"""Comparing a store with what the journals say that must be in it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from swarmstore import Additive, LearningSnapshot, LearningStore, SessionId, merge_snapshots
from tests.soak.content import number_of, scenario_of, snapshot_of
from tests.soak.journal import Known
from tests.soak.worker import given_id


def problems(store: LearningStore, known: Known) -> list[str]:
    """Everything that is not as it should be, a line each.

    Every save that returned is there once, under its id and with its content; every other one that
    began is whole or absent; nothing else is there; totals are the sums of what is there.
    """
    sessions = {scenario: _sessions(store, scenario) for scenario in store.scenarios()}
    found = [line for scenario, saved in sessions.items() for line in _wrong_sessions(scenario, saved, known)]
    there = {number_of(snapshot) for saved in sessions.values() for snapshot in saved.values()}
    found += [
        f"save {number} returned {known.returned[number]}, which is not there"
        for number in sorted(known.returned.keys() - there)
    ]
    for scenario, saved in sessions.items():
        found += _wrong_total(scenario, store.load_scenario(scenario), list(saved.values()))
    everything = [snapshot for saved in sessions.values() for snapshot in saved.values()]
    found += _wrong_total("all scenarios", store.load_global(), everything)
    return found + [f"verify: {discrepancy}" for discrepancy in store.verify_totals(deep=True)]


def _sessions(store: LearningStore, scenario: str) -> dict[SessionId, LearningSnapshot]:
    ids = store.list_sessions(scenario)
    return dict(zip(ids, reversed(store.query_latest(scenario, len(ids))), strict=True))


def _wrong_sessions(scenario: str, saved: dict[SessionId, LearningSnapshot], known: Known) -> list[str]:
    found = []
    numbers = Counter(map(number_of, saved.values()))
    found += [
        f"save {number} is in {scenario} {times} times" for number, times in numbers.items() if times > 1
    ]
    for session_id, snapshot in saved.items():
        number = number_of(snapshot)
        named = f"session {session_id} of {scenario}"
        if number is None or number not in known.begun or scenario_of(number) != scenario:
            found.append(f"{named} was never saved")
        elif snapshot != snapshot_of(number):
            found.append(f"{named} is not what save {number} saved")
        elif session_id != known.returned.get(number, given_id(number) or session_id):
            found.append(f"{named} holds save {number}, which returned {known.returned[number]}")
    return found


def _wrong_total(name: str, total: LearningSnapshot, saved: list[LearningSnapshot]) -> list[str]:
    # the newest session decides the rest of the metadata: which one that is, is not to be seen here
    newest = total.metadata
    expected = merge_snapshots(saved, Additive())
    expected.metadata = replace(
        expected.metadata,
        scenario_name=newest.scenario_name,
        task_description=newest.task_description,
        created_at=newest.created_at,
    )
    if total == expected:
        return []
    parts = [
        part
        for part in LearningSnapshot.__dataclass_fields__
        if getattr(total, part) != getattr(expected, part)
    ]
    return [f"the total of {name} differs from the sum of {len(saved)} sessions in {', '.join(parts)}"]
