"""Statements that publish sessions to followers, and those that followers ask. Nothing runs here."""

from __future__ import annotations

from sqlalchemy import (
    CompoundSelect,
    Select,
    Update,
    bindparam,
    func,
    literal,
    select,
    type_coerce,
    union_all,
    update,
)

from swarmstore.db.dialects.column_types import Count
from swarmstore.db.schema.publication import Publication
from swarmstore.db.schema.sessions import RemovedSession, Scenario, SessionRow


def publication() -> Select[Publication]:
    """The row that says how far sessions are published."""
    return select(Publication)


def unpublished() -> Select[int]:
    """The row id of a session without a position, if there is one."""
    return select(SessionRow.id).where(SessionRow.position.is_(None)).limit(literal(1))


def greatest_position() -> Select[int | None]:
    """The greatest position that a session has, NULL without any."""
    return select(func.max(SessionRow.position))


def publish(limit: int) -> Update:
    """Give up to `limit` sessions the positions behind `:last`, in the order of their rows, and `:stamp`.

    They are locked first: one that somebody is removing takes no place.
    """
    waiting = (
        select(SessionRow.id)
        .where(SessionRow.position.is_(None))
        .order_by(SessionRow.id)
        .limit(literal(limit))
        .with_for_update(key_share=True)
        .cte("waiting")
    )
    numbered = select(waiting.c.id, func.row_number().over(order_by=waiting.c.id).label("place")).subquery(
        "numbered"
    )
    return (
        update(SessionRow)
        .where(SessionRow.id == numbered.c.id)
        .values(position=bindparam("last") + numbered.c.place, position_stamp=bindparam("stamp"))
    )


def stamps_at(position: int) -> CompoundSelect[int | None]:
    """The stamp of the session that got this position, also of a removed one, while it is kept."""
    return union_all(
        select(SessionRow.position_stamp).where(SessionRow.position == position),
        select(RemovedSession.position_stamp).where(RemovedSession.position == position),
    )


def published_after(position: int, limit: int) -> Select[str, str, int, int, int | None]:
    """Scenario, session id, time, position and stamp of the sessions behind a position."""
    position_of = type_coerce(SessionRow.position, Count)  # not NULL, where it is above something
    return (
        select(
            Scenario.name,
            SessionRow.session_id,
            SessionRow.saved_at_ms,
            position_of,
            SessionRow.position_stamp,
        )
        .join_from(SessionRow, Scenario, Scenario.id == SessionRow.scenario_id)
        .where(SessionRow.position > position)
        .order_by(SessionRow.position)
        .limit(literal(limit))
    )
