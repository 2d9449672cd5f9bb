"""Which names of actions a connection to SQLite has found there since somebody else last wrote.

Looking for all names of a session's actions again is a twelfth of a save. SQLite tells a connection
whether another one has committed, a restored backup included; names never leave otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass, field

from sqlalchemy import Connection

_KEPT = 200_000  # ids, some 10 MB


@dataclass(slots=True)
class _Seen:
    """The ids that were there while the database had this version, as its connection counts them."""

    version: int = -1
    ids: set[int] = field(default_factory=set)

    @classmethod
    def by(cls, connection: Connection) -> _Seen:
        seen: _Seen = connection.info.setdefault("names_seen", cls())
        return seen


def unseen_ids(connection: Connection, ids: Set[int]) -> Set[int]:
    """Those that this connection has not seen, in a transaction that may write."""
    seen = _Seen.by(connection)
    (version,) = connection.connection.execute("PRAGMA data_version").fetchone()
    if version != seen.version or len(seen.ids) > _KEPT:
        seen.version, seen.ids = version, set()
    return ids - seen.ids


def have_seen_ids(connection: Connection, ids: Iterable[int]) -> None:
    """Remember ids that were found in the transaction that has asked what was seen."""
    _Seen.by(connection).ids.update(ids)
