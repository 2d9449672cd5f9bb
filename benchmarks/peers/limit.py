"""The limit on either database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from benchmarks.peers.limit_postgresql import LimitOnPostgresql
from benchmarks.peers.limit_sqlite import LimitOnSqlite
from benchmarks.peers.rows import Prepared


class Limit(Protocol):
    """What both limits can do."""

    def save(self, prepared: Prepared) -> None:
        """Insert a session's rows."""

    def latest(self, limit: int) -> list[Sequence[Any]]:
        """Read the rows of the latest sessions."""

    def close(self) -> None:
        """Close the connection."""


def limit_on(url: str) -> Limit:
    """The limit for the database of this URL."""
    return LimitOnSqlite(url) if url.startswith("sqlite") else LimitOnPostgresql(url)
