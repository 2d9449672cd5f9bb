"""Content digests by their version: what was stored once stays what it is, whatever columns come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from swarmstore import (
    ActionStats,
    EpisodeTransitions,
    LearningPhase,
    LearningSnapshot,
    LearningStore,
    NgramStats,
    SchemaAheadError,
    SelectionPerformance,
    SessionForgottenError,
    SessionId,
    SessionKey,
    SnapshotMetadata,
    StrategyStats,
    StrategySwitchEvent,
)
from swarmstore.db.mapping import content_digest as digests
from swarmstore.db.mapping import rows as row_forms
from swarmstore.db.mapping import total_headers
from swarmstore.db.mapping.content_digest import DIGEST_VERSION, content_digest, same_content
from swarmstore.db.mapping.rows import SnapshotRows, sequence_id, sequences_in, to_rows
from swarmstore.db.schema.families import Kind
from tests.faults.checks import sql
from tests.helpers.internals import database_of
from tests.imports import changing_folders as change
from tests.snapshots import simple

NEWER = DIGEST_VERSION + 1


def nothing() -> LearningSnapshot:
    return LearningSnapshot(version=1, metadata=SnapshotMetadata(created_at=0))


def small() -> LearningSnapshot:
    return LearningSnapshot(
        version=1,
        metadata=SnapshotMetadata("s", None, 1_700_000_000, 1, 1, 3),
        episode_transitions=EpisodeTransitions({("A", "B"): 1}, {}, 1, 0),
        action_stats={"A": ActionStats(visits=1, kpi_total=0.5)},
    )


def everything() -> LearningSnapshot:
    """Its own, and not the one that other tests share: these digests are stored in databases."""
    return LearningSnapshot(
        version=2,
        metadata=SnapshotMetadata(
            "日本語", "", 2**53 - 1, 3, 0, 2**53 - 1, LearningPhase.VALIDATE, "g1700000000000"
        ),
        episode_transitions=EpisodeTransitions(
            {("A", "B"): 0, ("A", "C"): 5, ("", ""): 1}, {("A", "C"): 0, ("B", "日本"): 2**53 - 1}, 7, 0
        ),
        ngram_stats=NgramStats({("A", "B", "C"): (0, 0)}, {("A", "B", "C", "D"): (1, 2**53 - 1)}),
        selection_performance=SelectionPerformance(
            strategy_stats={"UCB1": StrategyStats(1, 2, 3, 4, 5, 6), "": StrategyStats()},
            switch_history=[
                StrategySwitchEvent("UCB1", "Greedy", 6, 0.1 + 0.2, 5e-324),
                StrategySwitchEvent("Greedy", "語", 9, 0.0, -0.0),
            ],
            current_strategy="Greedy",
            strategy_start_visits=9,
            strategy_start_success_rate=1 / 3,
        ),
        contextual_stats={("A", "B"): ActionStats(1, 2, 3, 4, 5, -0.0, 7)},
        action_stats={"A": ActionStats(1, 2, 3, 4, 2**53 - 1, -1e-290, 7), "": ActionStats()},
    )


VERSION_1: dict[Callable[[], LearningSnapshot], str] = {
    nothing: "6ff8d5c16ab6f090428549b744ef4cfd",
    small: "23cb3b7adece2e8a203e5a5e450eb397",
    everything: "9e95a267619c83f261f1882fa28a78de",
}


def rows_of(snapshot: LearningSnapshot) -> SnapshotRows:
    return to_rows(snapshot, {names: sequence_id(names) for names in sequences_in(snapshot)})


@pytest.mark.parametrize("make", VERSION_1, ids=lambda make: make.__name__)
def test_digests_of_version_1_are_what_they_were(make: Callable[[], LearningSnapshot]) -> None:
    assert content_digest(rows_of(make()), version=1).hex() == VERSION_1[make]


@pytest.mark.parametrize("make", VERSION_1, ids=lambda make: make.__name__)
def test_what_version_1_can_tell_has_its_digest_in_every_version(
    make: Callable[[], LearningSnapshot],
) -> None:
    """A newer one leaves this test as it is and gets literals of its own beside those of version 1."""
    assert content_digest(rows_of(make())).hex() == VERSION_1[make]


@pytest.fixture
def more_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    """One column more in the header and in each kind of facts, the latter in the midst of others."""
    header = ("novelty", *total_headers.HEADER_COLUMNS)
    more = {kind: (key, "novelty", *others) for kind, (key, *others) in row_forms.COLUMNS.items()}
    for module in (total_headers, row_forms, digests):  # wherever their names may be looked up
        monkeypatch.setattr(module, "HEADER_COLUMNS", header, raising=False)
        monkeypatch.setattr(module, "COLUMNS", more, raising=False)


@pytest.mark.usefixtures("more_columns")
@pytest.mark.parametrize("make", VERSION_1, ids=lambda make: make.__name__)
def test_a_column_that_comes_changes_no_digest_of_version_1(make: Callable[[], LearningSnapshot]) -> None:
    rows = rows_of(make())
    with_more = SnapshotRows(
        {"novelty": 7, **rows.header},
        {kind: (key, [9] * len(key), *others) for kind, (key, *others) in rows.facts.items()},
    )
    assert set(with_more.columns(Kind.ACTIONS)) >= {"sequence_id", "novelty", "visits"}
    assert content_digest(with_more, version=1).hex() == VERSION_1[make]
    assert same_content(1, bytes.fromhex(VERSION_1[make]), with_more)


def test_other_content_is_not_the_same() -> None:
    digest = content_digest(rows_of(small()))
    assert same_content(1, digest, rows_of(small()))
    other = replace(small(), action_stats={"A": ActionStats(visits=1, kpi_total=-0.0)})
    assert not same_content(1, digest, rows_of(other))


def test_a_version_to_come_is_ahead() -> None:
    ahead = rf"version {NEWER}.*knows {DIGEST_VERSION}; install a newer swarmstore"
    with pytest.raises(SchemaAheadError, match=ahead):
        same_content(NEWER, bytes(16), rows_of(small()))


def test_a_session_that_a_newer_swarmstore_has_saved_is_never_called_damaged_or_other_content(
    database_url: str,
) -> None:
    with LearningStore.open(database_url) as store:
        store.save_session("s", simple(), "1")
        database = database_of(sql(store))
        table = "sessions" if database_url.startswith("sqlite") else "swarmstore.sessions"
        newer = f"UPDATE {table} SET digest_version = {NEWER}, content_digest = write_token"
        database.write(lambda session: session.execute(text(newer)))
        with pytest.raises(SchemaAheadError, match=f"version {NEWER}"):
            store.save_session("s", simple(), "1")
        with pytest.raises(SchemaAheadError, match=f"version {NEWER}"):
            store.verify_totals(deep=True)
        assert store.load_session("s", "1") == simple()


def _as_of_an_earlier_version(store: LearningStore, url: str) -> None:
    """All digests as if before a version that tells more: of this content it makes the same ones."""
    prefix = "" if url.startswith("sqlite") else "swarmstore."
    for table in ("sessions", "removed_sessions", "imports"):
        earlier = text(f"UPDATE {prefix}{table} SET digest_version = 0")
        database_of(sql(store)).write(partial(Session.execute, statement=earlier))


def test_what_was_forgotten_under_an_earlier_version_stays_so(database_url: str) -> None:
    with LearningStore.open(database_url) as store:
        store.save_session("s", simple(), "1")
        store.forget("s", ["1"])
        _as_of_an_earlier_version(store, database_url)
        with pytest.raises(SessionForgottenError):
            store.save_session("s", simple(), "1")


def test_what_was_removed_under_an_earlier_version_counts_once(database_url: str) -> None:
    with LearningStore.open(database_url) as store:
        store.save_session("s", simple(), "1")
        store.storage.delete(SessionKey("s", SessionId("1")))
        _as_of_an_earlier_version(store, database_url)
        store.save_session("s", simple(), "1")
        assert store.load_scenario("s").action_stats["A"].visits == 1
        assert store.verify_totals(deep=True) == []


def test_imported_sessions_are_known_by_digests_of_an_earlier_version(
    database_url: str, tmp_path: Path
) -> None:
    """Their folders have other names by now."""
    change.learn(tmp_path, 1, 2, 3)
    with LearningStore.open(database_url) as store:
        store.import_store(tmp_path)
        _as_of_an_earlier_version(store, database_url)
        for session in list((tmp_path / "scenarios" / "s" / "sessions").iterdir()):
            session.rename(session.with_name(str(int(session.name) + 1_000)))
        assert not store.import_store(tmp_path).problems
        assert len(store.list_sessions("s")) == 3
