"""A hot standby: followers get what is published, and what the standby has to end is begun again."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest
from sqlalchemy import event

import swarmstore
from swarmstore import Additive, LearningStore, NotPermittedError, Settings, SqlStorage, StoreUnavailableError
from swarmstore.db.migrations.runner import upgrade
from tests.helpers.internals import database_of
from tests.postgres import binaries
from tests.snapshots import full, simple

pytestmark = pytest.mark.long


class Servers(NamedTuple):
    """One that writes, and a standby that lets no reader keep it from following."""

    primary: str
    standby: str

    def catch_up(self) -> None:
        """Wait until the standby has all that was committed."""
        deadline = time.monotonic() + 30
        with psycopg.connect(self.primary) as ours, psycopg.connect(self.standby, autocommit=True) as theirs:
            written = ours.execute("SELECT pg_current_wal_insert_lsn()").fetchone()
            replayed = "SELECT pg_last_wal_replay_lsn() >= %s"
            while theirs.execute(replayed, written).fetchone() != (True,):
                assert time.monotonic() < deadline, "the standby follows"

    def end_snapshots(self) -> None:
        """Remove rows that older snapshots still see: the standby ends the transactions that have some."""
        with psycopg.connect(self.primary, autocommit=True) as connection:
            for statement in (
                "CREATE TABLE gone AS SELECT 1",
                "DELETE FROM gone",
                "VACUUM gone",
                "DROP TABLE gone",
            ):
                connection.execute(statement)
        self.catch_up()


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    with contextlib.ExitStack() as stack:
        primary = stack.enter_context(binaries.controlled(binaries.SETTINGS))
        upgrade(primary.server.dsn)
        follower = stack.enter_context(primary.follower())
        with follower.server.connect() as connection:
            connection.execute("ALTER SYSTEM SET max_standby_streaming_delay = 0")
            connection.execute("SELECT pg_reload_conf()")
        with LearningStore.open(primary.server.dsn) as store:
            for number in range(3):
                store.save_session("s", full(), str(number))
        made = Servers(primary.server.dsn, follower.server.dsn)
        made.catch_up()
        yield made


def test_a_follower_of_a_standby_gets_what_is_published(servers: Servers) -> None:
    with LearningStore.open(servers.primary) as store, LearningStore.open(servers.standby) as standby:
        published = [change.session_id for change in store.changes()]
        store.save_session("t", simple(), "unpublished")
        servers.catch_up()
        assert "unpublished" in standby.list_sessions("t")
        *_, last = standby.changes()
        assert [change.session_id for change in standby.changes()] == published
        assert list(standby.changes(last.cursor)) == []
        list(store.changes())
        servers.catch_up()
        assert [change.session_id for change in standby.changes(last.cursor)] == ["unpublished"]


def test_an_analyst_gets_what_is_published(servers: Servers) -> None:
    with psycopg.connect(servers.primary, autocommit=True) as connection:
        connection.execute("CREATE ROLE looks LOGIN")
    swarmstore.grant(servers.primary, analysts=["looks"])
    analysts = [url.replace("postgres@", "looks@") for url in servers]
    with LearningStore.open(servers.primary) as store:
        published = [change.session_id for change in store.changes()]
        store.save_session("u", simple(), "not yet")
        servers.catch_up()
        for url in analysts:
            with LearningStore.open(url) as looking:
                assert [change.session_id for change in looking.changes()] == published
                with pytest.raises(NotPermittedError):
                    looking.save_session("u", simple())


READS: dict[str, Callable[[LearningStore, Path], object]] = {
    "merge_sessions": lambda store, _: store.merge_sessions("s", Additive()).action_stats,
    "summaries": lambda store, _: store.summaries(),
    "changes": lambda store, _: list(store.changes()),
    "verify_totals": lambda store, _: store.verify_totals(deep=True),
    "frame": lambda store, _: store.frame("transitions"),
    "export_frames": lambda store, folder: store.export_frames(folder, "csv").files,
    "report": lambda store, folder: store.report(folder / "report.html"),
    "export_store": lambda store, folder: store.export_store(folder).sessions.total(),
}


def conflicts(servers: Servers, store: LearningStore, *, most: int) -> list[str]:
    """End the standby's transactions within each of its transactions, up to so many times."""
    assert isinstance(store.storage, SqlStorage)
    ended: list[str] = []

    @event.listens_for(database_of(store.storage).engine, "after_cursor_execute")
    def end(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if len(ended) < most and statement.startswith(("SELECT", "WITH", "DECLARE")):
            ended.append(statement)
            servers.end_snapshots()

    return ended


@pytest.mark.parametrize("name", READS)
def test_what_a_standby_ends_is_begun_again(servers: Servers, name: str, tmp_path: Path) -> None:
    with LearningStore.open(servers.standby) as store:
        expected = READS[name](store, tmp_path)
        ended = conflicts(servers, store, most=3)
        assert READS[name](store, tmp_path) == expected
        assert len(ended) == 3


def test_it_is_not_begun_again_for_ever(servers: Servers) -> None:
    with LearningStore.open(servers.standby) as store:
        ended = conflicts(servers, store, most=100)
        with pytest.raises(StoreUnavailableError, match="conflict with recovery"):
            store.frame("transitions")
        assert len(ended) == 8


def test_a_stream_that_a_standby_ends_says_so(servers: Servers) -> None:
    with (
        SqlStorage(servers.standby, Settings()) as storage,
        LearningStore(storage).frame_batches("totals") as rows,
    ):
        servers.end_snapshots()
        with pytest.raises(StoreUnavailableError, match="conflict with recovery"):
            rows.read_all()
