"""Recording sessions: what is counted, when it is saved, what is refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmstore import (
    ActionStats,
    AmbiguousNameError,
    EpisodeTransitions,
    FileSystemStorage,
    LearningBackend,
    LearningPhase,
    LearningSnapshot,
    LearningStore,
    NgramStats,
    RecordingEndedError,
    SessionConflictError,
    SessionId,
    SessionRecorder,
    SnapshotNotFoundError,
    StoreUnavailableError,
    TextTooLongError,
)
from swarmstore.conformance.any_snapshots import plain_names
from tests.recording.reference import Action, End, Step, Switch, reference
from tests.snapshots import simple


def record(run: SessionRecorder, step: Step) -> None:
    match step:
        case Action():
            values = asdict(step)
            run.action(values.pop("name"), values.pop("success"), **values)
        case End(success):
            run.end_episode(success)
        case Switch(name):
            run.switch_strategy(name)


actions = st.builds(
    Action,
    name=plain_names,
    success=st.booleans(),
    worker=st.sampled_from([0, 1, "1", "scout"]),
    duration_ms=st.integers(0, 5000),
    discoveries=st.integers(0, 3),
    kpi=st.none() | st.integers(-8, 8).map(lambda eighths: eighths / 8),  # their sums are exact
)
steps = st.lists(
    st.one_of(
        actions,
        actions,
        actions,
        st.builds(End, st.booleans()),
        st.builds(Switch, st.sampled_from(["UCB1", "Greedy"])),
    ),
    max_size=40,
)


@pytest.mark.property
@given(taken=steps)
def test_counts_are_those_of_the_obvious_way(store: LearningStore, taken: list[Step]) -> None:
    """Workers interleaved, episodes, strategies: and the store gives back what was counted."""
    with store.record("s", task="t", phase=LearningPhase.RELEASE, group_id="g1") as run:
        for step in taken:
            record(run, step)
    saved = store.load_session("s", run.session_id)
    metadata = saved.metadata
    assert (metadata.scenario_name, metadata.task_description, metadata.session_count) == ("s", "t", 1)
    assert (metadata.phase, metadata.group_id) == (LearningPhase.RELEASE, "g1")
    assert saved == reference(taken, metadata) == run.finish()


def test_a_small_session_counts_as_written_down_here(store: LearningStore) -> None:
    """Two workers, the second in between: each has a sequence of its own."""
    with store.record("s") as run:
        run.action("A", True, duration_ms=5, discoveries=2, kpi=0.5)
        run.action("X", False, worker="other", discoveries=7)
        run.action("B", False, duration_ms=7)
        run.action("C", True, kpi=0.0)
        run.action("A", True)
        run.end_episode(True)
        run.action("B", True)
        run.action("C", False)
    saved = store.load_session("s", run.session_id)
    assert saved.episode_transitions == EpisodeTransitions(
        {("A", "B"): 1, ("B", "C"): 1, ("C", "A"): 1}, {("B", "C"): 1}, 1, 1
    )
    assert saved.ngram_stats == NgramStats(
        {("A", "B", "C"): (1, 0), ("B", "C", "A"): (1, 0)}, {("A", "B", "C", "A"): (1, 0)}
    )
    assert saved.contextual_stats == {
        ("A", "B"): ActionStats(1, 0, 1),
        ("B", "C"): ActionStats(2, 1, 1),
        ("C", "A"): ActionStats(1, 1, 0),
    }
    assert saved.action_stats == {
        "A": ActionStats(2, 2, 0, 2, 5, 0.5, 1),
        "B": ActionStats(2, 1, 1, 0, 7),
        "C": ActionStats(2, 1, 1, 0, 0, 0.0, 1),
        "X": ActionStats(1, 0, 1),
    }
    assert (saved.metadata.total_actions, saved.metadata.total_episodes) == (7, 2)
    assert store.load_scenario("s") == saved


@pytest.mark.parametrize("each", [1_250, pytest.param(12_500, marks=pytest.mark.long)])
def test_threads_count_like_one(store: LearningStore, each: int) -> None:
    """8 threads, 10,000 or 100,000 actions: as if each worker had been alone."""
    threads = 8
    names = ["Look", "Read", "Fix", "Test", "Ask"]
    numbers = count()

    def work(run: SessionRecorder, worker: int) -> None:
        for at in range(each):
            run.action(names[at * (worker + 1) % 5], at % 3 > 0, worker=worker, duration_ms=at % 7, kpi=0.25)
            next(numbers)

    with store.record("s") as together, ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda worker: work(together, worker), range(threads)))
        together.end_episode(True)
    with store.record("s") as alone:
        for worker in range(threads):
            work(alone, worker)
        alone.end_episode(True)
    assert next(numbers) == 2 * threads * each
    saved, expected = store.load_session("s", together.session_id), store.load_session("s", alone.session_id)
    assert saved == replace(expected, metadata=saved.metadata)
    assert saved.metadata.total_actions == threads * each
    assert sum(stats.visits for stats in saved.action_stats.values()) == threads * each


def test_the_session_is_there_after_the_block_and_not_before(store: LearningStore) -> None:
    with store.record("s") as run:
        run.action("A", True)
        assert (run.is_saved, store.list_sessions("s")) == (False, [])
    assert run.is_saved
    assert store.list_sessions("s") == [run.session_id]
    assert run.session_id.timestamp is not None


def test_an_episode_nobody_ended_has_failed(store: LearningStore) -> None:
    with store.record("s") as run:
        run.end_episode(True)
        run.action("A", True)
    saved = store.load_session("s", run.session_id).episode_transitions
    assert (saved.success_episodes, saved.failure_episodes) == (1, 1)


class StoppedError(Exception):
    """What went wrong in a block."""


def act_and_stop(run: SessionRecorder) -> None:
    """An episode that ends well, and another that is open when something goes wrong."""
    with run:
        run.action("A", True)
        run.end_episode(True)
        run.action("A", True)
        raise StoppedError


def act(run: SessionRecorder, name: str = "A") -> None:
    """A block with one action in it."""
    with run:
        run.action(name, True)


def test_an_exception_saves_and_goes_on(store: LearningStore) -> None:
    """What was learned before it is kept; the open episode has failed."""
    run = store.record("s")
    with pytest.raises(StoppedError):
        act_and_stop(run)
    saved = store.load_session("s", run.session_id)
    assert saved.action_stats["A"].visits == 2
    assert (saved.episode_transitions.success_episodes, saved.episode_transitions.failure_episodes) == (1, 1)


def test_an_exception_may_discard(store: LearningStore) -> None:
    run = store.record("s", on_error="discard")
    with pytest.raises(StoppedError):
        act_and_stop(run)
    assert store.list_sessions("s") == []
    for call in (run.save, run.finish):
        with pytest.raises(RecordingEndedError, match="discarded"):
            call()
    with pytest.raises(RecordingEndedError):
        run.action("A", True)
    act(fine := store.record("s", on_error="discard"))
    assert store.list_sessions("s") == [fine.session_id]


def test_leaving_twice_saves_once(store: LearningStore) -> None:
    run = store.record("s")
    with run:
        run.action("A", True)
        assert run.save() == run.session_id
    run.__exit__(None, None, None)
    assert run.save() == run.session_id
    assert store.load_scenario("s").metadata.session_count == 1
    with pytest.raises(RecordingEndedError, match="record another one"):
        act(run)
    with pytest.raises(RecordingEndedError):
        run.end_episode(True)
    with pytest.raises(RecordingEndedError):
        run.switch_strategy("UCB1")
    assert run.finish() == store.load_session("s", run.session_id)


def test_changing_a_finished_snapshot_changes_nothing(store: LearningStore) -> None:
    run = store.record("s")
    run.action("A", True)
    run.finish().action_stats["A"].visits = 99
    assert store.load_session("s", run.save()).action_stats["A"].visits == 1


class Away:
    """A store whose saves fail: before or after the session is in it."""

    def __init__(self, backend: LearningBackend, *, answers_lost: int = 0, refused: int = 0) -> None:
        self._backend = backend
        self._answers_lost = answers_lost
        self._refused = refused

    def __getattr__(self, name: str) -> Any:
        return getattr(self._backend, name)

    def save_session(
        self, scenario: str, snapshot: LearningSnapshot, session_id: SessionId | None = None
    ) -> SessionId:
        if self._refused:
            self._refused -= 1
            raise StoreUnavailableError("the server is away")
        saved = self._backend.save_session(scenario, snapshot, session_id)
        if self._answers_lost:
            self._answers_lost -= 1
            raise StoreUnavailableError("the connection was lost")
        return saved


def away(backend: LearningBackend, **failures: int) -> LearningStore:
    made: Any = Away(backend, **failures)
    return LearningStore(made)


@pytest.mark.parametrize("failures", [{"refused": 2}, {"answers_lost": 2}, {"refused": 1, "answers_lost": 1}])
def test_a_failed_save_is_repeated_and_counts_once(
    backend: LearningBackend, failures: dict[str, int]
) -> None:
    """Whether the session got there or not, it is there once in the end."""
    run = away(backend, **failures).record("s")
    with pytest.raises(StoreUnavailableError):
        act(run)
    with pytest.raises(StoreUnavailableError):
        run.save()
    before = run.is_saved
    assert run.save() == run.session_id
    assert (before, run.is_saved) == (False, True)
    store = LearningStore(backend)
    assert store.list_sessions("s") == [run.session_id]
    assert store.load_scenario("s").metadata.session_count == 1


def test_the_blocks_own_exception_comes_first(backend: LearningBackend) -> None:
    """And says that the session was not saved."""
    run = away(backend, refused=1).record("s")
    with pytest.raises(StoppedError) as raised:
        act_and_stop(run)
    assert "not saved" in raised.value.__notes__[0]
    assert "the server is away" in raised.value.__notes__[0]
    run.save()
    assert LearningStore(backend).list_sessions("s") == [run.session_id]


def test_a_made_id_that_others_took_moves_on(store: LearningStore) -> None:
    """Also when the other session is equal: it is not ours."""
    first, second = store.record("s"), store.record("s")
    store.save_session("s", first.finish(), first.session_id)
    store.save_session("s", simple(), second.session_id)
    taken = {first.session_id, second.session_id}
    assert not {first.save(), second.save()} & taken
    assert len(store.list_sessions("s")) == 4


def test_an_id_that_the_caller_gives_is_kept(store: LearningStore) -> None:
    act(run := store.record("s", session_id="mine"))
    assert run.session_id == "mine"
    again = store.record("s", session_id="mine")
    with pytest.raises(SessionConflictError):
        act(again, "B")
    assert store.load_session("s", "mine").action_stats.keys() == {"A"}


def test_names_that_files_cannot_hold_are_refused_at_the_call(backend: LearningBackend) -> None:
    """Databases hold them; on files the session would be lost at the end."""
    store = LearningStore(backend)
    if isinstance(backend, FileSystemStorage):
        with pytest.raises(TextTooLongError):
            store.record("s" * 300)
        run = store.record("s")
        with pytest.raises(AmbiguousNameError):
            act(run, "a:b")
        assert store.load_session("s", run.session_id).action_stats == {}
    else:
        act(run := store.record("s" * 300), "a:b")
        assert store.load_session("s" * 300, run.session_id).action_stats.keys() == {"a:b"}


def test_a_session_without_actions_is_one(store: LearningStore) -> None:
    with pytest.raises(SnapshotNotFoundError):
        store.load_scenario("s")
    with store.record("s") as run:
        pass
    saved = store.load_session("s", run.session_id)
    assert (saved.metadata.total_episodes, saved.metadata.total_actions, saved.action_stats) == (0, 0, {})
