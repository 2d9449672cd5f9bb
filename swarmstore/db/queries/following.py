"""Statements that publish sessions to followers, and those that followers ask. Nothing runs here."""

from __future__ import annotations

from sqlalchemy import Select, Update, bindparam, func, literal, select, type_coerce, update

from swarmstore.db.tables import Publication, Scenario, SessionRow
from swarmstore.db.types import Count


def publication() -> Select[Publication]:
    """The row that says how far sessions are published."""
    return select(Publication)


def unpublished() -> Select[int]:
    """The row id of a session without a position, if there is one."""
    return select(SessionRow.id).where(SessionRow.position.is_(None)).limit(literal(1))


def publish(limit: int) -> Update:
    """Give up to `limit` sessions the positions behind `:last`, in the order of their rows."""
    waiting = (
        select(SessionRow.id, func.row_number().over(order_by=SessionRow.id).label("place"))
        .where(SessionRow.position.is_(None))
        .order_by(SessionRow.id)
        .limit(literal(limit))
        .subquery("waiting")
    )
    return (
        update(SessionRow)
        .where(SessionRow.id == waiting.c.id)
        .values(position=bindparam("last") + waiting.c.place)
    )


def published_after(position: int, limit: int) -> Select[str, str, int, int]:
    """Scenario, session id, time and position of the sessions behind a position."""
    position_of = type_coerce(SessionRow.position, Count)  # not NULL, where it is above something
    return (
        select(Scenario.name, SessionRow.session_id, SessionRow.saved_at_ms, position_of)
        .join_from(SessionRow, Scenario, Scenario.id == SessionRow.scenario_id)
        .where(SessionRow.position > position)
        .order_by(SessionRow.position)
        .limit(literal(limit))
    )
