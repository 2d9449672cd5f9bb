"""Sessions as they were saved: append-only, the truth that totals are made of."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Identity, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from swarmstore.db.tables.columns import (
    ActionColumns,
    BySequence,
    HeaderColumns,
    NgramColumns,
    StrategyColumns,
    SwitchColumns,
    TransitionColumns,
)
from swarmstore.db.tables.metadata import STRICT, STRICT_BY_KEY, Base, count, key, text
from swarmstore.db.types import Bytes, Count, Name, Small


class SessionRow(HeaderColumns, Base):
    """One saved session."""

    __tablename__ = "sessions"
    __table_args__ = (
        UniqueConstraint("scenario_id", "session_id"),
        Index(None, "scenario_id", "session_ts"),
        {"comment": "Saved sessions, one row each", "sqlite_autoincrement": True, **STRICT},
    )

    id: Mapped[int] = mapped_column(
        Count, Identity(), primary_key=True, comment="Given out once, never again"
    )
    scenario_id: Mapped[int] = count("scenarios.id")
    session_id: Mapped[str] = text("Unique in its scenario, ordered by its bytes")
    session_ts: Mapped[int | None] = count("Seconds since 1970 that the id stands for, if any", nullable=True)
    write_token: Mapped[bytes] = mapped_column(
        Bytes, nullable=False, comment="Random, one per call to save: tells a repeat from a collision"
    )
    content_digest: Mapped[bytes] = mapped_column(Bytes, nullable=False, comment="BLAKE2b-128 of the content")
    digest_version: Mapped[int] = mapped_column(Small, nullable=False, comment="How the digest was made")
    saved_at_ms: Mapped[int] = count("Milliseconds since 1970 by the database's clock")
    position: Mapped[int | None] = count(
        "Place in the order that followers see; NULL until published", nullable=True
    )


class _OfSession:
    owner_id: Mapped[int] = key(
        "sessions.id", ForeignKey("sessions.id", ondelete="CASCADE"), name="session_row_id"
    )
    scenario_id: Mapped[int] = key("As in sessions: all tables can be distributed by it", place=2)


class SessionTransition(_OfSession, BySequence, TransitionColumns, Base):
    """Transitions of saved sessions."""

    __tablename__ = "session_transitions"
    __table_args__ = ({"comment": "Transitions of saved sessions", **STRICT_BY_KEY},)


class SessionNgram(_OfSession, BySequence, NgramColumns, Base):
    """Runs of three and four actions of saved sessions."""

    __tablename__ = "session_ngrams"
    __table_args__ = ({"comment": "Runs of three and four actions of saved sessions", **STRICT_BY_KEY},)


class SessionContext(_OfSession, BySequence, ActionColumns, Base):
    """Actions after another one, of saved sessions."""

    __tablename__ = "session_contexts"
    __table_args__ = ({"comment": "Actions after another one, of saved sessions", **STRICT_BY_KEY},)


class SessionAction(_OfSession, BySequence, ActionColumns, Base):
    """Actions of saved sessions."""

    __tablename__ = "session_actions"
    __table_args__ = ({"comment": "Actions of saved sessions", **STRICT_BY_KEY},)


class SessionStrategy(_OfSession, StrategyColumns, Base):
    """Selection strategies of saved sessions."""

    __tablename__ = "session_strategies"
    __table_args__ = ({"comment": "Selection strategies of saved sessions", **STRICT_BY_KEY},)

    strategy: Mapped[str] = key("The strategy's name", type_=Name, place=1)


class SessionStrategySwitch(_OfSession, SwitchColumns, Base):
    """Changes of strategy of saved sessions."""

    __tablename__ = "session_strategy_switches"
    __table_args__ = ({"comment": "Changes of strategy of saved sessions", **STRICT_BY_KEY},)

    ordinal: Mapped[int] = key("Its place in the history, from 0", place=1)
