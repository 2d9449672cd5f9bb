"""Names: scenarios, and the action sequences that everything learned is keyed by."""

from __future__ import annotations

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from swarmstore.db.schema.declarative import STRICT, Base, data, key, row_id, small, text

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
