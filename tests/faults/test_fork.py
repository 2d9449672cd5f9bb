"""Children forked beside an open store use the store object that they inherit."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from swarmstore import LearningStore
from tests.faults.checks import assert_sound, counted

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")

CHILDREN, SAVES = 4, 10
# a process of its own: the one that runs the tests has threads of its own
START = """
import os, sys, threading, time, traceback
from sqlalchemy import func, select, text
from swarmstore import LearningStore, StoreUnavailableError
from tests.faults.checks import checked_out, counted, fill_the_pool, sql
from tests.snapshots import simple
from tests.helpers.internals import database_of

CHILDREN, SAVES = int(sys.argv[2]), int(sys.argv[3])
store = LearningStore.open(sys.argv[1], fold_at=3, fold_in_background=False)
store.save_session("s", simple())

def forked(work):
    child = os.fork()
    if child:
        return child
    try:
        work(child)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)

def save(number):
    for _ in range(SAVES):
        store.save_session("s", simple())
    assert checked_out(store) == 0

def save_and_close(number):
    save(number)
    store.close()

def backends():
    engine = database_of(sql(store)).engine
    connections = [engine.connect() for _ in range(5)]
    pids = {connection.scalar(select(func.pg_backend_pid())) for connection in connections}
    for connection in connections:
        connection.close()
    return pids

def all_succeed(children):
    return [os.waitpid(child, 0)[1] for child in children] == [0] * len(children)
"""
SAVE_BESIDE_THE_PARENT = """
fill_the_pool(store)
children = [forked(save_and_close) for _ in range(CHILDREN)]
save(None)
assert all_succeed(children)
assert counted(store, "s") == 1 + (CHILDREN + 1) * SAVES
assert store.verify_totals(deep=True) == []
"""
PARENT_CLOSES_ITS_STORE = """
fill_the_pool(store)
gate, opened = os.pipe()
def save_after_that(number):
    os.close(opened)
    store.save_session("s", simple())  # while the parent has its connections
    os.read(gate, 1)
    save(number)
children = [forked(save_after_that) for _ in range(CHILDREN)]
while len(store.list_sessions("s")) < 1 + CHILDREN:
    time.sleep(0.01)
store.close()
os.close(opened)
assert all_succeed(children)
"""
PARENT_KEEPS_ITS_CONNECTIONS = """
before = backends()
children = [forked(save_and_close) for _ in range(CHILDREN)]
assert all_succeed(children)
assert len(before) == 5
assert backends() == before
"""
A_THREAD_IS_INSIDE = """
inside, go = threading.Event(), threading.Event()
answers = []
def work(session):
    answers.append(session.scalar(text(sys.argv[4])))
    inside.set()
    assert go.wait(30)
    answers.append(session.scalar(text(sys.argv[4])))
thread = threading.Thread(target=lambda: sql(store)._database.write(work))
thread.start()
assert inside.wait(30)
assert checked_out(store) == 1
"""
POSTGRESQL_DOES_NOT_MIND = """
children = [forked(save_and_close) for _ in range(CHILDREN)]
assert all_succeed(children)
go.set()
thread.join()
assert answers[0] == answers[1], "the connection in use is the one it was"
"""
SQLITE_REFUSES = """
def refused(number):
    for use in (save, lambda _: LearningStore.open(sys.argv[1])):
        try:
            use(number)
        except StoreUnavailableError as error:
            assert "forked while another thread used" in str(error), error
        else:
            raise AssertionError("saved without locks")
children = [forked(refused) for _ in range(CHILDREN)]
assert all_succeed(children)
go.set()
thread.join()
save(None)
assert all_succeed([forked(save_and_close) for _ in range(CHILDREN)])
"""


def run(program: str, url: str, *arguments: str) -> None:
    command = [sys.executable, "-c", START + program, url, str(CHILDREN), str(SAVES), *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 0, ended.stderr


def assert_exact(url: str, saves: int) -> None:
    with LearningStore.open(url) as store:
        assert counted(store, "s") == len(store.list_sessions("s")) == saves
        assert_sound(store)


def test_children_save_at_once_beside_their_parent(database_url: str) -> None:
    run(SAVE_BESIDE_THE_PARENT, database_url)
    assert_exact(database_url, 1 + (CHILDREN + 1) * SAVES)


def test_children_go_on_when_the_parent_closes_its_store(database_url: str) -> None:
    """On SQLite the last to close removes the log: a child without locks would save into nothing."""
    run(PARENT_CLOSES_ITS_STORE, database_url)
    assert_exact(database_url, 1 + CHILDREN + CHILDREN * SAVES)


def test_the_parent_keeps_its_connections(migrated_postgres_url: str) -> None:
    run(PARENT_KEEPS_ITS_CONNECTIONS, migrated_postgres_url)
    assert_exact(migrated_postgres_url, 1 + CHILDREN * SAVES)


def test_a_connection_in_use_stays_with_the_parent(migrated_postgres_url: str) -> None:
    run(A_THREAD_IS_INSIDE + POSTGRESQL_DOES_NOT_MIND, migrated_postgres_url, "SELECT pg_backend_pid()")
    assert_exact(migrated_postgres_url, 1 + CHILDREN * SAVES)


def test_sqlite_refuses_a_child_forked_while_a_thread_was_inside(sqlite_url: str) -> None:
    """Its locks do not survive that, and cannot be had again: an error, and no lost saves."""
    run(A_THREAD_IS_INSIDE + SQLITE_REFUSES, sqlite_url, "SELECT count(*) FROM sessions")
    assert_exact(sqlite_url, 1 + SAVES + CHILDREN * SAVES)
