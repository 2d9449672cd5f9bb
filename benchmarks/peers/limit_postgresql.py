"""The limit on PostgreSQL: the same rows of the same tables by psycopg alone, in one round trip.

No digest, no token, no totals, no checks; rows and ids come ready-made. Frozen: it stays as it is
while swarmstore changes.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import psycopg

from benchmarks.peers.rows import HEADER, TABLES, Prepared


class LimitOnPostgresql:
    """One connection, statements prepared at their first use, arrays in binary."""

    def __init__(self, url: str) -> None:
        plain = url.replace("postgresql+psycopg:", "postgresql:")
        self._connection = psycopg.connect(plain, autocommit=True, prepare_threshold=0)
        self._connection.execute("SET search_path TO swarmstore")
        self._name = f"limit of {os.getpid()}"  # many processes may save into one database
        self._saved = 0

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def save(self, prepared: Prepared) -> None:
        """Insert a session's row and facts with one statement."""
        self._saved += 1
        header = [f"{self._name} {self._saved}", *prepared.header]
        self._connection.execute(_SAVE, [*header, *prepared.arrays()], binary=True)

    def latest(self, limit: int) -> list[Sequence[Any]]:
        """Read the rows of the latest sessions, all kinds in one pipeline."""
        with self._connection.pipeline():
            header = self._connection.execute(_LATEST, [limit], binary=True)
            facts = [self._connection.execute(query, [limit], binary=True) for query in _FACTS]
        return [header.fetchall(), *[cursor.fetchall() for cursor in facts]]


def _save_statement() -> str:
    columns = ", ".join(HEADER)
    values = ", ".join(["%s"] * len(HEADER))
    session = (
        "INSERT INTO sessions (scenario_id, session_id, session_ts, write_token, content_digest,"
        f" digest_version, saved_at_ms, {columns})"
        f" VALUES (1, %s, 1700000000, 'token', 'digest', 1, 1700000000000, {values}) RETURNING id"
    )
    facts = [
        f"INSERT INTO {name} (session_row_id, scenario_id, {', '.join(types)})"
        f" SELECT new.id, 1, given.* FROM new, unnest({_arrays(types)}) AS given"
        for name, types in TABLES.items()
    ]
    *first, last = facts
    parts = [f"new AS ({session})", *[f"added_{n} AS ({fact})" for n, fact in enumerate(first)]]
    return f"WITH {', '.join(parts)} {last}"


def _arrays(types: dict[str, str]) -> str:
    return ", ".join(f"%s::{type_}[]" for type_ in types.values())


_SAVE = _save_statement()
_CHOSEN = "SELECT id FROM sessions WHERE scenario_id = 1 ORDER BY session_id DESC LIMIT %s"
_LATEST = "SELECT * FROM sessions WHERE scenario_id = 1 ORDER BY session_id DESC LIMIT %s"
_FACTS = [
    f"SELECT session_row_id, {', '.join(types)} FROM {name} WHERE session_row_id IN ({_CHOSEN})"
    for name, types in TABLES.items()
]
