"""Sessions as they were saved, the names in them, and the totals that they count in: what every agent uses.

Sessions are append-only, the truth that totals are made of.
"""

from __future__ import annotations

from sqlalchemy import Index, UniqueConstraint, literal_column
from sqlalchemy.orm import Mapped

from swarmstore.db.dialects.functions import look_when_large
from swarmstore.db.dialects.row_keys import RowKey, belongs_to
from swarmstore.db.schema.declarative import (
    STRICT,
    STRICT_BY_KEY,
    Base,
    count,
    data,
    double,
    flag,
    key,
    row_id,
    small,
    text,
)

ACTIONS = ("action_1", "action_2", "action_3", "action_4")
"""The columns of an action sequence."""

GLOBAL = 0
"""In place of a scenario's id: the total over all of them."""


class Scenario(Base):
    """Every scenario that something was saved for. Rows are never deleted."""

    __tablename__ = "scenarios"
    __table_args__ = (
        UniqueConstraint("name_hash"),
        {"comment": "Scenarios by name; 0, which has no row, stands for all of them", **STRICT},
    )

    id: Mapped[int] = row_id("1 and up")
    name: Mapped[str] = text("Any text, of any length")
    name_hash: Mapped[bytes] = data("BLAKE2b-128 of the name: names are too long for an index")


class ActionSequence(Base):
    """One to four action names under an id made from them. Rows are never deleted."""

    __tablename__ = "action_sequences"
    __table_args__ = ({"comment": "Runs of 1 to 4 actions; the same ids in every database", **STRICT},)

    id: Mapped[int] = key("BLAKE2b-64 of the names, each behind its length")
    length: Mapped[int] = small("How many actions, 1 to 4")
    action_1: Mapped[str] = text("The first action")
    action_2: Mapped[str | None] = text("The second action")
    action_3: Mapped[str | None] = text("The third action")
    action_4: Mapped[str | None] = text("The fourth action")


class HeaderColumns:
    """What a snapshot has once, a header in each of the families: metadata, episodes, the strategy in use."""

    version: Mapped[int] = count("Snapshot format version")
    scenario_name: Mapped[str | None] = text("The snapshot's own scenario name")
    task_description: Mapped[str | None] = text("What the swarm was asked to do")
    created_at: Mapped[int] = count("Seconds since 1970, as the agent said")
    session_count: Mapped[int] = count("Sessions in this snapshot")
    total_episodes: Mapped[int] = count("Episodes in this snapshot")
    total_actions: Mapped[int] = count("Actions in this snapshot")
    phase: Mapped[str | None] = text("bootstrap, release or validate")
    group_id: Mapped[str | None] = text("The group of sessions it belongs to")
    success_episodes: Mapped[int] = count("Episodes that succeeded")
    failure_episodes: Mapped[int] = count("Episodes that failed")
    current_strategy: Mapped[str | None] = text("The selection strategy in use")
    strategy_start_visits: Mapped[int] = count("Visits when that strategy began")
    strategy_start_success_rate: Mapped[float] = double("Success rate when that strategy began, 0 to 1")


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
        "Random: another one after every change of the row or its facts", server_default=literal_column("0")
    )
    unsettled: Mapped[str | None] = text(
        "Of the global total on a cluster: what was not done yet to the sources of which sessions, as JSON",
        sort_order=1,  # behind those of all headers, where a migration has put it
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


class SchemaCompatibility(Base):
    """One row: the oldest code that may use these tables."""

    __tablename__ = "schema_compatibility"
    __table_args__ = ({"comment": "The oldest swarmstore that may use these tables", **STRICT},)

    id: Mapped[int] = key("Always 1")
    oldest_revision: Mapped[str] = text("The newest revision that this code has to know")


look_when_large(SessionRow.table)  # each fact refers to a session
