"""Processes that are killed while they save: each session is whole or absent, and counts once."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import psycopg
import pytest
from sqlalchemy import make_url

from swarmstore import LearningStore
from tests.faults.checks import assert_sound, counted
from tests.snapshots import simple

pytestmark = pytest.mark.long

KILLS = 30
# one process loads the library once, and forks before it opens a store
SAVE_UNTIL_KILLED = """
import os, random, signal, sys, time
from swarmstore import LearningStore
from tests.snapshots import simple

LearningStore.open(sys.argv[1]).close()  # children need not load it all
url, kills = sys.argv[1], int(sys.argv[2])
chosen = random.Random(20)

def save(child, told):
    with LearningStore.open(url, fold_at=3) as store:
        number = 0
        while True:
            store.save_session("s", simple(), f"{child}.{number}")
            os.write(told, b".")
            number += 1

for child in range(kills):
    heard, told = os.pipe()
    pid = os.fork()
    if not pid:
        save(child, told)
    os.close(told)
    acknowledged = len(os.read(heard, 1))  # it is at work
    time.sleep(chosen.uniform(0, 0.05))
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    while told := os.read(heard, 1000):
        acknowledged += len(told)
    os.close(heard)
    print(acknowledged)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_killed_process_leaves_its_session_whole_or_absent(database_url: str) -> None:
    command = [sys.executable, "-c", SAVE_UNTIL_KILLED, database_url, str(KILLS)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 0, ended.stderr
    acknowledged = [int(line) for line in ended.stdout.split()]
    assert len(acknowledged) == KILLS
    wait_for_the_server_to_notice(database_url)
    with LearningStore.open(database_url, fold_at=3) as store:
        saved = set(store.list_sessions("s"))
        told = {f"{child}.{number}" for child, count in enumerate(acknowledged) for number in range(count)}
        at_most = told | {f"{child}.{count}" for child, count in enumerate(acknowledged)}
        assert told <= saved <= at_most
        assert all(store.load_session("s", session_id) == simple() for session_id in saved - told)
        assert counted(store, "s") == len(saved)
        for session_id in at_most - told:  # what was on its way when the process died
            store.save_session("s", simple(), session_id)
        assert counted(store, "s") == len(at_most)
        assert_sound(store)


def wait_for_the_server_to_notice(url: str) -> None:
    """A killed client's last statement may still run: wait until its connection is gone."""
    if url.startswith("sqlite"):
        return
    with psycopg.connect(
        make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    ) as connection:
        connection.autocommit = True
        others = (
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        deadline = time.monotonic() + 20
        while connection.execute(others).fetchone() != (0,):
            assert time.monotonic() < deadline
            time.sleep(0.02)
