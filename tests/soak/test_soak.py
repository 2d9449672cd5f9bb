"""A short soak passes on both databases, and one that goes wrong says what is."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from psycopg.pq import TransactionStatus
from sqlalchemy import make_url, text

from swarmstore import LearningSnapshot, LearningStore, ScenarioKey, SessionId, SessionKey, SqlStorage
from swarmstore.db.migrations.runner import upgrade
from tests.helpers.internals import database_of, repositories_of
from tests.soak.checking import problems
from tests.soak.content import snapshot_of
from tests.soak.journal import Followed, Journal, Known, Window, glance, has_paused
from tests.soak.running import Plan, run

pytestmark = pytest.mark.long

PLAN = Plan(processes=4, saves=25, kills=8, seconds=120)
SMALL = Plan(processes=1, saves=12, kills=0, seconds=60, changers=0, restores=0)


def sql(*statements: str) -> Callable[[LearningStore], object]:
    """Run statements past the store; '@' stands for the schema."""

    def tamper(store: LearningStore) -> None:
        assert isinstance(store.storage, SqlStorage)
        database = database_of(store.storage)
        schema = "" if database.engine.dialect.name == "sqlite" else "swarmstore."
        run = [text(statement.replace("@", schema)) for statement in statements]
        database.write(lambda session: [session.execute(statement) for statement in run])

    return tamper


# what is done to the store, and what the report has to name
TAMPERING: dict[str, tuple[Callable[[LearningStore], object], str]] = {
    "facts lost": (
        sql("DELETE FROM @session_transitions WHERE session_row_id = 5"),
        "session given-5 of second: episode_transitions.success_transitions",
    ),
    "a fact changed": (
        sql("UPDATE @session_actions SET visits = visits + 1 WHERE session_row_id = 6"),
        "session given-6 of first: action_stats['A'].visits is ",
    ),
    "a folded count changed": (
        sql("UPDATE @rollup_contexts SET visits = visits + 1 WHERE scenario_id = 0"),
        "global total: contextual_stats",
    ),
    "a folded header changed": (
        sql("UPDATE @rollups SET session_count = session_count - 1 WHERE scenario_id = 0"),
        "global total: metadata.session_count is 11 and should be 12",
    ),
    "a source lost": (
        sql("UPDATE @total_sources SET folded = false WHERE session_row_id = 12"),
        "global total: metadata.session_count is 13 and should be 12",
    ),
    "a given id changed": (
        sql("UPDATE @sessions SET session_id = 'other' WHERE id = 7"),
        "session other of third holds save 7, whose id is given-7",
    ),
    "a session from nowhere": (
        sql("UPDATE @sessions SET task_description = 'save 99999' WHERE id = 7"),
        "session given-7 of third was never saved",
    ),
    "a session lost": (
        lambda store: store.storage.delete(SessionKey("third", SessionId("given-7"))),
        "save 7 returned given-7, which is not there",
    ),
    "a total lost": (
        lambda store: store.storage.delete(ScenarioKey("second")),
        "total of second: there are 3 sessions, and the total is missing",
    ),
    "a session counted twice": (
        lambda store: store.save_session("third", snapshot_of(7)),
        "save 7 is there twice",
    ),
    "a session that nobody was given": (
        lambda store: store.save_session("third", snapshot_of(7)),
        "follower 1 has not seen session 1",
    ),
    "a session published again": (
        sql("UPDATE @sessions SET position = 99 WHERE id = 7", "UPDATE @publication SET last_position = 99"),
        "follower 0 has not seen session given-7 of third",
    ),
}


def test_nothing_is_lost_and_nothing_counts_twice(empty_database_url: str, tmp_path: Path) -> None:
    upgrade(empty_database_url)
    done = run(empty_database_url, tmp_path, PLAN)
    assert done.failures == []
    assert done.kills == PLAN.kills
    assert done.cut_off > 0
    assert done.known.begun.keys() >= set(range(1, PLAN.processes * PLAN.saves + 1))
    assert len(done.windows) == PLAN.restores
    assert len(done.followed) == PLAN.followers
    with LearningStore.open(empty_database_url) as store:
        assert problems(store, done.known, done.followed) == []
        store.fold()
        assert problems(store, done.known, done.followed) == []


def test_sessions_are_removed_replaced_and_imported_beside_the_saves(
    empty_database_url: str, tmp_path: Path
) -> None:
    """All kinds of changes come about in as many saves, and totals can be told nevertheless."""
    upgrade(empty_database_url)
    done = run(empty_database_url, tmp_path, Plan(processes=2, saves=200, kills=0, seconds=120, restores=0))
    assert done.failures == []
    assert done.known.did.keys() >= {"delete", "prune", "replace", "import"}
    with LearningStore.open(empty_database_url) as store:
        assert problems(store, done.known, done.followed) == []
        done.known.taken.clear()  # as if nobody had said so
        lines = problems(store, done.known, done.followed)
        assert any(line.endswith("which is not there") for line in lines)
        assert any(line.startswith("global total: metadata.session_count is ") for line in lines)


@pytest.mark.parametrize("name", TAMPERING)
def test_what_is_wrong_is_named(new_sqlite_url: str, tmp_path: Path, name: str) -> None:
    """The accounts are kept in Python, whatever the database."""
    tamper, named = TAMPERING[name]
    upgrade(new_sqlite_url)
    done = run(new_sqlite_url, tmp_path, SMALL)
    with LearningStore.open(new_sqlite_url) as store:
        store.fold()
        assert problems(store, done.known, done.followed) == []
        tamper(store)
    with LearningStore.open(new_sqlite_url) as store:
        lines = problems(store, done.known, done.followed)
        assert [line for line in lines if line.startswith(named)]


def test_a_store_without_sessions_is_as_it_should_be(new_sqlite_url: str) -> None:
    """A process may be killed between a scenario and its first session."""
    with LearningStore.open(new_sqlite_url) as store:
        assert isinstance(store.storage, SqlStorage)
        repositories_of(store.storage).scenarios.ensure("first")
        assert problems(store, Known()) == []


def test_a_process_that_fails_is_told(tmp_path: Path) -> None:
    done = run(f"sqlite:///{tmp_path}/missing/store.db", tmp_path, Plan(processes=1, saves=3, kills=0))
    said = "\n".join(done.failures)
    assert "worker 0 ended with 1, and nobody had killed it" in said
    assert "DatabaseMissingError" in said
    assert "3 saves were never begun" in said


def test_a_run_ends_in_time(new_sqlite_url: str, tmp_path: Path) -> None:
    upgrade(new_sqlite_url)
    done = run(new_sqlite_url, tmp_path, Plan(processes=2, saves=10_000, kills=0, seconds=1))
    assert done.failures[0] == "2 workers had not ended after 1 s"
    assert "saves were never begun" in done.failures[-1]


def test_a_fold_that_fails_is_told(new_sqlite_url: str, tmp_path: Path) -> None:
    """Its save has succeeded, so that only the log tells."""
    upgrade(new_sqlite_url)
    with LearningStore.open(new_sqlite_url) as store:
        sql("CREATE TRIGGER no BEFORE INSERT ON rollup_actions BEGIN SELECT RAISE(ABORT, 'no fold'); END")(
            store
        )
    done = run(new_sqlite_url, tmp_path, SMALL)
    assert any("folding total" in line and "no fold" in line for line in done.failures)


def test_a_journal_that_a_kill_has_torn_says_what_was_written_before(tmp_path: Path) -> None:
    file = tmp_path / "journal"
    journal = Journal(file)
    journal.begins(7)
    journal.returned(7, SessionId("an id\n"))
    assert glance(file) == (1, False)
    journal.begins(8, SessionId("given"))
    journal.folded()
    known = Known(
        begun={7: None, 8: SessionId("given")},
        returned={7: SessionId("an id\n")},
        within=8,
        did=Counter(fold=1),
    )
    assert glance(file) == (2, True)
    assert Known.read([file]) == known
    file.write_bytes(file.read_bytes() + b'["returned",8')
    assert Known.read([file]) == known


def test_a_save_that_a_restore_may_have_undone_need_not_be_there(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    journal.begins(1)
    journal.returned(1, SessionId("before"))
    begin = time.monotonic()
    journal.begins(2)
    journal.returned(2, SessionId("within"))
    journal.begins(3)
    end = time.monotonic()
    journal.returned(3, SessionId("across"))
    journal.begins(4)
    journal.returned(4, SessionId("behind"))
    journal.begins(5)
    known = Known.read([tmp_path / "journal"], [Window(begin, end)])
    assert list(filter(known.must_be_there, range(6))) == [1, 4]


def test_a_save_without_an_answer_has_ended(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    journal.begins(1)
    journal.unavailable(1)
    assert glance(tmp_path / "journal") == (1, False)
    assert Known.read([tmp_path / "journal"]).within is None


def test_what_a_follower_saw_before_it_began_anew_does_not_count(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    journal = Journal(first)
    journal.seen("a", SessionId("1"), "c1")
    journal.seen("a", SessionId("2"), "c2")
    assert Followed.read([first]).cursor == "c2"
    journal = Journal(second)
    journal.begins_anew()
    assert Followed.read([first, second]).cursor is None
    journal.seen("a", SessionId("1"), "c1")
    followed = Followed.read([first, second])
    assert followed == Followed({"c1": ("a", SessionId("1"))}, "c1", given=3, anew=1)
    journal.seen("a", SessionId("1"), "c1")
    assert Followed.read([first, second]).twice == ["session 1 of a came twice under c1"]


def test_a_changer_is_still_when_that_is_its_last_word(tmp_path: Path) -> None:
    file = tmp_path / "journal"
    assert not has_paused(file)
    journal = Journal(file)
    assert not has_paused(file)
    journal.pauses()
    assert has_paused(file)
    journal.did("pause")
    assert not has_paused(file)


def soak(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.soak", *options]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_command_tells_what_it_did_and_how_it_ended() -> None:
    ended = soak("--database", "sqlite", "--processes", "2", "--saves", "10", "--kills", "2")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "2 processes × 10 saves on SQLite" in ended.stdout
    assert "2, of them" in ended.stdout
    assert "each is there once and whole" in ended.stdout


def test_the_command_fails_when_anything_does(new_sqlite_url: str) -> None:
    ended = soak("--url", new_sqlite_url, "--processes", "1", "--saves", "10000", "--seconds", "2")
    assert ended.returncode == 1
    assert "wrong: 1 workers had not ended after 2 s" in ended.stdout
    with LearningStore.open(new_sqlite_url) as store:
        store.save_session("s", LearningSnapshot.empty())
    again = soak("--url", new_sqlite_url)
    assert again.returncode == 1
    assert "give a database without any" in again.stdout


def test_what_the_killed_had_asked_for_is_waited_for(migrated_postgres_url: str) -> None:
    """PostgreSQL goes on with it, and a look before that would miss what it commits."""
    plain = make_url(migrated_postgres_url).set(drivername="postgresql").render_as_string(False)
    with LearningStore.open(migrated_postgres_url) as store, closing(psycopg.connect(plain)) as late:
        store.save_session("second", snapshot_of(5), SessionId("given-5"))
        late.execute("SELECT 1")  # begins a transaction
        end = threading.Timer(0.3, late.rollback)
        end.start()
        assert problems(store, Known({5: None}, {5: SessionId("given-5")})) == []
        assert late.info.transaction_status == TransactionStatus.IDLE
        end.join()
