"""Statements that gather what offline analysis looks at. Nothing here runs one."""

from __future__ import annotations

from functools import cache

from sqlalchemy import BigInteger, cast, func, select

from swarmstore.db.dialects.base import Statement
from swarmstore.db.schema.families import SESSIONS, Kind
from swarmstore.db.schema.sessions import ActionSequence, SessionRow
from swarmstore.db.statements.placed_rows import row_in
from swarmstore.model.offline_analyzer import PATH_OBSERVATIONS, RATE_OBSERVATIONS

_TRIGRAM = 3


@cache
def episodes_of_sessions() -> Statement:
    """`(success episodes, failure episodes, actions)` of the sessions in parameter `ids`, one row."""
    sessions = SessionRow.table
    columns = (sessions.c.success_episodes, sessions.c.failure_episodes, sessions.c.total_actions)
    sums = [cast(func.sum(column), BigInteger) for column in columns]
    return select(*sums).where(row_in(sessions.c.id, "ids"))


@cache
def trigram_rates() -> Statement:
    """`(successes, observations, how often)` of each session's trigrams seen often enough."""
    ngrams = SESSIONS.facts[Kind.NGRAMS]
    observed = ngrams.c.success_count + ngrams.c.failure_count
    return (
        _trigrams(select(ngrams.c.success_count, observed, func.count()))
        .where(observed >= RATE_OBSERVATIONS)
        .group_by(ngrams.c.success_count, observed)
    )


@cache
def trigram_paths() -> Statement:
    """`(sequence, successes, observations)` of trigrams that all sessions saw often enough."""
    ngrams = SESSIONS.facts[Kind.NGRAMS]
    successes = cast(func.sum(ngrams.c.success_count), BigInteger)
    observed = cast(func.sum(ngrams.c.success_count + ngrams.c.failure_count), BigInteger)
    return (
        _trigrams(select(ngrams.c.sequence_id, successes, observed))
        .group_by(ngrams.c.sequence_id)
        .having(observed >= PATH_OBSERVATIONS)
    )


def _trigrams(statement: Statement) -> Statement:
    ngrams, sequences = SESSIONS.facts[Kind.NGRAMS], ActionSequence.table
    return statement.join_from(ngrams, sequences, sequences.c.id == ngrams.c.sequence_id).where(
        row_in(SESSIONS.owner_column(Kind.NGRAMS), "ids"), sequences.c.length == _TRIGRAM
    )
