"""A PgBouncer in transaction mode in front of a test's server."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from sqlalchemy import make_url

from tests.postgres.afterwards import folder_removed
from tests.postgres.binaries import die_with_parent, free_port, unprivileged_user, wait_until_ready
from tests.postgres.server import Server, UnavailableError

SERVER_CONNECTIONS = 2  # to each database
_CONFIGURATION = """\
[databases]
* = host={server.host} port={server.port} user={server.username}{password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {connections}
max_client_conn = 500
"""


def find() -> Path:
    """The program. Raises UnavailableError."""
    found = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        raise UnavailableError("there is no pgbouncer on PATH or in /usr/sbin; apt-get install pgbouncer")
    return Path(found)


@contextlib.contextmanager
def running(server: Server) -> Iterator[Server]:
    """The server as seen through a PgBouncer, which is gone afterwards. Raises UnavailableError."""
    program, user = find(), unprivileged_user()
    target, port = make_url(server.dsn), free_port()
    base = Path(tempfile.mkdtemp(prefix="swarmstore-pgbouncer-"))
    with contextlib.ExitStack() as stack:
        stack.enter_context(folder_removed(base))
        configuration = base / "pgbouncer.ini"
        # an empty password is a mistake to it
        password = "" if target.password is None else " password='" + target.password.replace("'", "''") + "'"
        configuration.write_text(
            _CONFIGURATION.format(server=target, password=password, port=port, connections=SERVER_CONNECTIONS)
        )
        for path in (base, configuration):
            os.chown(path, user.get("user", -1), user.get("group", -1))
        log = base / "log"
        with log.open("wb") as output:
            bouncer = subprocess.Popen(
                [program, configuration],
                stdout=output,
                stderr=output,
                preexec_fn=partial(die_with_parent, signal.SIGTERM) if sys.platform == "linux" else None,  # noqa: PLW1509
                cwd=base,
                **user,
            )
        stack.callback(bouncer.wait, 10)
        stack.callback(bouncer.terminate)
        url = target.set(host="127.0.0.1", port=port).render_as_string(hide_password=False)
        wait_until_ready(url, lambda: bouncer.poll() is None, log.read_text)
        yield Server.reached(url, f"{server.origin}, through PgBouncer")
