"""An agent on psycopg alone: `python -m benchmarks.agents.by_hand_postgresql URL`."""

from __future__ import annotations

import secrets
import sys
import time
from typing import Any

import psycopg

from benchmarks.agents.by_hand import FOUND, HEADER, SEQUENCES, STRATEGIES, Names, facts_query, header_values
from benchmarks.agents.work import work
from swarmstore import LearningSnapshot

_OF_SCENARIO = "(SELECT id FROM scenarios WHERE name = %s)"


class ByHand:
    """A connection in which each call is one round trip."""

    def __init__(self, url: str) -> None:
        plain = url.replace("postgresql+psycopg:", "postgresql:")
        self._connection = psycopg.connect(plain, autocommit=True, options="-c search_path=swarmstore")
        self._names = Names()
        self._scenario = 0

    def load(self) -> LearningSnapshot:
        """Read header, facts and names of the total in one pipeline, from one snapshot."""
        execute = self._connection.execute
        with self._connection.pipeline():
            execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            found = execute(f"{FOUND} %s", ["scenario"], binary=True)
            cursors = {
                kind: execute(f"{facts_query(kind)} {_OF_SCENARIO}", ["scenario"], binary=True)
                for kind in (*SEQUENCES, "strategies")
            }
            execute("COMMIT")
        row: Any = found.fetchone()
        self._scenario, *header = row
        return self._names.snapshot(header, {kind: cursor.fetchall() for kind, cursor in cursors.items()})

    def save(self, snapshot: LearningSnapshot) -> None:
        """Write a session and its facts with one statement, and count it in both totals."""
        now = time.time_ns()
        values: list[Any] = [
            self._scenario,
            f"{now / 1e9:.6f}",
            now // 10**9,
            secrets.token_bytes(16),
            now // 10**6,
        ]
        parts = [
            "new AS (INSERT INTO sessions (scenario_id, session_id, session_ts, write_token, content_digest,"
            f" digest_version, saved_at_ms, {HEADER}) VALUES (%s, %s, %s, %s, 'digest', 1, %s,"
            f" {', '.join(['%s'] * 11)}) RETURNING id, scenario_id)"
        ]
        values += header_values(snapshot)
        for kind, rows in self._names.rows(snapshot).items():
            key, columns = (
                ("strategy", STRATEGIES) if kind == "strategies" else ("sequence_id", SEQUENCES[kind])
            )
            types = ["text" if kind == "strategies" else "bigint", *columns.values()]
            parts.append(
                f"added_{kind} AS (INSERT INTO session_{kind} (session_row_id, scenario_id, {key},"
                f" {', '.join(columns)}) SELECT new.id, new.scenario_id, given.* FROM new,"
                f" unnest({', '.join(f'%s::{type_}[]' for type_ in types)}) AS given)"
            )
            values += map(list, zip(*rows, strict=True))
        counted = "INSERT INTO total_sources SELECT new.id, total, new.scenario_id, false FROM new,"
        totals = "unnest(ARRAY[0, new.scenario_id]) AS total"
        self._connection.execute(f"WITH {', '.join(parts)} {counted} {totals}", values, binary=True)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


if __name__ == "__main__":
    agent = ByHand(sys.argv[1])
    agent.save(work(agent.load()))
    agent.close()
