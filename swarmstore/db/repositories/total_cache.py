"""Totals as this process loaded them last, for as long as the database says they are the same.

A total is its rollup, whose version is random and changes with every change of it, and its
pending sessions, each with a random token and never changed. Row ids would not do: after a restored
backup they are given out again. Where all is as before one statement answers for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import NamedTuple

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from swarmstore.db.connection import paused_gc
from swarmstore.db.connection.bounded_cache import BoundedCache
from swarmstore.db.connection.transactions import Database
from swarmstore.db.dialects.base import Values
from swarmstore.db.mapping.total_headers import HEADER_COLUMNS, part_of
from swarmstore.db.repositories.facts import ChangedMeanwhileError, Watch
from swarmstore.db.repositories.scenarios import ScenarioRepository
from swarmstore.db.repositories.totals import TotalRepository, rollup_missing
from swarmstore.db.repositories.unsettled_sources import Unsettled
from swarmstore.db.statements.totals import (
    TOTAL_COLUMNS,
    stamp_of_global,
    state_of_total,
    total_with_pending,
    watched_total,
)
from swarmstore.errors import StoreUnavailableError
from swarmstore.model.keys import GlobalKey, ScenarioKey, TotalKey
from swarmstore.model.snapshot import LearningSnapshot

_WIDTH = len(TOTAL_COLUMNS) + len(HEADER_COLUMNS)  # of what is read of a total itself
_KEPT = 32  # totals; one of 1,800 keys takes less than a megabyte


class _State(NamedTuple):
    """What a total is made of: the version of the rollup, and the tokens of pending sessions."""

    rollup_version: int
    pending: tuple[bytes, ...]

    def as_watched(self) -> Sequence[Values]:
        """The columns that `watched_total` gives of it."""
        tokens: list[str | None] = [token.hex() for token in self.pending]
        return [[self.rollup_version] * max(1, len(tokens)), tokens or [None]]


class TotalCache:
    """Loads totals of one database; threads may share it."""

    def __init__(self, database: Database, scenarios: ScenarioRepository, totals: TotalRepository) -> None:
        self._database = database
        self._scenarios, self._totals = scenarios, totals
        self._known: BoundedCache[TotalKey, tuple[_State, LearningSnapshot]] = BoundedCache(_KEPT)

    def load(self, key: TotalKey) -> LearningSnapshot | None:
        """Load the total, with every committed session; None when nothing counts in it.

        The snapshot is the caller's own.

        Raises CountOverflowError.
        """
        snapshot = None
        if (known := self._known.get(key)) is not None:
            # one statement needs no transaction around it, which would cost two more round trips
            now = self._database.autocommit(partial(self._state, key=key))
            snapshot = known[1] if known[0] == now else None
        if snapshot is None and self._is_apart(key):
            snapshot = self._load_stamped(key)
        elif snapshot is None:
            snapshot = self._load_whole(key)
        with paused_gc.put_off():
            return None if snapshot is None else snapshot.copy()

    def forget(self) -> None:
        """Load totals anew the next time, as a new process would."""
        self._known.clear()

    def _is_apart(self, key: TotalKey) -> bool:
        return isinstance(key, GlobalKey) and self._database.is_spread

    def _load_whole(self, key: TotalKey) -> LearningSnapshot | None:
        if self._database.dialect.writes_in_one_statement:
            with suppress(ChangedMeanwhileError):  # and without one there is no need to wait for anybody
                if (snapshot := self._database.autocommit(partial(self._load_at_once, key=key))) is not None:
                    return snapshot
        return self._database.read(partial(self._load, key=key))

    def _load_stamped(self, key: TotalKey) -> LearningSnapshot | None:
        """Load the global total where tables are spread, as often as its rollup changes meanwhile.

        In no transaction: it would see some servers as they were before it asks others.
        """
        seconds = self._database.settings.timeout_seconds
        until = monotonic() + seconds
        while True:
            with suppress(ChangedMeanwhileError):
                return self._database.autocommit(partial(self._load_at_once, key=key))
            if monotonic() > until:
                raise StoreUnavailableError(
                    f"the global total has changed for {seconds:g} s each time it was loaded; try again"
                )

    def _load_at_once(self, connection: Connection, key: TotalKey) -> LearningSnapshot | None:
        """Load a total by two statements, of which the second sees whether the first is still true."""
        with Session(connection, autoflush=False) as session:
            return self._load(session, key, watched=True)

    def _load(self, session: Session, key: TotalKey, *, watched: bool = False) -> LearningSnapshot | None:
        by_name, named = isinstance(key, ScenarioKey), self._named(session.connection(), key)
        apart = self._is_apart(key)
        stamp = session.execute(stamp_of_global()).all() if apart else []
        found = session.connection().execute(total_with_pending(by_name), named).all()
        if not found:
            if apart:
                self._database.check_compatible(session)
            if (apart or not watched) and (total := self._scenarios.find_total(session, key)) is not None:
                raise rollup_missing(total)
            return None
        total, version, *rollup = found[0][:_WIDTH]
        pending = [tuple(row[_WIDTH:]) for row in found if row[_WIDTH] is not None]
        state = _State(version, tuple(token for token, *_ in pending))
        watch = Watch(watched_total(by_name), named, state.as_watched()) if watched and not apart else None
        included = {row_id for _, unsettled in stamp for row_id in Unsettled.parse(unsettled).row_ids}
        waiting = {
            (row_id, scenario): part_of(1, row_id, *header)
            for _, row_id, scenario, *header in pending
            if row_id not in included
        }
        loaded = self._totals.load(session, total, part_of(*rollup), waiting, watch)
        stamps = [*stamp, *session.execute(stamp_of_global())] if apart else []
        if any(stamped != version for stamped, _ in stamps):
            raise ChangedMeanwhileError
        if loaded is not None:
            self._known.update({key: (state, loaded)})
        return loaded

    def _state(self, connection: Connection, key: TotalKey) -> _State | None:
        named = self._named(connection, key)
        rows = connection.execute(state_of_total(isinstance(key, ScenarioKey)), named).all()
        if not rows:
            return None
        return _State(rows[0][0], tuple(token for _, token in rows if token is not None))

    def _named(self, connection: Connection, key: TotalKey) -> dict[str, object]:
        return self._scenarios.named(connection, key.scenario) if isinstance(key, ScenarioKey) else {}
