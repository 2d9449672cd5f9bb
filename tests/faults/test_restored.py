"""A process that lives on while the database goes back to a backup, or loses commits in a failover.

What it remembers of names, scenarios and totals is then wrong, and so are followers' cursors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from swarmstore import (
    Additive,
    FileSystemStorage,
    GlobalKey,
    InvalidCursorError,
    LearningSnapshot,
    LearningStore,
    ScenarioKey,
    SessionId,
    SessionKey,
    StoreUnavailableError,
)
from swarmstore.db.doctor import diagnose
from tests.faults.restoring import TABLES, WAYS, Restore
from tests.helpers.fast_settings import NO_FSYNC
from tests.snapshots import model, simple

pytestmark = pytest.mark.long

BackUp = Callable[[], Restore]


@pytest.fixture(params=WAYS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, BackUp]]:
    """A database's URL, and what makes a backup of it."""
    with WAYS[request.param](tmp_path) as made:
        yield made


def opened(url: str) -> LearningStore:
    return LearningStore.open(url, fold_at=10_000, synchronous=NO_FSYNC.synchronous)


def done(call: Callable[[], object]) -> object:
    """What a call gives once the server is back: connections to the one before end in an error."""
    for _ in range(3):
        try:
            return call()
        except StoreUnavailableError:
            continue
    return call()


def with_action(action: str, count: int = 1) -> LearningSnapshot:
    snapshot = simple(count)
    snapshot.episode_transitions.success_transitions = {(action, "B"): count}
    snapshot.ngram_stats.trigrams = {(action, "B", "C"): (count, 0)}
    return snapshot


def episodes(store: LearningStore, scenario: str) -> int:
    return store.load_scenario(scenario).metadata.session_count


def test_what_a_process_remembers_is_not_believed(place: tuple[str, BackUp]) -> None:
    """Totals, scenarios, actions and cursors, in one history: a server for each would take long."""
    url, back_up = place
    with opened(url) as agent:
        agent.save_session("alpha", simple(), "kept")
        (kept,) = agent.changes()
        restore = back_up()
        for number in range(3):
            agent.save_session("alpha", simple(100), f"lost {number}")
        agent.load_scenario("alpha")
        agent.load_global()
        agent.save_session("beta", with_action("New"), "lost")
        lost = list(agent.changes())
        assert len(lost) == 5
        restore()
        with opened(url) as other:
            assert done(lambda: other.list_sessions("alpha")) == ["kept"]
            # as many sessions as were lost, under row ids that were given out before
            for number in range(3):
                other.save_session("alpha", simple(1), f"new {number}")
            other.save_session("gamma", with_action("G", 7), "new")
            done(lambda: agent.list_sessions("alpha"))
            for key in (ScenarioKey("alpha"), GlobalKey()):
                assert agent.storage.load(key) == other.storage.load(key), key
            assert episodes(agent, "alpha") == 4

            assert len(list(other.changes())) == 5
            assert [change.session_id for change in agent.changes(kept.cursor)] == [
                "new 0",
                "new 1",
                "new 2",
                "new",
            ]
            for change in lost[1:]:
                with pytest.raises(InvalidCursorError, match="restored from a backup"):
                    agent.changes(change.cursor)

            agent.save_session("beta", with_action("New"), "again")
            agent.storage.save(SessionKey("delta", SessionId("replaced")), with_action("Newer"))
            agent.save_scenario("epsilon", with_action("Newest"))
            agent.save_offline_model("zeta", model())
        assert_sound(url, {"alpha": 4, "beta": 1, "gamma": 1, "delta": 1, "epsilon": 0, "zeta": 0})


def assert_sound(url: str, sessions: dict[str, int]) -> None:
    """A new process finds everything where it belongs, and nothing damaged."""
    with opened(url) as fresh:
        assert {name: len(fresh.list_sessions(name)) for name in fresh.scenarios()} == sessions
        for name, count in sessions.items():
            assert len(fresh.query_latest(name, 10)) == count
            fresh.storage.load(ScenarioKey(name))
        fresh.load_global()
        assert fresh.verify_totals(deep=True) == []
        fresh.fold()
        assert fresh.verify_totals(deep=True) == []
    found = diagnose(url, deep=True).findings
    assert [each for each in found if each.severity != "info"] == []


WRITES: dict[str, Callable[[LearningStore, str, Path], object]] = {
    "save": lambda s, name, _: s.save_session(name, with_action(name), "1"),
    "replace": lambda s, name, _: s.storage.save(SessionKey(name, SessionId("1")), with_action(name)),
    "total": lambda s, name, _: s.save_scenario(name, with_action(name)),
    "model": lambda s, name, _: s.save_offline_model(name, model()),
    "analysis": lambda s, name, _: s.storage.save_analysis(name, model()),
    "import": lambda s, name, folder: s.import_store(files(folder, name), origin="files"),
}


def files(folder: Path, scenario: str) -> Path:
    """A folder with a session and a total."""
    with LearningStore(FileSystemStorage(folder / "files")) as made:
        made.save_session(scenario, with_action(scenario), "1")
    return folder / "files"


def test_what_is_lost_or_anothers_is_never_written_to(place: tuple[str, BackUp], tmp_path: Path) -> None:
    """Scenarios' ids are given out again, or to nobody. Each process makes one call that writes."""
    url, back_up = place
    restore = back_up()
    with ExitStack() as stack:
        agents = {name: stack.enter_context(opened(url)) for name in WRITES}
        for name, write in WRITES.items():
            write(agents[name], name, tmp_path)
        restore()
        other = stack.enter_context(opened(url))
        done(lambda: other.save_session("somebody else's", simple(), "1"))
        for name, write in WRITES.items():
            done(lambda agent=agents[name]: agent.scenarios())  # type: ignore[misc]
            write(agents[name], name, tmp_path)
        assert sorted(other.scenarios()) == sorted([*WRITES, "somebody else's"])
        assert other.list_sessions("somebody else's") == ["1"]
        assert episodes(other, "somebody else's") == 1
        for name in ("save", "replace", "import"):
            assert other.load_session(name, "1") == with_action(name)
        for name in ("save", "total", "import"):
            assert other.load_scenario(name) == with_action(name)
        assert other.load_offline_model("model") == model()
        assert other.load_offline_model("analysis") == replace(model(), action_order=None)
        assert other.verify_totals(deep=True) == []
    assert diagnose(url, deep=True).worst in {None, "info"}


READS: dict[str, Callable[[LearningStore], object]] = {
    "list": lambda s: s.list_sessions("s"),
    "load a session": lambda s: s.load_session("s", "1"),
    "load a total": lambda s: s.load_scenario("s"),
    "scenarios": lambda s: s.scenarios(),
    "query": lambda s: s.query_latest("s", 9),
    "merge": lambda s: s.merge_sessions("s", Additive()).action_stats,
    "model": lambda s: s.load_offline_model("s"),
    "changes": lambda s: [change.session_id for change in s.changes()],
}


def test_reads_that_wait_for_a_restore_see_what_it_has_left(migrated_postgres_url: str) -> None:
    """Emptied and filled again in one transaction, as `pg_restore --data-only` needs the tables."""
    plain = make_url(migrated_postgres_url).set(drivername="postgresql").render_as_string(False)
    with LearningStore.open(migrated_postgres_url, pool_size=20) as store:
        for number in range(3):
            store.save_session("s", simple(number + 1), str(number))
        store.save_offline_model("s", model())
        store.fold()
        before = {name: read(store) for name, read in READS.items()}
        with psycopg.connect(plain) as restoring, ThreadPoolExecutor(len(READS)) as threads:
            restoring.execute("SET session_replication_role = replica")
            tables = [name for (name,) in restoring.execute(TABLES).fetchall()]
            kept = [name for name in tables if name not in {"swarmstore_version", "schema_compatibility"}]
            for name in kept:
                restoring.execute(f"CREATE TEMP TABLE kept_{name} AS TABLE swarmstore.{name}")
            restoring.execute(f"TRUNCATE {', '.join(f'swarmstore.{name}' for name in kept)}")
            waiting = {name: threads.submit(read, store) for name, read in READS.items()}
            done, _ = wait(waiting.values(), timeout=0.5)
            assert not done
            for name in kept:
                columns = f"INSERT INTO swarmstore.{name} OVERRIDING SYSTEM VALUE TABLE kept_{name}"
                restoring.execute(columns)
            restoring.commit()
            assert {name: read.result(20) for name, read in waiting.items()} == before
