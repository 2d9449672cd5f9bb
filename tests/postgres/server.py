"""What a provider of PostgreSQL returns, and what it says when it cannot."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import psycopg
from sqlalchemy import URL, make_url

_DRIVER = "postgresql+psycopg"


class UnavailableError(Exception):
    """A provider has no PostgreSQL here; the message says why."""


@dataclass(frozen=True)
class Server:
    """A running server, with where its programs are: a folder, a container's id, or unknown.

    dsn: a postgresql:// URL of its database for administration. origin: its version and where it is from.
    """

    dsn: str
    origin: str
    bin_dir: str | None = None
    container: str | None = None

    @classmethod
    def reached(cls, url: str, source: str, **programs: str | None) -> Server:
        """The server that answers at a URL. Raises psycopg.Error when none does."""
        dsn = _rendered(make_url(url).set(drivername="postgresql"))
        server = cls(dsn, source, **programs)
        with server.connect() as connection:
            version = connection.info.server_version
        return replace(server, origin=f"PostgreSQL {version // 10000}.{version % 10000} {source}")

    @property
    def url(self) -> str:
        """The URL with swarmstore's driver."""
        return _rendered(make_url(self.dsn).set(drivername=_DRIVER))

    def connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        """A connection of its own, in autocommit."""
        return psycopg.connect(self.dsn, autocommit=True, connect_timeout=10)

    def database(self, name: str) -> str:
        """The URL of another database on this server."""
        return _rendered(make_url(self.dsn).set(drivername=_DRIVER, database=name))

    def tool(self, name: str) -> Path | None:
        """One of PostgreSQL's programs."""
        return None if self.bin_dir is None else Path(self.bin_dir) / name

    def as_dict(self) -> dict[str, Any]:
        """Plain data, to hand to another process."""
        return asdict(self)


class Controlled(Protocol):
    """A server of a test's own, durable, that it may end, freeze and start again."""

    @property
    def server(self) -> Server:
        """Where it is, also after it was started again."""

    def stop(self) -> None:
        """Shut down in order, without waiting for clients."""

    def kill(self) -> None:
        """End at once, as a crash does."""

    def start(self) -> None:
        """Start after `stop` or `kill`, and wait until it answers."""

    def pause(self) -> None:
        """Freeze: connections stay open, and nothing answers."""

    def resume(self) -> None:
        """Go on after `pause`."""


def _rendered(url: URL) -> str:
    return url.render_as_string(hide_password=False)
