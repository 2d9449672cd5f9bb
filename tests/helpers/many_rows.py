"""Stores with very many rows, made where they are: nobody wants to save a thousand sessions for a test."""

from __future__ import annotations

from sqlalchemy import text

from swarmstore import LearningSnapshot, LearningStore, SnapshotMetadata, SqlStorage
from tests.helpers.internals import database_of

_COPIED = (
    "scenario_id, write_token, content_digest, digest_version, saved_at_ms, version, created_at, "
    "session_count, total_episodes, total_actions, success_episodes, failure_episodes, "
    "strategy_start_visits, strategy_start_success_rate"
)
_SESSIONS = f"""
    INSERT INTO {{schema}}sessions (session_id, session_ts, {_COPIED})
    WITH RECURSIVE more(number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM more WHERE number < :copies)
    SELECT CAST(1700000000 + number AS TEXT), 1700000000 + number, {_COPIED}
    FROM {{schema}}sessions, more
"""
_FACTS = """
    INSERT INTO {schema}session_transitions
    SELECT copy.id, t.sequence_id, t.scenario_id, t.success_count, t.failure_count
    FROM {schema}sessions AS copy, {schema}session_transitions AS t
    WHERE copy.id > t.session_row_id
"""


def fill(url: str, sessions: int, transitions: int) -> None:
    """Sessions of one scenario with so many transitions each; only the first counts in totals."""
    snapshot = LearningSnapshot(metadata=SnapshotMetadata(total_episodes=1))
    snapshot.episode_transitions.success_episodes = 1
    snapshot.episode_transitions.success_transitions = {
        (f"Action{at // 40}", f"Action{at % 40}"): at for at in range(transitions)
    }
    with LearningStore.open(url) as store:
        store.save_session("large", snapshot, "1700000000")
        assert isinstance(store.storage, SqlStorage)
        schema = "" if url.startswith("sqlite") else "swarmstore."
        with database_of(store.storage).engine.begin() as connection:
            connection.execute(text(_SESSIONS.format(schema=schema)), {"copies": sessions - 1})
            connection.execute(text("ANALYZE"))  # else each foreign key is checked by reading all sessions
            connection.execute(text(_FACTS.format(schema=schema)))
