"""The global total where tables are spread: its rollup is on one server, its sources are on all.

No transaction appears on all of them at once. So whoever changes both changes the rollup first, with
nothing that another server has to write, and notes in the rollup's row what is still to be done to the
sources of which sessions; readers leave those out. A transaction of its own does that, and whoever locks
the rollup next makes sure that it is seen everywhere before anything else is noted.
"""

from __future__ import annotations

import json
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from swarmstore.db.connection.transactions import BehindError
from swarmstore.db.dialects.functions import one_of
from swarmstore.db.schema.sessions import GLOBAL, Rollup, TotalSource

_SOURCES = TotalSource.table


class Fate(StrEnum):
    """What is to be done to sources."""

    FOLD = "fold"  # mark them: the rollup has their sessions
    DROP = "drop"  # delete them with all that are folded: nothing that was saved so far counts any more


class Unsettled(NamedTuple):
    """What is to be done to the sources of sessions, by their row ids."""

    fate: Fate
    row_ids: list[int]

    @classmethod
    def parse(cls, text: str | None) -> Unsettled:
        """Read what a rollup says."""
        if text is None:
            return cls(Fate.FOLD, [])
        ((fate, row_ids),) = json.loads(text).items()
        return cls(Fate(fate), row_ids)

    def __str__(self) -> str:
        return json.dumps({self.fate: self.row_ids})

    def sources(self) -> ColumnElement[bool]:
        """Whether a source is one to which it is to be done still."""
        these = one_of(_SOURCES.c.session_row_id, "unsettled", self.row_ids)
        left = (
            and_(these, _SOURCES.c.folded.is_(False))
            if self.fate is Fate.FOLD
            else or_(these, _SOURCES.c.folded.is_(True))
        )
        return and_(_SOURCES.c.total_scenario_id == GLOBAL, left)


def check_settled(session: Session, rollup: Rollup) -> None:
    """Refuse to go on with the locked rollup of the global total before its sources are settled.

    Then nothing is noted in it. Raises BehindError.
    """
    if rollup.unsettled is None:
        return
    left = select(_SOURCES.c.session_row_id).where(Unsettled.parse(rollup.unsettled).sources())
    if session.scalar(left.limit(1)) is not None:
        raise BehindError(settle)
    set_committed_value(rollup, "unsettled", None)


def settle(session: Session) -> None:
    """Do to sources what the global total's rollup says; it waits for whoever is about to."""
    locked = select(Rollup.unsettled).where(Rollup.scenario_id == GLOBAL).with_for_update(key_share=True)
    unsettled = Unsettled.parse(session.scalar(locked))
    if unsettled.fate is Fate.DROP:
        session.execute(delete(_SOURCES).where(unsettled.sources()))
    elif unsettled.row_ids:
        session.execute(update(_SOURCES).where(unsettled.sources()).values(folded=True))


def wait_for_removals(session: Session) -> None:
    """Wait until sessions that have left the global total's rollup have left its sources as well.

    Whoever removes them locks the rollup, but what they commit may be seen on its server first.
    """
    of_global = and_(_SOURCES.c.total_scenario_id == GLOBAL, _SOURCES.c.folded.is_(True))
    # no lock can be asked for on several servers; changing nothing waits for whoever deletes the same rows
    session.execute(update(_SOURCES).where(of_global).values(folded=_SOURCES.c.folded))
