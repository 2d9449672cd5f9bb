"""One JSON document per session in one table: JSONB on PostgreSQL, JSON text on SQLite.

Merging is aggregation in SQL over the documents' entries; upstream's shape, keys joined by ':'.
Weighted counts are rounded by adding 0.5, which is quick and nearly always right.
"""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Connection, create_engine, text

from benchmarks.databases import synchronous_full
from swarmstore import Additive, LearningSnapshot, MergeStrategy
from swarmstore.model.merge import merge_weights

_MAPS = {
    "success": ("episode_transitions", "success_transitions"),
    "failure": ("episode_transitions", "failure_transitions"),
    "trigrams": ("ngram_stats", "trigrams"),
    "quadgrams": ("ngram_stats", "quadgrams"),
    "contexts": ("contextual_stats",),
    "actions": ("action_stats",),
}
_EPISODES = (("episode_transitions", "success_episodes"), ("metadata", "total_episodes"))
_STATS = ("visits", "successes", "failures", "discoveries", "total_duration", "kpi_count")
_TABLE = {
    "postgresql": "CREATE TABLE documents (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
    " scenario text NOT NULL, session_id text NOT NULL, content jsonb NOT NULL,"
    " UNIQUE (scenario, session_id))",
    "sqlite": "CREATE TABLE documents (id integer PRIMARY KEY, scenario text NOT NULL,"
    " session_id text NOT NULL, content text NOT NULL, UNIQUE (scenario, session_id))",
}


class Documents:
    """A table of documents beside swarmstore's own."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url)
        self._sqlite = self._engine.dialect.name == "sqlite"
        if self._sqlite:
            synchronous_full(self._engine)
        self._saved = 0
        with self._engine.begin() as connection:
            connection.execute(text(_TABLE[self._engine.dialect.name]))
        value = ":content" if self._sqlite else "CAST(:content AS jsonb)"
        self._insert = text(
            f"INSERT INTO documents (scenario, session_id, content) VALUES ('s', :id, {value})"
        )
        self._merge = {
            weighted: [text(self._merge_query(name, weighted)) for name in _MAPS]
            for weighted in (False, True)
        }

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def save(self, snapshot: LearningSnapshot) -> None:
        """Insert a session's document."""
        self._saved += 1
        with self._engine.begin() as connection:
            connection.execute(self._insert, {"id": f"{self._saved:08}", "content": snapshot.to_json()})

    def merge(self, strategy: MergeStrategy) -> list[Any]:
        """Add up the entries of all documents, weighted by the strategy."""
        with self._engine.connect() as connection:
            weights = self._weights(connection, strategy)
            parameters = {} if weights is None else {"weights": msgspec.json.encode(weights).decode()}
            return [connection.execute(query, parameters).all() for query in self._merge[bool(parameters)]]

    def _weights(self, connection: Connection, strategy: MergeStrategy) -> list[tuple[int, float]] | None:
        """Ids of documents with their weights, None when they are added as they are."""
        if isinstance(strategy, Additive):
            return None
        number = "json_extract(content, '$.{}.{}')" if self._sqlite else "(content #>> '{{{},{}}}')::bigint"
        successes, episodes = (number.format(*path) for path in _EPISODES)
        query = f"SELECT id, {successes}, {episodes} FROM documents WHERE scenario = 's' ORDER BY session_id"
        rows = connection.execute(text(query)).all()
        weights = merge_weights([(won, of_all) for _, won, of_all in rows], strategy) or ()
        return [(row.id, weight) for row, weight in zip(rows, weights, strict=True)]

    def _merge_query(self, name: str, weighted: bool) -> str:
        path = _MAPS[name]
        if self._sqlite:
            entries = f"json_each(content, '$.{'.'.join(path)}') AS entry"
            number = (
                "json_extract(entry.value, '$.{}')"
                if name in ("contexts", "actions")
                else ("json_extract(entry.value, '$[{}]')" if name.endswith("grams") else "entry.value")
            )
        else:
            entries = f"jsonb_each(content #> '{{{','.join(path)}}}') AS entry"
            number = (
                "(entry.value ->> '{}')::bigint"
                if name in ("contexts", "actions")
                else ("(entry.value ->> {})::bigint" if name.endswith("grams") else "entry.value::bigint")
            )
        columns = _STATS if name in ("contexts", "actions") else (0, 1) if name.endswith("grams") else ("",)
        values = [number.format(column) for column in columns]
        if not weighted:
            sums = ", ".join(f"SUM({value})" for value in values)
            return (
                f"SELECT entry.key, {sums} FROM documents, {entries} WHERE scenario = 's' GROUP BY entry.key"
            )
        if self._sqlite:
            rounded = "CAST({} * weight + 0.5 AS INTEGER)"
            pairs = "json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS weight"
            given = f"SELECT {pairs} FROM json_each(:weights)"
        else:
            rounded = "floor({} * weight + 0.5)::bigint"
            pairs = "(value ->> 0)::bigint AS id, (value ->> 1)::float8 AS weight"
            given = f"SELECT {pairs} FROM jsonb_array_elements(CAST(:weights AS jsonb)) AS value"
        sums = ", ".join(f"SUM({rounded.format(value)})" for value in values)
        return (
            f"WITH weighted AS MATERIALIZED ({given}) SELECT entry.key, {sums}"
            f" FROM weighted JOIN documents ON documents.id = weighted.id, {entries} GROUP BY entry.key"
        )
