"""Dumps of a store's schema by PostgreSQL's own program, without what changes from run to run."""

from __future__ import annotations

import re
import subprocess

import psycopg
from sqlalchemy import make_url

from swarmstore.db.migrations.runner import VERSION_TABLE
from tests.postgres.server import Server

_OF_THE_PROGRAM = re.compile(
    r"^(\\(un)?restrict .*|SET .*;|SELECT pg_catalog\.set_config.*;|--.*)\n", re.MULTILINE
)
_COPIED = re.compile(r"^(COPY [^\n]* FROM stdin;)\n(.*?)^\\\.\n", re.MULTILINE | re.DOTALL)


def dump(server: Server, url: str, *options: str) -> str:
    """The schema of a store and its rows as SQL for `load`."""
    database = make_url(url).set(drivername="postgresql")
    program = [str(server.tool("pg_dump") or "pg_dump")]
    if server.container is not None:  # inside of it the server has its own port
        program = ["docker", "exec", server.container, "pg_dump"]
        database = database.set(host="127.0.0.1", port=5432)
    dumped = subprocess.run(
        [
            *program,
            "--no-owner",
            "--schema=swarmstore",
            *options,
            database.render_as_string(hide_password=False),
        ],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return _OF_THE_PROGRAM.sub("", dumped)


def load(url: str, dumped: str) -> None:
    """Run a dump in an empty database."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    *copied, rest = _COPIED.split(dumped)
    with psycopg.connect(plain) as connection, connection.cursor() as cursor:
        for before, command, rows in zip(copied[::3], copied[1::3], copied[2::3], strict=True):
            cursor.execute(before.encode())
            with cursor.copy(command.encode()) as copy:
                copy.write(rows)
        cursor.execute(rest.encode())


def dump_without_revision(server: Server, url: str) -> str:
    """The tables and views alone, but for the one that says the revision."""
    return dump(server, url, "--schema-only", f"--exclude-table=swarmstore.{VERSION_TABLE}")
