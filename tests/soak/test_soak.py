"""A short soak passes on both databases, and a store that was tampered with does not."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from swarmstore import LearningStore
from swarmstore.db.migrate import upgrade
from tests.soak.checking import problems
from tests.soak.journal import Known
from tests.soak.running import Plan, run

PLAN = Plan(processes=4, saves=40, kills=6, seconds=120)

TAMPERING = {
    "DELETE FROM @session_transitions WHERE session_row_id = 3": "is not what save",
    "UPDATE @session_actions SET visits = visits + 1 WHERE session_row_id = 5": "is not what save",
    "UPDATE @folded_ngrams SET success_count = success_count + 1": "the total of",
    "UPDATE @folded SET session_count = session_count - 1 WHERE scenario_id = 0": "total of all scenarios",
    "UPDATE @sessions SET session_id = 'other' WHERE id = 7": "which returned",
    "UPDATE @sessions SET task_description = 'save 99999' WHERE id = 7": "was never saved",
}


def test_nothing_is_lost_and_nothing_counts_twice(empty_database_url: str, tmp_path: Path) -> None:
    upgrade(empty_database_url)
    done = run(empty_database_url, tmp_path, PLAN)
    known = Known.read(done.journals)
    assert done.failures == []
    assert done.kills == PLAN.kills
    assert len(known.begun) == PLAN.processes * PLAN.saves
    with LearningStore.open(empty_database_url) as store:
        assert problems(store, known) == []
        store.fold()
        assert problems(store, known) == []


@pytest.mark.parametrize("statement", TAMPERING)
def test_what_is_wrong_is_found(empty_database_url: str, tmp_path: Path, statement: str) -> None:
    """The check can fail: by a fact, a sum, an id, a session from nowhere."""
    upgrade(empty_database_url)
    known = Known.read(run(empty_database_url, tmp_path, Plan(processes=1, saves=12, kills=0)).journals)
    with LearningStore.open(empty_database_url) as store:
        store.fold()
        assert problems(store, known) == []
        database = store.storage.database  # type: ignore[attr-defined]
        schema = "" if database.engine.dialect.name == "sqlite" else "swarmstore."
        database.write(lambda session: session.execute(text(statement.replace("@", schema))))
    with LearningStore.open(empty_database_url) as store:
        assert any(TAMPERING[statement] in line for line in problems(store, known))


def test_a_process_that_fails_is_told(tmp_path: Path) -> None:
    done = run(f"sqlite:///{tmp_path}/missing/store.db", tmp_path, Plan(processes=1, saves=1, kills=0))
    assert "StoreUnavailableError" in done.failures[0]
