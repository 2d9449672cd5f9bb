"""An agent on the sqlite3 module alone: `python -m benchmarks.agents.by_hand_sqlite URL`."""

from __future__ import annotations

import secrets
import sqlite3
import sys
import time
from typing import Any

from benchmarks.agents.by_hand import FOUND, HEADER, SEQUENCES, STRATEGIES, Names, facts_query, header_values
from benchmarks.agents.work import work
from swarmstore import LearningSnapshot

_SESSION = (
    "INSERT INTO sessions (scenario_id, session_id, session_ts, write_token, content_digest, digest_version,"
    f" saved_at_ms, {HEADER}) VALUES (?, ?, ?, ?, X'00', 1, ?, {', '.join('?' * 11)})"
)


class ByHand:
    """A connection with swarmstore's settings."""

    def __init__(self, url: str) -> None:
        self._connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.execute("PRAGMA foreign_keys=ON")
        self._names = Names()
        self._scenario = 0

    def load(self) -> LearningSnapshot:
        """Read header, facts and names of the total in one transaction."""
        execute = self._connection.execute
        execute("BEGIN")
        self._scenario, *header = execute(f"{FOUND} ?", ["scenario"]).fetchone()
        facts = {
            kind: execute(f"{facts_query(kind)} ?", [self._scenario]).fetchall()
            for kind in (*SEQUENCES, "strategies")
        }
        execute("COMMIT")
        return self._names.snapshot(header, facts)

    def save(self, snapshot: LearningSnapshot) -> None:
        """Write a session and its facts, and count it in both totals."""
        execute = self._connection.execute
        now = time.time_ns()
        header: list[Any] = [
            self._scenario,
            f"{now / 1e9:.6f}",
            now // 10**9,
            secrets.token_bytes(16),
            now // 10**6,
        ]
        execute("BEGIN IMMEDIATE")
        row_id = execute(_SESSION, [*header, *header_values(snapshot)]).lastrowid
        for kind, rows in self._names.rows(snapshot).items():
            key, columns = (
                ("strategy", STRATEGIES) if kind == "strategies" else ("sequence_id", SEQUENCES[kind])
            )
            self._connection.executemany(
                f"INSERT INTO session_{kind} (session_row_id, scenario_id, {key}, {', '.join(columns)})"
                f" VALUES ({row_id}, {self._scenario}, ?, {', '.join('?' * len(columns))})",
                rows,
            )
        self._connection.executemany(
            f"INSERT INTO total_sources VALUES ({row_id}, ?, {self._scenario}, 0)", [(0,), (self._scenario,)]
        )
        execute("COMMIT")

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


if __name__ == "__main__":
    agent = ByHand(sys.argv[1])
    agent.save(work(agent.load()))
    agent.close()
