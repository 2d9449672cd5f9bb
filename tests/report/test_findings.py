"""What a report says is what the store holds: rates, rankings and what they leave out."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from math import isclose

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from swarmstore import (
    ActionStats,
    LearningSnapshot,
    LearningStore,
    MemoryStorage,
    SnapshotMetadata,
    SnapshotNotFoundError,
    SqlStorage,
)
from swarmstore.conformance import any_snapshots as strategies
from swarmstore.contracts.capabilities import analysis_of
from swarmstore.contracts.report_findings import Findings, Rate
from swarmstore.db.schema.sessions import ActionSequence
from swarmstore.errors import ConfigurationError
from tests.db.counted_statements import counted
from tests.helpers.internals import database_of
from tests.helpers.shipped import SHIPPED
from tests.snapshots import simple

FEW = 10_000  # counts whose sums are far from any limit


def findings_of(store: LearningStore, scenario: str | None = None) -> Findings:
    return analysis_of(store.storage).findings(scenario)


def episode(success: bool) -> LearningSnapshot:
    snapshot = LearningSnapshot(metadata=SnapshotMetadata(total_episodes=1))
    snapshot.episode_transitions.success_episodes = int(success)
    snapshot.episode_transitions.failure_episodes = int(not success)
    return snapshot


def test_a_rate_has_wilsons_bounds() -> None:
    rate = Rate.of(8, 10)
    assert rate.value == 0.8
    assert isclose(rate.low or 0, 0.4901624715, abs_tol=1e-9)  # as statsmodels has it
    assert isclose(rate.high or 0, 0.9433178485, abs_tol=1e-9)
    assert Rate.of(0, 0) == Rate(0, 0, None, None, None)
    assert (Rate.of(0, 5).low, Rate.of(5, 5).high) == (0.0, 1.0)


@given(
    saved=st.lists(strategies.snapshots(FEW, strategies.plain_names), min_size=1, max_size=4), data=st.data()
)
@settings(max_examples=min(settings().max_examples, 40))  # a database for each
@pytest.mark.property
def test_findings_are_what_the_total_says(
    another_database: Callable[[], AbstractContextManager[str]],
    saved: list[LearningSnapshot],
    data: st.DataObject,
) -> None:
    fold_at = data.draw(st.sampled_from([1, 100]), label="fold_at")
    with another_database() as url, LearningStore.open(url, fold_at=fold_at) as store:
        for snapshot in saved:
            store.save_session("s", snapshot)
        total = store.load_scenario("s")
        (found,) = findings_of(store, "s").details.rows
    won, lost = total.episode_transitions.success_transitions, total.episode_transitions.failure_transitions
    transitions = {pair: (won.get(pair, 0), lost.get(pair, 0)) for pair in won | lost}
    assert {t.actions: (t.rate.successes, t.rate.trials) for t in found.transitions} == {
        pair: (s, s + f) for pair, (s, f) in transitions.items()
    }
    ngrams = total.ngram_stats
    runs: list[tuple[tuple[str, ...], tuple[int, int]]] = [
        *ngrams.trigrams.items(),
        *ngrams.quadgrams.items(),
    ]
    seen = {run: Rate.of(s, s + f) for run, (s, f) in runs if s + f}
    for ranked, score in ((found.best, _lowest), (found.worst, _highest)):
        assert ranked.of == len(seen)
        assert all(seen[run.actions] == run.rate for run in ranked.rows)
        best = sorted(map(score, seen.values()), reverse=True)[: len(ranked.rows)]
        assert [score(run.rate) for run in ranked.rows] == pytest.approx(best, abs=1e-12)
    used = {
        name: (
            s.usage_count,
            Rate.of(s.successes, s.successes + s.failures),
            Rate.of(s.episodes_success, s.episodes_success + s.episodes_failure),
        )
        for name, s in total.selection_performance.strategy_stats.items()
    }
    assert found.strategies.of == len(used)
    for result in found.strategies.rows:
        assert (result.usage_count, result.rate, result.episodes) == used[result.strategy]
    assert {c.action: (c.visits, c.total_duration_ms, c.rate.successes) for c in found.costs.rows} == {
        name: (a.visits, a.total_duration_ms, a.successes) for name, a in total.action_stats.items()
    }
    assert found.total_actions == total.metadata.total_actions
    assert found.episodes.successes == total.episode_transitions.success_episodes
    assert sum(point.rate.successes for point in found.curve) == sum(
        snapshot.episode_transitions.success_episodes for snapshot in saved
    )


def _lowest(rate: Rate) -> float:
    return rate.low or 0.0


def _highest(rate: Rate) -> float:
    return -(rate.high or 0.0)


def test_a_curve_is_every_session_once_in_stretches_of_their_order(database_url: str) -> None:
    outcomes = [number % 3 == 0 or number > 60 for number in range(101)]
    with LearningStore.open(database_url) as store:
        for number, success in reversed(list(enumerate(outcomes))):
            store.save_session("s", episode(success), str(1_700_000_000 + number))
        store.save_session("other", episode(True), "1700000050")
        (curve,) = [found.curve for found in findings_of(store, "s").details.rows]
        time = findings_of(store, "s").details.rows[0].time
    assert [point.first for point in curve] == [1, *(point.last + 1 for point in curve[:-1])]
    assert curve[-1].last == 101
    assert len({point.last - point.first for point in curve[:-1]}) == 1
    for point in curve:
        stretch = outcomes[point.first - 1 : point.last]
        assert (point.rate.successes, point.rate.trials) == (sum(stretch), len(stretch))
        lately = outcomes[max(0, point.last - 10) : point.last]
        assert point.rolling == sum(lately) / len(lately)
    assert time.first == datetime.fromtimestamp(1_700_000_000, UTC)
    assert time.newest == datetime.fromtimestamp(1_700_000_100, UTC)
    assert time.saved is not None


def test_what_is_cut_is_counted_and_the_greatest_is_kept(database_url: str) -> None:
    snapshot = simple()
    snapshot.episode_transitions.success_transitions = {(f"a{n:02}", f"b{n:02}"): n for n in range(30)}
    with LearningStore.open(database_url) as store:
        for number in range(8):
            store.save_session(f"s{number}", simple())
        store.save_session("most", snapshot)
        store.save_session("most", simple())
        found = findings_of(store)
    assert (found.sessions, found.waiting) == (10, 10)
    assert [(line.scenario, line.sessions) for line in found.scenarios.rows][:2] == [("most", 2), ("s0", 1)]
    assert (len(found.details.rows), found.details.more) == (6, 3)
    first = found.details.rows[0]
    assert (first.actions.rows[0], first.actions.of) == ("a29", 62)  # a00 … b29, A, B
    assert len(first.actions.rows) == 12
    assert [t.rate.trials for t in first.transitions] == [29, 28, 27, 26, 25, 24]


def test_what_lost_its_name_is_in_no_ranking(database_url: str) -> None:
    snapshot = simple()
    snapshot.action_stats["B"] = ActionStats(visits=2)
    with LearningStore.open(database_url) as store:
        store.save_session("s", snapshot)
        assert isinstance(store.storage, SqlStorage)
        lost = delete(ActionSequence).where(ActionSequence.action_1 == "A")
        with database_of(store.storage).engine.begin() as connection:
            connection.execute(lost)
        (found,) = findings_of(store, "s").details.rows
    assert ([cost.action for cost in found.costs.rows], found.costs.of) == (["B"], 1)
    assert (found.transitions, found.best.of, found.actions.of) == ([], 0, 0)
    assert found.total_actions == 3


def test_times_that_no_calendar_has_are_left_out(database_url: str) -> None:
    with LearningStore.open(database_url) as store:
        store.save_session("s", simple(), str(2**63 - 1))
        assert findings_of(store, "s").details.rows[0].time.newest is None


def test_a_report_asks_as_much_whatever_is_stored(database_url: str) -> None:
    asked = []
    with LearningStore.open(database_url, fold_at=1, fold_in_background=False) as store:
        assert isinstance(store.storage, SqlStorage)
        store.import_store(SHIPPED)
        for _ in range(2):
            with counted(database_of(store.storage).engine) as statements:
                findings_of(store, "troubleshooting")
            asked.append(len(statements))
            for _ in range(30):
                store.save_session("troubleshooting", store.load_scenario("simple_qa"))
    assert asked[1] == asked[0] <= 16


def test_what_cannot_be_reported_is_said(database_url: str) -> None:
    missing = "nothing is saved for scenario 'nope'"
    with LearningStore.open(database_url) as store, pytest.raises(SnapshotNotFoundError, match=missing):
        findings_of(store, "nope")
    with pytest.raises(ConfigurationError, match="SQLite or PostgreSQL"):
        LearningStore(MemoryStorage()).report("report.html")
