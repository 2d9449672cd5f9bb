"""A worker of the Citus cluster on this machine, to end as a crash does and to start again."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from tests.postgres.binaries import wait_until_ready

_PROCESSES = Path("/proc")


class Worker:
    """The last worker that the coordinator knows."""

    def __init__(self, coordinator: str) -> None:
        """Raises LookupError where it is not a process of this machine that this user may end."""
        with psycopg.connect(coordinator) as connection:
            found = connection.execute(
                "SELECT nodeid, nodename, nodeport FROM pg_dist_node WHERE shouldhaveshards ORDER BY nodeid"
            ).fetchall()
            self.node, host, self.port = found[-1]
            self._url = psycopg.conninfo.make_conninfo(coordinator, host=host, port=self.port)
        with psycopg.connect(self._url) as connection:
            told = connection.execute("SELECT pg_read_file('postmaster.pid')").fetchone()
        assert told is not None
        self._process = _PROCESSES / told[0].splitlines()[0]
        try:
            self._command = (self._process / "cmdline").read_bytes().rstrip(b"\0").split(b"\0")
            told = (self._process / "environ").read_bytes().rstrip(b"\0").split(b"\0")
            self._environment = dict(one.split(b"=", 1) for one in told)
            self._folder = (self._process / "cwd").readlink()
            self._owner = self._process.stat()
            os.kill(int(self._process.name), 0)
        except OSError as error:
            raise LookupError(f"no worker on this machine: {error}") from error

    def kill(self) -> None:
        """End it and all of its processes at once."""
        first = int(self._process.name)
        os.kill(first, signal.SIGSTOP)  # none is born meanwhile
        for process in [*_children_of(first), first]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)

    def start(self) -> None:
        """Start it as it was started before, and wait until it answers."""
        as_owner: dict[str, Any] = {
            "user": self._owner.st_uid,
            "group": self._owner.st_gid,
            "extra_groups": [],
        }
        subprocess.run(  # it stays when this process ends
            ["/bin/sh", "-c", '"$@" >/dev/null 2>&1 &', "sh", *self._command],
            check=True,
            cwd=self._folder,
            env=self._environment,
            start_new_session=True,
            **(as_owner if os.geteuid() == 0 else {}),
        )
        wait_until_ready(self._url, lambda: True, lambda: "see its log")

    def scenarios_of(self, coordinator: str, schema: str, scenario_ids: list[int]) -> list[int]:
        """Those of these scenarios whose rows it has."""
        place = (
            "SELECT nodeport FROM citus_shards WHERE shardid = get_shard_id_for_distribution_column(%s, %s)"
        )
        with psycopg.connect(coordinator) as connection:
            return [
                one
                for one in scenario_ids
                if connection.execute(place, (f"{schema}.sessions", one)).fetchone() == (self.port,)
            ]


def _children_of(process: int) -> Iterator[int]:
    for status in _PROCESSES.glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(status.read_text().rpartition(")")[2].split()[1]) == process:
                yield int(status.parent.name)


def settle_prepared(coordinator: str) -> None:
    """Have the coordinator end what a worker had prepared, as it does now and then."""
    with psycopg.connect(coordinator, autocommit=True) as connection:
        connection.execute("SELECT recover_prepared_transactions()")
