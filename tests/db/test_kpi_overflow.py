"""Sums of KPIs that no double can hold: such sessions are refused, but may be in a database."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from swarmstore import (
    ActionStats,
    CountOverflowError,
    LearningSnapshot,
    LearningStore,
    SqlStorage,
    merge_snapshots,
)
from tests.helpers.internals import database_of
from tests.snapshots import simple


def with_kpi(kpi: float) -> LearningSnapshot:
    snapshot = simple()
    snapshot.action_stats["A"] = ActionStats(visits=1, kpi_total=kpi, kpi_count=1)
    return snapshot


@pytest.mark.parametrize("strategy", ["additive", "success-weighted", "time-decay:100"])
def test_a_merge_says_that_it_is_a_double_that_overflows(database_url: str, strategy: str) -> None:
    with LearningStore.open(database_url) as store:
        for _ in range(3):
            store.save_session("s", with_kpi(1e290))
        assert isinstance(store.storage, SqlStorage)
        with database_of(store.storage).engine.begin() as connection:
            schema = "" if connection.dialect.name == "sqlite" else "swarmstore."
            connection.execute(text(f"UPDATE {schema}session_actions SET kpi_total = 1.7e308"))
        for _ in range(2):
            with pytest.raises(CountOverflowError, match=r"1\.8e308, the greatest double"):
                store.merge_sessions("s", strategy)
        assert store.merge_sessions("s", strategy, latest=1).action_stats["A"].kpi_total == 1.7e308


@pytest.mark.parametrize("kpi", [1.7e308, -1.7e308])
def test_a_merge_of_given_snapshots_names_the_action(kpi: float) -> None:
    with pytest.raises(CountOverflowError, match=r"action_stats\['A'\]\.kpi_total .* the greatest double"):
        merge_snapshots([with_kpi(kpi), with_kpi(kpi)], "additive")


def test_a_count_that_overflows_is_said_to_be_one(database_url: str) -> None:
    with LearningStore.open(database_url) as store:
        for _ in range(2):
            session = simple()
            session.metadata.total_episodes = 1
            session.episode_transitions.success_episodes = 2**53 - 1
            store.save_session("s", session)
        with pytest.raises(CountOverflowError, match=r"2\^63 - 1; merge fewer sessions"):
            store.merge_sessions("s", "success-weighted")
