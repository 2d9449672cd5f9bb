"""Databases to measure on: a PostgreSQL that keeps what it says it has kept, and SQLite files."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Engine, event

from swarmstore.db.migrations.runner import upgrade
from tests.postgres import binaries
from tests.postgres.server import Server

# durable: fsync, synchronous_commit and full_page_writes are left at their defaults
_SETTINGS = {"max_connections": "100", "shared_buffers": "512MB", "max_wal_size": "4GB"}


@dataclass
class Databases:
    """Makes empty databases with swarmstore's tables."""

    kind: str
    folder: Path
    server: Server | None = None

    def new(self) -> str:
        """The URL of another one."""
        url = self.empty()
        upgrade(url)
        return url

    def empty(self) -> str:
        """The URL of a database without tables."""
        name = f"bench_{uuid.uuid4().hex[:12]}"
        if self.server is None:
            return f"sqlite:///{self.folder / name}.db"
        with self.server.connect() as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.server.database(name)

    def settle(self, url: str) -> None:
        """Do what autovacuum does a minute after so many rows were written: plans depend on it."""
        if self.server is not None:
            with psycopg.connect(url.replace("postgresql+psycopg:", "postgresql:"), autocommit=True) as own:
                own.execute("VACUUM (ANALYZE)")


def synchronous_full(engine: Engine) -> None:
    """Let every connection of a peer to SQLite keep what swarmstore's keep; the file says WAL."""

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA synchronous=FULL")


@contextmanager
def postgresql(folder: Path) -> Iterator[Databases]:
    """A throw-away server from binaries."""
    with binaries.controlled(_SETTINGS) as processes:
        yield Databases("PostgreSQL", folder, processes.server)


@contextmanager
def sqlite(folder: Path) -> Iterator[Databases]:
    """Files in a folder."""
    yield Databases("SQLite", folder)
