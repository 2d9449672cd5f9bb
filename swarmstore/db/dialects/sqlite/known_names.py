"""Which names of actions a connection to SQLite has found there since somebody else last wrote.

Looking for all names of a session's actions again is a twelfth of a save. SQLite tells a connection
whether another one has committed, a restored backup included; names never leave otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection

_KEPT = 200_000  # ids, some 10 MB


@dataclass(slots=True)
class NamesSeen:
    """The ids that were there while the database had this version, as its connection counts them."""

    version: int = -1
    ids: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, connection: Connection) -> NamesSeen:
        """What this connection has seen that still holds, within a transaction that may write."""
        seen: NamesSeen = connection.info.setdefault("names_seen", cls())
        driver = connection.connection.driver_connection
        assert driver is not None  # noqa: S101 - it has begun a transaction
        (version,) = driver.execute("PRAGMA data_version").fetchone()
        if version != seen.version or len(seen.ids) > _KEPT:
            seen.version, seen.ids = version, set()
        return seen

    @classmethod
    def add(cls, connection: Connection, ids: Iterable[int]) -> None:
        """Remember ids that were found in the transaction that has asked what was seen."""
        seen: NamesSeen = connection.info["names_seen"]
        seen.ids.update(ids)
