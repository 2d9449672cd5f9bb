"""Where the tests' PostgreSQL comes from, and what is said when it comes from nowhere."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from swarmstore import LearningSnapshot, LearningStore
from swarmstore.db.migrate import upgrade
from tests.postgres import binaries, container, provision
from tests.postgres.server import UnavailableError


def test_without_any_postgresql_the_error_says_what_was_tried(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv(provision.URL_VARIABLE, raising=False)
    monkeypatch.delenv(provision.WAY_VARIABLE, raising=False)
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/no-docker.sock")
    monkeypatch.setenv("SWARMSTORE_PG_BIN", str(tmp_path / "no-binaries"))
    with pytest.raises(UnavailableError) as refused, provision.postgres():
        pass
    said = str(refused.value)
    assert "SWARMSTORE_TEST_URL is not set" in said
    assert said.count("no Docker") == 2
    assert "no-binaries" in said


def test_a_chosen_server_that_cannot_be_used_is_not_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(provision.URL_VARIABLE, "postgresql://user:hunter2@127.0.0.1:1/db")
    with pytest.raises(UnavailableError, match=r"user:\*\*\*@127.0.0.1:1") as refused, provision.postgres():
        pass
    assert "hunter2" not in str(refused.value)


def test_an_unknown_way_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(provision.URL_VARIABLE, raising=False)
    monkeypatch.setenv(provision.WAY_VARIABLE, "magic")
    with pytest.raises(UnavailableError, match="docker or binaries"), provision.postgres():
        pass


STARTS_AND_WAITS = """
import time
from tests.postgres import binaries
with binaries.running() as server:
    print(server.url, flush=True)
    time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_the_server_ends_with_a_parent_that_is_killed() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", STARTS_AND_WAITS], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
    )
    assert parent.stdout is not None
    url = parent.stdout.readline().strip()
    psycopg.connect(url, connect_timeout=5).close()
    os.kill(parent.pid, signal.SIGKILL)
    parent.communicate()
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            psycopg.connect(url, connect_timeout=5).close()
        except psycopg.OperationalError:
            return
        time.sleep(0.05)
    pytest.fail("the server goes on without its parent")


def test_binaries_serve_a_store() -> None:
    with binaries.running() as server:
        assert server.origin.startswith("PostgreSQL ")
        upgrade(server.url)
        with LearningStore.open(server.url) as store:
            store.save_session("s", LearningSnapshot.empty())


@pytest.mark.docker
def test_a_container_serves_a_store() -> None:
    try:
        image = container.local_image()
    except UnavailableError as error:
        pytest.skip(f"needs Docker and an image: {error}")
    with container.running(image) as server:
        assert image in server.origin
        upgrade(server.url)
        with LearningStore.open(server.url) as store:
            store.save_session("s", LearningSnapshot.empty())
