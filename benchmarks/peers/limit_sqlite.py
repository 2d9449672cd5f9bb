"""The limit on SQLite: the same rows of the same tables by the sqlite3 module alone.

No digest, no token, no totals, no checks; rows and ids come ready-made. Frozen: it stays as it is
while swarmstore changes.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from itertools import repeat
from typing import Any

from benchmarks.peers.rows import HEADER, TABLES, Prepared


class LimitOnSqlite:
    """One connection with swarmstore's settings: WAL, synchronous=FULL, foreign keys."""

    def __init__(self, url: str) -> None:
        file = url.removeprefix("sqlite:///")
        self._connection = sqlite3.connect(file, isolation_level=None, cached_statements=64)
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.execute("PRAGMA foreign_keys=ON")
        self._name = f"limit of {os.getpid()}"  # many processes may save into one database
        self._saved = 0

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def save(self, prepared: Prepared) -> None:
        """Insert a session's row and facts in one transaction."""
        self._saved += 1
        execute = self._connection.execute
        execute("BEGIN IMMEDIATE")
        row_id = execute(_SESSION, [f"{self._name} {self._saved}", *prepared.header]).lastrowid
        for statement, rows in zip(_INSERTS, prepared.rows, strict=True):
            keyed = zip(repeat(row_id), repeat(1), *zip(*rows, strict=True), strict=False)
            self._connection.executemany(statement, keyed if rows else ())
        execute("COMMIT")

    def latest(self, limit: int) -> list[Sequence[Any]]:
        """Read the rows of the latest sessions."""
        return [self._connection.execute(query, [limit]).fetchall() for query in (_LATEST, *_FACTS)]


_SESSION = (
    "INSERT INTO sessions (scenario_id, session_id, session_ts, write_token, content_digest,"
    f" digest_version, saved_at_ms, {', '.join(HEADER)})"
    f" VALUES (1, ?, 1700000000, X'00', X'00', 1, 1700000000000, {', '.join('?' * len(HEADER))})"
)
_INSERTS = [
    f"INSERT INTO {name} (session_row_id, scenario_id, {', '.join(types)})"
    f" VALUES ({', '.join('?' * (len(types) + 2))})"
    for name, types in TABLES.items()
]
_CHOSEN = "SELECT id FROM sessions WHERE scenario_id = 1 ORDER BY session_id DESC LIMIT ?"
_LATEST = "SELECT * FROM sessions WHERE scenario_id = 1 ORDER BY session_id DESC LIMIT ?"
_FACTS = [
    f"SELECT session_row_id, {', '.join(types)} FROM {name} WHERE session_row_id IN ({_CHOSEN})"
    for name, types in TABLES.items()
]
