"""Totals as this process loaded them last, for as long as the database says they are the same.

A total is its cached sum, whose stamp changes with every change of it, and the sessions waiting for
it, which never change. Where both are as before one statement answers for all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from swarmstore.db import collector, totals
from swarmstore.db.cache import BoundedCache
from swarmstore.db.queries.totals import state_of_total, total_with_what_waits
from swarmstore.db.sequences import Sequences
from swarmstore.db.transactions import Database
from swarmstore.model.snapshot import LearningSnapshot

Find = Callable[[Session], int | None]  # the total's id, None when there is no such scenario
_KEPT = 32  # totals; one of 1,800 keys takes less than a megabyte


@dataclass(frozen=True, slots=True)
class _State:
    """What a total is made of: the stamp of the cached sum, and the rows of waiting sessions."""

    stamp: int
    waiting: tuple[int, ...]

    @classmethod
    def of(cls, stamp: int, rows: Iterable[Row[Any, int | None]]) -> _State:
        """Of rows that end with the row id of a session, or the one that has none."""
        return cls(stamp, tuple(row for _, row in rows if row is not None))


class KnownTotals:
    """Loads totals of one database; threads may share it."""

    def __init__(self, database: Database, sequences: Sequences) -> None:
        self._database = database
        self._sequences = sequences
        self._known: BoundedCache[int, tuple[_State, LearningSnapshot]] = BoundedCache(_KEPT)

    def load(self, known_as: int | None, find: Find) -> LearningSnapshot | None:
        """The total that `find` names, with every committed session; None when nothing counts in it.

        known_as: its id, where this process knows it. The snapshot is the caller's own.

        Raises CountOverflowError.
        """
        snapshot = None
        if known_as is not None and (known := self._known.get(known_as)) is not None:
            # one statement needs no transaction around it, which would cost two more round trips
            now = self._database.look(lambda session: _state(session, known_as))
            snapshot = known[1] if known[0] == now else None
        if snapshot is None:
            snapshot = self._database.read(lambda session: self._load(session, find(session)))
        with collector.put_off():
            return None if snapshot is None else snapshot.copy()

    def _load(self, session: Session, total: int | None) -> LearningSnapshot | None:
        if total is None:
            return None
        found = session.execute(total_with_what_waits(), {"total": total}).all()
        folded = found[0][0]
        state = _State.of(folded.stamp, found)
        loaded = totals.load_total(session, self._sequences, folded, state.waiting)
        if loaded is not None:
            self._known.update({total: (state, loaded)})
        return loaded


def _state(session: Session, total: int) -> _State:
    rows = session.execute(state_of_total(), {"total": total}).all()
    return _State.of(rows[0][0], rows)
