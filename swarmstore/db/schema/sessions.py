"""Sessions as they were saved: append-only, the truth that totals are made of."""

from __future__ import annotations

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from swarmstore.db.dialects.row_keys import RowKey
from swarmstore.db.schema.declarative import (
    STRICT,
    STRICT_BY_KEY,
    Base,
    count,
    data,
    key,
    row_id,
    small,
    text,
)
from swarmstore.db.schema.header_columns import HeaderColumns


class SessionRow(HeaderColumns, Base):
    """One saved session."""

    __tablename__ = "sessions"
    __table_args__ = (
        UniqueConstraint("scenario_id", "session_id"),
        Index(None, "scenario_id", "session_ts"),
        Index(None, "position"),
        RowKey("id"),
        {"comment": "Saved sessions, one row each", "sqlite_autoincrement": True, **STRICT},
    )

    id: Mapped[int] = row_id()
    scenario_id: Mapped[int] = count("scenarios.id")
    session_id: Mapped[str] = text("Unique in its scenario, ordered by its bytes")
    session_ts: Mapped[int | None] = count("Seconds since 1970 that the id stands for, if any")
    write_token: Mapped[bytes] = data("Random, one per call to save: tells a repeat from a collision")
    content_digest: Mapped[bytes] = data("BLAKE2b-128 of the content")
    digest_version: Mapped[int] = small("How the digest was made")
    saved_at_ms: Mapped[int] = count("Milliseconds since 1970 by the database's clock")
    position: Mapped[int | None] = count("Place in the order that followers see; NULL until published")
    position_stamp: Mapped[int | None] = count("Random, one per publication: told in cursors")


class RemovedSession(Base):
    """What is kept for a while of a session that was deleted, pruned, replaced or forgotten.

    A save that is repeated although its session is gone must not count twice, and a follower's
    cursor must not pass for one of another history.
    """

    __tablename__ = "removed_sessions"
    __table_args__ = (
        Index(None, "scenario_id", "session_id"),
        Index(None, "position"),
        Index(None, "removed_at_ms"),
        {"comment": "Sessions removed of late: what tells a repeated save from a new one", **STRICT_BY_KEY},
    )

    session_row_id: Mapped[int] = key("What sessions.id was")
    scenario_id: Mapped[int] = key("scenarios.id")
    session_id: Mapped[str] = text("What sessions.session_id was")
    write_token: Mapped[bytes] = data("What sessions.write_token was")
    content_digest: Mapped[bytes] = data("What sessions.content_digest was")
    digest_version: Mapped[int] = small("How the digest was made")
    position: Mapped[int | None] = count("What sessions.position was; NULL if never published")
    position_stamp: Mapped[int | None] = count("What sessions.position_stamp was")
    removed_at_ms: Mapped[int] = count("Milliseconds since 1970 by the database's clock")
    fate: Mapped[str] = text("What it had added to totals is kept there, was nothing, or is forgotten")
