"""What a provider of PostgreSQL returns, and what it says when it cannot."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import URL, make_url


class UnavailableError(Exception):
    """A provider has no PostgreSQL here; the message says why."""


@dataclass(frozen=True)
class Server:
    """A running server, with where its programs are: a folder, a container's id, or unknown."""

    url: str
    origin: str
    bin_dir: str | None = None
    container: str | None = None

    @property
    def sqlalchemy_url(self) -> URL:
        """The URL with swarmstore's driver."""
        return make_url(self.url).set(drivername="postgresql+psycopg")

    def connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        """A connection of its own, in autocommit."""
        dsn = self.sqlalchemy_url.set(drivername="postgresql").render_as_string(hide_password=False)
        return psycopg.connect(dsn, autocommit=True, connect_timeout=10)

    def database(self, name: str) -> str:
        """The URL of another database on this server."""
        return self.sqlalchemy_url.set(database=name).render_as_string(hide_password=False)

    def tool(self, name: str) -> Path | None:
        """One of PostgreSQL's programs."""
        return None if self.bin_dir is None else Path(self.bin_dir) / name

    def as_dict(self) -> dict[str, Any]:
        """Plain data, to hand to another process."""
        return asdict(self)
