"""What totals hold from elsewhere: imported totals, totals saved by hand, sessions since removed."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Identity, UniqueConstraint
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
from swarmstore.db.types import Count, Name


class Carried(HeaderColumns, Base):
    """One part of a total that is not a saved session: one per total and origin."""

    __tablename__ = "carried"
    __table_args__ = (
        UniqueConstraint("scenario_id", "origin"),
        {"comment": "Parts of totals that came from elsewhere", "sqlite_autoincrement": True, **STRICT},
    )

    id: Mapped[int] = mapped_column(
        Count, Identity(), primary_key=True, comment="Given out once, never again"
    )
    scenario_id: Mapped[int] = count("The total it is part of: scenarios.id, or 0 for the global one")
    origin: Mapped[str] = text("hand, pruned, or import: and the name of a store")
    newest_session_row: Mapped[int | None] = count(
        "The newest session in it, if it was made of any", nullable=True
    )
    newest_saved_at_ms: Mapped[int] = count("When that session, or else this part, was saved: ms since 1970")


class _OfCarried:
    owner_id: Mapped[int] = key("carried.id", ForeignKey("carried.id", ondelete="CASCADE"), name="carried_id")
    scenario_id: Mapped[int] = key("As in carried: all tables can be distributed by it", place=2)


class CarriedTransition(_OfCarried, BySequence, TransitionColumns, Base):
    """Transitions of carried parts."""

    __tablename__ = "carried_transitions"
    __table_args__ = ({"comment": "Transitions of carried parts", **STRICT_BY_KEY},)


class CarriedNgram(_OfCarried, BySequence, NgramColumns, Base):
    """Runs of three and four actions of carried parts."""

    __tablename__ = "carried_ngrams"
    __table_args__ = ({"comment": "Runs of three and four actions of carried parts", **STRICT_BY_KEY},)


class CarriedContext(_OfCarried, BySequence, ActionColumns, Base):
    """Actions after another one, of carried parts."""

    __tablename__ = "carried_contexts"
    __table_args__ = ({"comment": "Actions after another one, of carried parts", **STRICT_BY_KEY},)


class CarriedAction(_OfCarried, BySequence, ActionColumns, Base):
    """Actions of carried parts."""

    __tablename__ = "carried_actions"
    __table_args__ = ({"comment": "Actions of carried parts", **STRICT_BY_KEY},)


class CarriedStrategy(_OfCarried, StrategyColumns, Base):
    """Selection strategies of carried parts."""

    __tablename__ = "carried_strategies"
    __table_args__ = ({"comment": "Selection strategies of carried parts", **STRICT_BY_KEY},)

    strategy: Mapped[str] = key("The strategy's name", type_=Name, place=1)


class CarriedStrategySwitch(_OfCarried, SwitchColumns, Base):
    """Changes of strategy of carried parts."""

    __tablename__ = "carried_strategy_switches"
    __table_args__ = ({"comment": "Changes of strategy of carried parts", **STRICT_BY_KEY},)

    ordinal: Mapped[int] = key("Its place in the history, from 0", place=1)
