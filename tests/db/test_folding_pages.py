"""On demand the totals of all scenarios are folded, a page of them by each transaction."""

from __future__ import annotations

import logging
import random
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from swarmstore import ScenarioKey, Settings, SqlStorage
from swarmstore.db.schema.sessions import TotalSource
from swarmstore.model.limits import MAX_TOTAL
from tests.db.counted_statements import counted
from tests.helpers.internals import database_of
from tests.snapshots import full, simple

NOT_YET = Settings(fold_at=10_000, fold_in_background=False)


@pytest.fixture
def storage(database_url: str) -> Iterator[SqlStorage]:
    with SqlStorage(database_url, NOT_YET) as opened:
        yield opened


def pending(storage: SqlStorage) -> int:
    statement = select(func.count()).where(TotalSource.folded.is_(False))
    return database_of(storage).read(lambda session: session.scalars(statement).one())


def fold(storage: SqlStorage) -> int:
    """Fold everything; how many statements that took."""
    with counted(database_of(storage).engine) as statements:
        storage.fold()
    return len(statements)


def test_totals_are_as_before_whatever_was_folded_before(storage: SqlStorage) -> None:
    # without doubles, whose last digit depends on the order in which they are added
    chosen, whole = random.Random(5), replace(full(), contextual_stats={}, action_stats={})
    names = [f"s{number}" for number in range(105)]
    for _ in range(3):
        for name in names:
            for _ in range(chosen.randrange(3)):
                storage.save_session(name, chosen.choice([whole, simple(chosen.randrange(9))]))
        before = [storage.load(ScenarioKey(name)) for name in names]
        added = pending(storage)
        assert storage.fold() == added
        assert pending(storage) == 0
        assert storage.verify_totals(deep=True) == []
        assert [storage.load(ScenarioKey(name)) for name in names] == before


def test_a_page_takes_as_many_statements_as_one_total(storage: SqlStorage) -> None:
    taken = {}
    for scenarios in (1, 2, 90):
        for number in range(scenarios):
            storage.save_session(f"s{scenarios} {number}", simple())
            storage.save_session(f"s{scenarios} {number}", full())
        taken[scenarios] = fold(storage)
    assert taken[90] == taken[2]
    assert taken[90] == taken[1]


def test_more_sessions_than_one_transaction_takes(storage: SqlStorage) -> None:
    for number in range(3):
        for value in range(260):
            storage.save_session(f"s{number}", simple(value))
    assert storage.fold() == 2 * 780
    assert storage.verify_totals(deep=True) == []


def test_a_total_that_is_full_costs_no_other(storage: SqlStorage, caplog: pytest.LogCaptureFixture) -> None:
    full_total = simple()
    full_total.action_stats["A"].visits = MAX_TOTAL
    storage.save(ScenarioKey("b"), full_total)
    for scenario in ("a", "b", "c"):
        for _ in range(2):
            storage.save_session(scenario, simple())
    with caplog.at_level(logging.WARNING, "swarmstore"):
        assert storage.fold() == 6 + 4
    assert "does not fit into total" in caplog.text
    assert pending(storage) == 2
    assert storage.load(ScenarioKey("c")) is not None
