"""Any sequence of calls is answered as MemoryStorage answers it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from itertools import count
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from swarmstore import (
    Additive,
    BaselineError,
    FileSystemStorage,
    GlobalKey,
    LearningBackend,
    LearningSnapshot,
    LearningStore,
    MemoryStorage,
    MergeStrategy,
    PartKind,
    ScenarioKey,
    SessionConflictError,
    SessionForgottenError,
    SessionId,
    SessionKey,
    SnapshotNotFoundError,
    SuccessWeighted,
    TimeDecay,
    TotalPart,
)
from swarmstore.conformance import Capability
from swarmstore.conformance.shorthand import timeless
from swarmstore.contracts.capabilities import Followable
from swarmstore.model.keys import TotalKey
from swarmstore.model.session_ids import free_ids
from swarmstore.model.session_slice import SessionSlice
from tests.contract.backends import BACKENDS
from tests.snapshots import full, simple

SCENARIOS = ("s", "t")
IDS = ("1", "1700000000", "abc")


def everything() -> LearningSnapshot:
    """A session with everything in it, whose KPIs add up exactly in any order."""
    snapshot = full()
    snapshot.contextual_stats["B", "A"].kpi_total = 2.0**900
    snapshot.action_stats["A"].kpi_total = -0.25
    return snapshot


scenarios = st.sampled_from(SCENARIOS)
session_ids = st.sampled_from(IDS)
strategies = st.sampled_from([Additive(), TimeDecay(2), SuccessWeighted()])
contents = st.one_of(
    st.builds(simple, st.integers(0, 3), st.sampled_from([None, "", "a task"])),
    st.builds(everything),
)


class Machine(RuleBasedStateMachine):
    """Calls a backend and MemoryStorage alike; `prefix` keeps this run's scenarios from others'."""

    def __init__(self, backend: LearningBackend, prefix: str, *, imports: bool) -> None:
        super().__init__()
        self._backend = backend
        self._imports_stores = imports
        self._memory = MemoryStorage()
        self._prefix = prefix
        self._imports = count()
        self._cursor: str | None = None
        self._memory_cursor: str | None = None
        backend.delete(GlobalKey())

    @rule(scenario=scenarios, snapshot=contents)
    def save_session(self, scenario: str, snapshot: LearningSnapshot) -> None:
        made = self._backend.save_session(self._prefix + scenario, snapshot)
        self._memory.save_session(self._prefix + scenario, snapshot, made)

    @rule(scenario=scenarios, session_id=session_ids, snapshot=contents)
    def save_session_as(self, scenario: str, session_id: str, snapshot: LearningSnapshot) -> None:
        answers = []
        for backend in (self._backend, self._memory):
            try:
                made = backend.save_session(self._prefix + scenario, snapshot, SessionId(session_id))
                answers.append(str(made))
            except (SessionConflictError, SessionForgottenError) as error:
                answers.append(type(error).__name__)
        assert answers[0] == answers[1]

    @rule(scenario=scenarios, session_id=session_ids, snapshot=contents)
    def save_under_its_key(self, scenario: str, session_id: str, snapshot: LearningSnapshot) -> None:
        key = SessionKey(self._prefix + scenario, SessionId(session_id))
        refused = []
        for backend in (self._backend, self._memory):
            try:
                backend.save(key, snapshot)
            except SessionForgottenError:
                refused.append(backend)
        assert len(refused) in {0, 2}

    @rule(scenario=st.none() | scenarios, snapshot=contents)
    def save_total(self, scenario: str | None, snapshot: LearningSnapshot) -> None:
        self._backend.save(self._total(scenario), snapshot)
        self._memory.save(self._total(scenario), snapshot)

    @rule(scenario=st.none() | scenarios)
    def delete_total(self, scenario: str | None) -> None:
        assert self._backend.delete(self._total(scenario)) == self._memory.delete(self._total(scenario))

    @rule(scenario=scenarios, place=st.integers(0, 5))
    def delete_session(self, scenario: str, place: int) -> None:
        for session_id in self._memory.list_sessions(self._prefix + scenario)[place : place + 1]:
            key = SessionKey(self._prefix + scenario, session_id)
            assert self._backend.delete(key)
            assert self._memory.delete(key)

    @rule()
    def fold(self) -> None:
        self._backend.fold()

    @rule()
    def follow(self) -> None:
        """Two followers are given the same sessions since they looked last."""
        if isinstance(self._backend, Followable):
            ours, self._cursor = self._since(self._backend, self._cursor)
            theirs, self._memory_cursor = self._since(self._memory, self._memory_cursor)
            assert ours == theirs

    def _since(self, backend: Followable, cursor: str | None) -> tuple[list[SessionKey], str | None]:
        changes = list(backend.changes(cursor))
        of_this_run = [change for change in changes if change.scenario.startswith(self._prefix)]
        keys = sorted((SessionKey(each.scenario, each.session_id) for each in of_this_run), key=str)
        return keys, changes[-1].cursor if changes else cursor

    @rule(scenario=scenarios, sessions=st.dictionaries(session_ids, contents, min_size=1))
    def import_sessions(self, scenario: str, sessions: dict[str, LearningSnapshot]) -> None:
        name = self._prefix + scenario
        if self._imports_stores:
            with TemporaryDirectory() as folder:
                files = FileSystemStorage(folder)
                for session_id, snapshot in sessions.items():
                    files.save(SessionKey(name, SessionId(session_id)), snapshot)
                origin = f"{self._prefix}{next(self._imports)}"
                LearningStore(self._backend).import_store(
                    folder, origin=origin, totals="sessions", repeated="count"
                )
        else:
            import_by_hand(self._backend, name, sessions)
        import_by_hand(self._memory, name, sessions)

    @rule(scenario=scenarios, keep=st.integers(0, 3))
    def prune(self, scenario: str, keep: int) -> None:
        removed = [
            LearningStore(backend).prune(self._prefix + scenario, keep_latest=keep)
            for backend in (self._backend, self._memory)
        ]
        assert removed[0] == removed[1]

    @rule(
        scenario=scenarios,
        which=st.fixed_dictionaries({"session_ids": st.lists(session_ids, min_size=1, max_size=2)})
        | st.fixed_dictionaries({"since": st.sampled_from([0, 2, 1_800_000_000])}),
        dry_run=st.booleans(),
    )
    def forget(self, scenario: str, which: dict[str, Any], dry_run: bool) -> None:
        answers = list[object]()
        for backend in (self._backend, self._memory):
            try:
                report = LearningStore(backend).forget(self._prefix + scenario, **which, dry_run=dry_run)
                # the global one has other runs' sessions in it
                totals = {name: timeless(total) for name, total in report.totals.items() if name is not None}
                answers.append((report.sessions, report.uncounted, totals))
            except (BaselineError, SnapshotNotFoundError) as error:
                answers.append(type(error))
        assert answers[0] == answers[1]

    @rule(scenario=st.none() | scenarios)
    def sources(self, scenario: str | None) -> None:
        ours, theirs = (merged(b.sources(self._total(scenario))) for b in (self._memory, self._backend))
        assert ours == theirs

    @rule(scenario=scenarios, strategy=strategies, latest=st.none() | st.integers(0, 3))
    def merge(self, scenario: str, strategy: MergeStrategy, latest: int | None) -> None:
        wanted = SessionSlice(self._prefix + scenario, latest)
        merged = [counts_of(b.merge_sessions(wanted, strategy)) for b in (self._backend, self._memory)]
        assert merged[0] == merged[1]

    @rule(scenario=scenarios, limit=st.integers(1, 4))
    def learn(self, scenario: str, limit: int) -> None:
        name = self._prefix + scenario
        if self._memory.list_sessions(name):
            ours, theirs = (
                LearningStore(b).run_offline_learning(name, limit) for b in (self._memory, self._backend)
            )
            theirs.updated_at = ours.updated_at
            assert theirs == ours

    @invariant()
    def totals_are_equal(self) -> None:
        for scenario in (None, *SCENARIOS):
            ours, theirs = (b.load(self._total(scenario)) for b in (self._memory, self._backend))
            assert timeless(theirs) == timeless(ours)

    def teardown(self) -> None:
        for scenario in SCENARIOS:
            name = self._prefix + scenario
            assert self._backend.list_sessions(name) == self._memory.list_sessions(name)
            assert self._backend.query_latest(name, 100) == self._memory.query_latest(name, 100)
            assert self._backend.query_since(name, 0) == self._memory.query_since(name, 0)
        mine = [s for s in self._backend.summaries() if s.scenario.startswith(self._prefix)]
        assert mine == self._memory.summaries()

    def _total(self, scenario: str | None) -> TotalKey:
        return GlobalKey() if scenario is None else ScenarioKey(self._prefix + scenario)


def import_by_hand(backend: LearningBackend, scenario: str, sessions: dict[str, LearningSnapshot]) -> None:
    """What an import that counts sessions does: taken ids get free microseconds."""
    for session_id, snapshot in sorted(sessions.items()):
        for candidate in free_ids(SessionId(session_id)):
            before = backend.load(SessionKey(scenario, candidate))
            if before is None:
                with suppress(SessionForgottenError):  # an import says so, and goes on
                    backend.save_session(scenario, snapshot, candidate)
            if before is None or before == snapshot:
                break


def merged(parts: list[TotalPart]) -> list[tuple[PartKind, int, int]]:
    """Contributors and sessions by kind: an import leaves no trace in memory."""
    sums = {kind: [part for part in parts if part.kind is kind] for kind in PartKind}
    return [
        (kind, sum(part.contributors for part in of_kind), sum(part.session_count for part in of_kind))
        for kind, of_kind in sums.items()
    ]


def counts_of(merged: LearningSnapshot) -> LearningSnapshot:
    """Without the time, and without sums of doubles, which depend on the order of adding."""
    for stats in (*merged.action_stats.values(), *merged.contextual_stats.values()):
        stats.kpi_total = 0.0
    return replace(merged, metadata=replace(merged.metadata, created_at=0))


@pytest.mark.property
def test_any_sequence_of_calls_is_answered_as_in_memory(
    backend: LearningBackend, backend_name: str, examples: int
) -> None:
    """Saves, deletions and folds in any order leave the same sessions and the same totals."""
    runs = count()
    imports = Capability.IMPORTS in BACKENDS[backend_name]
    run_state_machine_as_test(
        lambda: Machine(backend, f"{next(runs)} ", imports=imports),  # type: ignore[arg-type] # called, as the docs allow
        settings=settings(max_examples=min(examples, 50), stateful_step_count=20),
    )
