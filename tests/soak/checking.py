"""Comparing a store with what the journals say that must be in it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from itertools import islice

from sqlalchemy import select, text

from swarmstore import (
    Additive,
    GlobalKey,
    LearningSnapshot,
    LearningStore,
    ScenarioKey,
    SessionId,
    SqlStorage,
    merge_snapshots,
)
from swarmstore.db.schema.sessions import Scenario, SessionRow
from tests.helpers.internals import database_of
from tests.soak.content import number_of, scenario_of, snapshot_of
from tests.soak.journal import Followed, Known

_SHOWN = 5  # differences of one snapshot
_BUSY = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
)


@dataclass(frozen=True, slots=True)
class Account:
    """What became of the saves: numbers that are lost, or there twice, and what a follower never saw.

    gone: saves that returned and that a restore has undone.
    """

    lost: list[int]
    twice: list[int]
    unseen: list[str]
    gone: int


def account(store: LearningStore, known: Known, followed: Sequence[Followed]) -> Account:
    """Follow each save by its number, and each session to each follower."""
    there = Counter(
        number
        for scenario in store.scenarios()
        for number in map(number_of, _sessions(store, scenario).values())
        if number is not None
    )
    absent = known.returned.keys() - there.keys() - known.taken
    lost = [number for number in sorted(absent) if known.must_be_there(number)]
    twice = [number for number, times in there.items() if times > 1]
    unseen = [
        f"follower {name} has not seen session {change.session_id} of {change.scenario}"
        for change in store.changes()
        for name, follower in enumerate(followed)
        if follower.seen.get(change.cursor) != (change.scenario, change.session_id)
    ]
    return Account(lost, twice, unseen, len(absent) - len(lost))


def problems(store: LearningStore, known: Known, followed: Sequence[Followed] = ()) -> list[str]:
    """Everything that is not as it should be, a line each.

    Every save that returned is there once, under its id and with its content, unless somebody was
    about to remove it, or it returned between a backup and its restore; every other one that began
    is whole or absent; nothing else is there; totals are the sums of what is there and of what was
    removed; followers have seen all that is there.
    """
    storage = store.storage
    assert isinstance(storage, SqlStorage)
    wait_for_the_killed(store)
    accounted = account(store, known, followed)
    saved = {scenario: _sessions(store, scenario) for scenario in store.scenarios()}
    found = [line for scenario in saved for line in _wrong_sessions(scenario, saved[scenario], known)]
    found += [f"save {number} is there twice" for number in accounted.twice]
    found += [
        f"save {number} returned {known.returned[number]}, which is not there" for number in accounted.lost
    ]
    found += accounted.unseen
    found += [f"follower {name}: {line}" for name, each in enumerate(followed) for line in each.twice]
    rows = _rows(storage)
    there = {number_of(snapshot) for sessions in saved.values() for snapshot in sessions.values()}
    removed = known.taken - there
    for scenario in saved:
        ours = [row for row in rows if row[0] == scenario]
        without = [number for number in removed if scenario_of(number) == scenario]
        total = storage.load(ScenarioKey(scenario))
        found += _wrong_total(f"total of {scenario}", total, ours, saved, without, known)
    found += _wrong_total("global total", storage.load(GlobalKey()), rows, saved, removed, known)
    return found + [f"verify: {discrepancy}" for discrepancy in store.verify_totals(deep=True)]


def wait_for_the_killed(store: LearningStore) -> None:
    """PostgreSQL may still be at what a killed process had asked for."""
    storage = store.storage
    if isinstance(storage, SqlStorage) and database_of(storage).engine.dialect.name == "postgresql":
        end = time.monotonic() + 30
        while database_of(storage).read(lambda session: session.scalar(_BUSY)) and time.monotonic() < end:
            time.sleep(0.05)


_Sessions = dict[SessionId, LearningSnapshot]
_Row = tuple[str, SessionId, int]


def _sessions(store: LearningStore, scenario: str) -> _Sessions:
    ids = store.list_sessions(scenario)
    return dict(zip(ids, reversed(store.query_latest(scenario, len(ids))), strict=True))


def _rows(storage: SqlStorage) -> list[_Row]:
    """Scenario, id and milliseconds of all sessions in the order of their rows."""
    statement = (
        select(Scenario.name, SessionRow.session_id, SessionRow.saved_at_ms)
        .join(Scenario, Scenario.id == SessionRow.scenario_id)
        .order_by(SessionRow.id)
    )
    rows = database_of(storage).read(lambda session: session.execute(statement).all())
    return [(scenario, SessionId(session_id), saved_at) for scenario, session_id, saved_at in rows]


def _wrong_sessions(scenario: str, saved: _Sessions, known: Known) -> Iterator[str]:
    for session_id, snapshot in saved.items():
        number = number_of(snapshot)
        named = f"session {session_id} of {scenario}"
        if number is None or number not in known.begun or scenario_of(number) != scenario:
            yield f"{named} was never saved"
            continue
        yield from _differences(snapshot, snapshot_of(number), f"{named}: ")
        expected = known.returned.get(number) or known.begun[number]
        if session_id != (expected or session_id):
            yield f"{named} holds save {number}, whose id is {expected}"


def _wrong_total(
    name: str,
    total: LearningSnapshot | None,
    rows: list[_Row],
    saved: dict[str, _Sessions],
    removed: Iterable[int],
    known: Known,
) -> Iterator[str]:
    parts = [snapshot_of(number) for number in removed]
    parts += [saved[scenario][session_id] for scenario, session_id, _ in rows]
    if total is None or not parts:
        if total is not None or parts:
            state = "missing" if total is None else "there"
            yield f"{name}: there are {len(rows)} sessions, and the total is {state}"
        return
    expected = merge_snapshots(parts, Additive())
    if known.taken:  # the newest one, which these are of, may be gone
        for of_newest in ("scenario_name", "task_description", "created_at"):
            setattr(expected.metadata, of_newest, getattr(total.metadata, of_newest))
    elif len(rows) > 1:
        expected.metadata.created_at = rows[-1][2] // 1000  # when the newest one was saved
    yield from _differences(total, expected, f"{name}: ")


def _differences(found: object, expected: object, path: str) -> Iterator[str]:
    """Where two snapshots differ, the first ones of it."""
    return islice(_all_differences(found, expected, path), _SHOWN)


def _all_differences(found: object, expected: object, path: str) -> Iterator[str]:
    if found == expected:
        return
    if is_dataclass(expected) and type(found) is type(expected):
        for part in fields(expected):
            name = f"{path}{'' if path.endswith(' ') else '.'}{part.name}"
            yield from _all_differences(getattr(found, part.name), getattr(expected, part.name), name)
    elif isinstance(found, dict) and isinstance(expected, dict):
        for key in sorted(found.keys() | expected.keys(), key=str):
            yield from _all_differences(found.get(key), expected.get(key), f"{path}[{key!r}]")
    else:
        yield f"{path} is {found!r} and should be {expected!r}"
