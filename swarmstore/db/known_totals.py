"""Totals as this process loaded them last, for as long as the database says they are the same.

A total is its cached sum, whose stamp changes with every change of it, and the sessions waiting for
it, which never change. Where both are as before one statement answers for all.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from swarmstore.db import totals
from swarmstore.db.cache import BoundedCache
from swarmstore.db.facts import NamedRows
from swarmstore.db.queries.totals import state_of_total
from swarmstore.db.sequences import Sequences
from swarmstore.model.snapshot import LearningSnapshot

_KEPT = 32  # totals; one of 1,800 keys takes less than a megabyte


@dataclass(frozen=True, slots=True)
class _State:
    """What a total is made of: the stamp of the cached sum, and the rows of waiting sessions."""

    stamp: int
    waiting: tuple[int, ...]


class KnownTotals:
    """Loads totals of one database; threads may share it."""

    def __init__(self, sequences: Sequences) -> None:
        self._sequences = sequences
        self._known: BoundedCache[int, tuple[_State, NamedRows]] = BoundedCache(_KEPT)

    def load(self, session: Session, total: int) -> LearningSnapshot | None:
        """The total with every committed session, the caller's own; None when nothing counts in it.

        Raises CountOverflowError.
        """
        rows = session.execute(state_of_total(), {"total": total}).all()
        state = _State(rows[0][0], tuple(row for _, row in rows if row is not None))
        known = self._known.get(total)
        if known is not None and known[0] == state:
            return known[1].snapshot()
        loaded = totals.load_total(session, self._sequences, total, state.waiting)
        if loaded is None:
            return None
        self._known.update({total: (state, loaded)})
        return loaded.snapshot()
