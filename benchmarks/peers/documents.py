"""One JSON document per session in one table: JSONB on PostgreSQL, JSON text on SQLite.

Merging is aggregation in SQL over the documents' entries; upstream's shape, keys joined by ':'.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import create_engine, text

from swarmstore import LearningSnapshot

_MAPS = {
    "success": ("episode_transitions", "success_transitions"),
    "failure": ("episode_transitions", "failure_transitions"),
    "trigrams": ("ngram_stats", "trigrams"),
    "quadgrams": ("ngram_stats", "quadgrams"),
    "contexts": ("contextual_stats",),
    "actions": ("action_stats",),
}
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
        self._saved = 0
        with self._engine.begin() as connection:
            if self._sqlite:
                connection.exec_driver_sql("PRAGMA synchronous=FULL")
            connection.execute(text(_TABLE[self._engine.dialect.name]))
        value = ":content" if self._sqlite else "CAST(:content AS jsonb)"
        self._insert = text(
            f"INSERT INTO documents (scenario, session_id, content) VALUES ('s', :id, {value})"
        )
        self._merge = [text(query) for query in map(self._merge_query, _MAPS)]

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def save(self, snapshot: LearningSnapshot) -> None:
        """Insert a session's document."""
        self._saved += 1
        with self._engine.begin() as connection:
            connection.execute(self._insert, {"id": f"{self._saved:08}", "content": snapshot.to_json()})

    def merge(self) -> list[Any]:
        """Add up the entries of all documents."""
        with self._engine.connect() as connection:
            return [connection.execute(query).all() for query in self._merge]

    def _merge_query(self, name: str) -> str:
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
        sums = ", ".join(f"SUM({number.format(column)})" for column in columns)
        return f"SELECT entry.key, {sums} FROM documents, {entries} WHERE scenario = 's' GROUP BY entry.key"
