"""Statements that publish sessions to followers, and those that followers ask. Nothing runs here."""

from __future__ import annotations

import sqlalchemy as sa

from swarmstore.db.dialects.column_types import Count
from swarmstore.db.schema.publication import Publication
from swarmstore.db.schema.sessions import RemovedSession, Scenario, SessionRow


def publication() -> sa.Select[Publication]:
    """The row that says how far sessions are published."""
    return sa.select(Publication)


def touch_publication() -> sa.Update:
    """Write that row as it is, on all servers: so wait for earlier publishers, on each of them."""
    return sa.update(Publication).values(last_position=Publication.last_position)


def unpublished() -> sa.Select[int]:
    """The row id of a session without a position, if there is one."""
    return sa.select(SessionRow.id).where(SessionRow.position.is_(None)).limit(sa.literal(1))


def greatest_position() -> sa.Select[int | None]:
    """The greatest position that a session has, NULL without any."""
    return sa.select(sa.func.max(SessionRow.position))


def publish(limit: int, *, locked: bool = True) -> sa.Update:
    """Give up to `limit` sessions the positions behind `:last`, in the order of their rows, and `:stamp`.

    locked: first, so that one that somebody is removing takes no place, and leaves no gap. Rows on several
        servers cannot be locked by one statement; there a gap harms nobody.
    """
    first = (
        sa.select(SessionRow.id)
        .where(SessionRow.position.is_(None))
        .order_by(SessionRow.id)
        .limit(sa.literal(limit))
    )
    waiting = (first.with_for_update(key_share=True) if locked else first).cte("waiting")
    numbered = sa.select(
        waiting.c.id, sa.func.row_number().over(order_by=waiting.c.id).label("place")
    ).subquery("numbered")
    return (
        sa.update(SessionRow)
        .where(SessionRow.id == numbered.c.id, *([] if locked else [SessionRow.position.is_(None)]))
        .values(position=sa.bindparam("last") + numbered.c.place, position_stamp=sa.bindparam("stamp"))
    )


def stamps_at(position: int) -> sa.CompoundSelect[int | None]:
    """The stamp of the session that got this position, also of a removed one, while it is kept."""
    return sa.union_all(
        sa.select(SessionRow.position_stamp).where(SessionRow.position == position),
        sa.select(RemovedSession.position_stamp).where(RemovedSession.position == position),
    )


def published_after(position: int, last: int, limit: int) -> sa.Select[str, str, int, int, int | None]:
    """Scenario, session id, time, position and stamp of the sessions behind a position, `last` at most."""
    position_of = sa.type_coerce(SessionRow.position, Count)  # not NULL, where it is above something
    return (
        sa.select(
            Scenario.name,
            SessionRow.session_id,
            SessionRow.saved_at_ms,
            position_of,
            SessionRow.position_stamp,
        )
        .join_from(SessionRow, Scenario, Scenario.id == SessionRow.scenario_id)
        .where(SessionRow.position > position, SessionRow.position <= last)
        .order_by(SessionRow.position)
        .limit(sa.literal(limit))
    )
