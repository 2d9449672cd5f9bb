"""`swarmstore copy` as a user sees it, and killed on the way."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from sqlalchemy import func, select

from swarmstore import LearningStore, ScenarioKey, shown_url
from swarmstore.db.schema.sessions import SessionRow
from tests.cli.running import PROGRAM, data, done, run
from tests.copies.comparing import assert_equal, of_its_own, sql
from tests.helpers.internals import database_of
from tests.snapshots import full, model, simple

AnotherDatabase = Callable[[], AbstractContextManager[str]]
ACROSS = pytest.mark.parametrize(
    ("database_url", "another_database"), [("sqlite", "postgresql"), ("postgresql", "sqlite")], indirect=True
)


@pytest.mark.parametrize(
    ("shipped_url", "another_database"), [("sqlite", "postgresql"), ("postgresql", "sqlite")], indirect=True
)
def test_a_store_is_copied_and_copied_again(url: str, another_database: AnotherDatabase) -> None:
    with another_database() as to_url, LearningStore.open(url) as store, LearningStore.open(to_url) as target:
        of_its_own(target)
        shown = done("copy", url, to_url, url=url).split()
        ends = ["from", shown_url(url), "to", shown_url(to_url)]
        assert shown == ["Copied", *ends, "scenarios", "3", "sessions", "120"]
        assert data("copy", url, to_url, url=url) == {
            "scenarios": 3,
            "added": 0,
            "unchanged": 120,
            "removed": 0,
        }
        assert_equal(store, target)
        assert "all totals are consistent" in done("verify", "--deep", url=to_url)
        target.save_session("simple_qa", simple())
        ended = run("copy", url, to_url)
        assert (ended.returncode, ended.stdout) == (1, "")
        assert "a store of its own now; copy into an empty database" in ended.stderr


def test_what_cannot_be_copied_is_said(postgres_url: str, tmp_path: Path) -> None:
    missing, new = f"sqlite:///{tmp_path / 'missing.db'}", f"sqlite:///{tmp_path / 'new.db'}"
    ended = run("copy", missing, new)
    assert (ended.returncode, "missing.db does not exist" in ended.stderr) == (1, True)
    assert not (tmp_path / "new.db").exists()
    LearningStore.open(new).close()
    ended = run("copy", new, postgres_url)
    assert (ended.returncode, "swarmstore upgrade" in ended.stderr) == (1, True)
    assert run("copy", new).returncode == 2


@pytest.mark.long
@pytest.mark.release
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system does not kill")
@ACROSS
def test_a_copy_that_is_killed_twice_is_completed_by_the_third(
    database_url: str, another_database: AnotherDatabase
) -> None:
    """What it had copied is not copied again, and nothing is there twice."""
    with (
        another_database() as to_url,
        LearningStore.open(database_url, fold_at=7) as store,
        LearningStore.open(to_url) as target,
    ):
        of_its_own(target)
        for number in range(400):
            store.save_session(f"s{number % 3}", full(), f"{number:04}")
        store.prune("s1", keep_latest=90)
        store.save_scenario("s2", simple())
        store.save_offline_model("s0", model())
        there = 0
        for _ in range(2):
            there = _kill_when_it_has_copied(there + 60, database_url, to_url, target)
            assert not any(target.storage.exists(ScenarioKey(name)) for name in ("s0", "s1", "s2"))
        sessions = sum(len(store.list_sessions(scenario)) for scenario in store.scenarios())
        assert there < sessions
        report = data("copy", database_url, to_url, url=database_url)
        assert report["added"] + report["unchanged"] == sessions
        assert report["unchanged"] >= there
        assert_equal(store, target)


def _kill_when_it_has_copied(sessions: int, url: str, to_url: str, target: LearningStore) -> int:
    """Begin a copy, and kill it once so many sessions are there; how many there are."""
    process = subprocess.Popen([*PROGRAM, "copy", url, to_url], env={**os.environ})
    count = select(func.count()).select_from(SessionRow)
    there = 0
    while there < sessions:
        assert process.poll() is None, "it ended before it could be killed"
        time.sleep(0.005)
        there = database_of(sql(target)).read(lambda session: session.scalar(count)) or 0
    process.kill()
    assert process.wait() == -signal.SIGKILL
    return there
