"""What is saved comes back equal, whatever Hypothesis thinks of."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given

from swarmstore import (
    Additive,
    GlobalKey,
    LearningBackend,
    LearningSnapshot,
    LearningStore,
    MemoryStorage,
    OfflineModel,
    ScenarioKey,
    SessionKey,
    Settings,
    SqlStorage,
    merge_snapshots,
)
from swarmstore.conformance.any_snapshots import models, names, snapshots
from swarmstore.model.limits import MAX_TOTAL
from tests.helpers.internals import repositories_of

pytestmark = pytest.mark.property


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest) -> Iterator[LearningBackend]:
    """One store for all examples of a test: they do not get in each other's way."""
    if request.param == "memory":
        yield MemoryStorage()
        return
    fixture = {"sqlite": "sqlite_url", "postgresql": "migrated_postgres_url"}[request.param]
    # off: a disk that is waited for thousands of times would say nothing about what comes back
    with SqlStorage(request.getfixturevalue(fixture), Settings(synchronous="off")) as storage:
        yield storage


@given(scenario=names, snapshot=snapshots())
def test_a_session_loads_as_it_was_saved(
    backend: LearningBackend, scenario: str, snapshot: LearningSnapshot
) -> None:
    session_id = backend.save_session(scenario, snapshot)
    loaded = backend.load(SessionKey(scenario, session_id))
    assert loaded == snapshot
    assert exact(loaded) == exact(snapshot)


@given(snapshot=snapshots(most=MAX_TOTAL))
def test_a_total_loads_as_it_was_saved(backend: LearningBackend, snapshot: LearningSnapshot) -> None:
    for key in (GlobalKey(), ScenarioKey("s")):
        backend.save(key, snapshot)
        assert exact(backend.load(key)) == exact(snapshot)


@given(first=snapshots(), second=snapshots())
def test_two_sessions_make_their_additive_merge(
    backend: LearningBackend, first: LearningSnapshot, second: LearningSnapshot
) -> None:
    backend.delete(ScenarioKey("pair"))
    backend.save_session("pair", first)
    assert exact(backend.load(ScenarioKey("pair"))) == exact(first)
    backend.save_session("pair", second)
    total = backend.load(ScenarioKey("pair"))
    assert total is not None
    expected = merge_snapshots([first, second], Additive())
    expected.metadata.created_at = total.metadata.created_at
    assert total == expected


@given(model=models())
def test_a_model_loads_as_it_was_saved(backend: LearningBackend, model: OfflineModel) -> None:
    backend.save_offline_model("s", model)
    assert backend.load_offline_model("s") == model


def exact(snapshot: LearningSnapshot | None) -> list[str]:
    """All doubles of a snapshot to the bit, in the order of their keys."""
    assert snapshot is not None
    performance = snapshot.selection_performance
    doubles = [performance.strategy_start_success_rate]
    for switch in performance.switch_history:
        doubles += [switch.success_rate_at_switch, switch.from_strategy_success_rate]
    doubles += [stats.kpi_total for _, stats in sorted(snapshot.contextual_stats.items())]
    doubles += [stats.kpi_total for _, stats in sorted(snapshot.action_stats.items())]
    return [value.hex() for value in doubles]


def test_runs_read_beside_longer_ones_have_their_own_length(database_url: str) -> None:
    with LearningStore.open(database_url) as store:
        sequences = repositories_of(store.storage).sequences
        actions = [["A", "A", None], ["B", "B", None], ["C", None, None], ["D", None, None]]
        sequences.remember([1, 2, 3], actions)
        assert dict(sequences.known_names) == {1: ("A", "B", "C", "D"), 2: ("A", "B")}
