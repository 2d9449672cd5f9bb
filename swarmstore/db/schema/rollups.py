"""Rollups, which are cached totals, and the list of sessions that count in each total."""

from __future__ import annotations

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped

from swarmstore.db.dialects.row_keys import belongs_to
from swarmstore.db.schema.declarative import STRICT, STRICT_BY_KEY, Base, count, flag, key
from swarmstore.db.schema.header_columns import HeaderColumns


class Rollup(HeaderColumns, Base):
    """The rollup of one total's baselines and folded sessions."""

    __tablename__ = "rollups"
    __table_args__ = ({"comment": "Cached totals; add what total_sources has not folded yet", **STRICT},)

    scenario_id: Mapped[int] = key("scenarios.id, or 0 for the global total")
    contributors: Mapped[int] = count("Baselines and folded sessions in it; 0: there is no total")
    newest_session_row: Mapped[int | None] = count("The newest session in it, if there was any")
    newest_saved_at_ms: Mapped[int] = count(
        "When that session, or else its newest part, was saved: ms since 1970"
    )
    rollup_version: Mapped[int] = count(
        "Random: another one after every change of the row or its facts", server_default=text("0")
    )


class TotalSource(Base):
    """That a session counts in a total, and whether the rollup has it yet."""

    __tablename__ = "total_sources"
    __table_args__ = (
        Index(None, "total_scenario_id", "folded", "session_row_id"),
        # RESTRICT: a session that a total still needs cannot be deleted from under it
        *belongs_to("sessions", "session_row_id", ondelete="RESTRICT"),
        {"comment": "Which sessions count in which total", **STRICT_BY_KEY},
    )

    session_row_id: Mapped[int] = key("sessions.id")
    total_scenario_id: Mapped[int] = key("The total: scenarios.id, or 0 for the global one")
    scenario_id: Mapped[int] = key("The session's scenario")
    folded: Mapped[bool] = flag("Whether the rollup has it")
