"""Names that would like to be more than names."""

from __future__ import annotations

import json

from swarmstore import (
    ActionStats,
    EpisodeTransitions,
    LearningSnapshot,
    LearningStore,
    SessionId,
    SessionKey,
    SnapshotMetadata,
)
from swarmstore.db.access.grants import grant
from tests.cli.running import run
from tests.postgres.roles import Roles, connected
from tests.snapshots import simple

HOSTILE = [
    "'; DROP TABLE sessions; --",
    '"; DROP SCHEMA swarmstore CASCADE; --',
    "') ON CONFLICT DO NOTHING; DELETE FROM scenarios; --",
    "$1 %s %(name)s %% :name {0}",
    "{1,NULL}\\'\"",
    "line\nbreak\r\ttab",
    "\x1b]0;title\x07\x1b[2J\x1b[31mred",
    "\u202eright to left\u009b31m\u0085",
    "[bold]markup[/bold] [link=http://example.com]",
    "--url=sqlite:///elsewhere.db",
]


def hostile() -> LearningSnapshot:
    pairs = {(name, other): 1 for name in HOSTILE for other in HOSTILE}
    return LearningSnapshot(
        metadata=SnapshotMetadata(created_at=1),
        episode_transitions=EpisodeTransitions(pairs, pairs, 1, 1),
        action_stats={name: ActionStats(1) for name in HOSTILE},
    )


def test_hostile_names_are_names(roles: Roles) -> None:
    """Saved, read back and printed by an agent they change nothing else."""
    agent = roles.new("agent")
    grant(roles.database, agents=[agent])
    with LearningStore.open(roles.database) as store:
        store.save_session("s", simple())
    url, escapes = roles.url(agent), HOSTILE[6]
    before = _everything_else(roles.database)
    with LearningStore.open(url) as store:
        for name in HOSTILE:
            store.save_session(name, hostile(), name)
            assert store.load_session(name, name) == hostile()
            store.run_offline_learning(name, 1)
            assert store.storage.delete(SessionKey(name, SessionId(name)))
            assert store.load_scenario(name) == hostile()
        for name in HOSTILE:
            store.save_session(escapes, hostile(), name)
        assert store.scenarios() == sorted([*HOSTILE, "s"], key=str.encode)
        assert store.verify_totals(deep=True) == []
    for command, expected in {
        ("scenarios",): len(HOSTILE) + 1,
        ("sessions", "--", escapes): len(HOSTILE),
        ("show", "scenario", "--", escapes): 3 * len(HOSTILE),
        ("learn", "--", escapes): 1,
        ("verify", "--deep"): 1,
    }.items():
        shown = run(*command, url=url)
        assert (shown.returncode, shown.stderr) == (0, "")
        assert shown.stdout.replace("\n", "").isprintable()
        assert shown.stdout.count("\n") >= expected
    failed = run("show", "session", "--", escapes, HOSTILE[5] + "no", url=url)
    assert (failed.returncode, failed.stdout) == (1, "")
    assert failed.stderr.removesuffix("\n").isprintable()
    listed = run("scenarios", "--json", url=url).stdout
    assert listed.replace("\n", "").isprintable()
    assert {entry["scenario"] for entry in json.loads(listed)} == {*HOSTILE, "s"}
    assert _everything_else(roles.database) == before


def _everything_else(url: str) -> list[object]:
    """Objects, privileges and what the innocent scenario holds."""
    with connected(url) as connection:
        objects = connection.execute(
            "SELECT oid::regclass::text, relacl::text FROM pg_class"
            " WHERE relnamespace = 'swarmstore'::regnamespace ORDER BY oid"
        ).fetchall()
        # of this database's agent: other tests make roles on the same server meanwhile
        agent = connection.execute(
            "SELECT rolname, rolsuper, rolcreaterole, rolcreatedb FROM pg_roles"
            " WHERE has_table_privilege(oid, 'swarmstore.sessions', 'INSERT')"
        ).fetchall()
    with LearningStore.open(url) as store:
        return [objects, agent, store.query_latest("s", 10), store.load_scenario("s")]
