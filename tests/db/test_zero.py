"""The sign of zero in sums: as in Python, which begins them with 0.0, on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from swarmstore import (
    ActionStats,
    Additive,
    LearningSnapshot,
    LearningStore,
    MemoryStorage,
    MergeStrategy,
    SnapshotMetadata,
    SuccessWeighted,
    TimeDecay,
)
from swarmstore.model.merge import merge_snapshots
from tests.helpers.internals import forget_totals

STRATEGIES: list[MergeStrategy] = [Additive(), TimeDecay(half_life_sessions=2), SuccessWeighted()]


def session(*kpis: float) -> LearningSnapshot:
    stats = {f"A{place}": ActionStats(visits=1, kpi_total=kpi) for place, kpi in enumerate(kpis)}
    contexts = {("A", name): ActionStats(kpi_total=each.kpi_total) for name, each in stats.items()}
    return LearningSnapshot(
        metadata=SnapshotMetadata(created_at=1, total_episodes=1),
        action_stats=stats,
        contextual_stats=contexts,
    )


SESSIONS = [
    session(-0.0, -0.0, 0.0, 0.5),
    session(-0.0, -0.0, -0.0),
    session(-0.0, -0.0, -0.0),
    session(-0.0, -0.0),
]


def zeros(snapshot: LearningSnapshot) -> dict[object, str]:
    return {
        key: stats.kpi_total.hex()
        for stats_of in (snapshot.action_stats, snapshot.contextual_stats)
        for key, stats in stats_of.items()
    }


@pytest.fixture
def stores(database_url: str) -> Iterator[tuple[LearningStore, LearningStore]]:
    """A database, and the same in memory."""
    with LearningStore.open(database_url, fold_at=1000) as store:
        yield store, LearningStore(MemoryStorage())


def test_totals_have_the_zeros_that_python_has(stores: tuple[LearningStore, LearningStore]) -> None:
    ours, theirs = stores
    for number, each in enumerate(SESSIONS):
        for store in stores:
            store.save_session("s", each, str(number))
        assert zeros(ours.load_scenario("s")) == zeros(theirs.load_scenario("s"))
        ours.fold()
        forget_totals(ours.storage)
        assert zeros(ours.load_scenario("s")) == zeros(theirs.load_scenario("s"))
        assert zeros(ours.load_global()) == zeros(theirs.load_global())
        assert ours.verify_totals(deep=True) == []
    ours.rebuild_totals()
    forget_totals(ours.storage)
    assert zeros(ours.load_scenario("s")) == zeros(theirs.load_scenario("s"))
    ours.prune("s", keep_latest=1)
    assert zeros(ours.load_scenario("s")) == zeros(theirs.load_scenario("s"))
    assert ours.verify_totals(deep=True) == []


def test_one_session_alone_keeps_its_own(stores: tuple[LearningStore, LearningStore]) -> None:
    ours, _ = stores
    ours.save_session("s", SESSIONS[0], "1")
    for _ in range(2):
        assert zeros(ours.load_scenario("s")) == zeros(SESSIONS[0])
        ours.fold()
        forget_totals(ours.storage)


@pytest.mark.parametrize("strategy", STRATEGIES, ids=lambda each: type(each).__name__)
@pytest.mark.parametrize("many", [2, 4])
def test_merges_have_the_zeros_that_python_has(
    stores: tuple[LearningStore, LearningStore], strategy: MergeStrategy, many: int
) -> None:
    ours, _ = stores
    for number, each in enumerate(SESSIONS[:many]):
        ours.save_session("s", each, str(number))
    ours.save_session("s", alone := session(*[-0.0] * 6), "alone")  # some of its keys nobody else has
    expected = merge_snapshots([*SESSIONS[:many], alone], strategy)
    assert zeros(ours.merge_sessions("s", strategy)) == zeros(expected)
