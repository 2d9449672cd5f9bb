"""Bringing cached totals up to date: after a save when enough is pending, or on demand."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from functools import partial
from random import random

from sqlalchemy import select
from sqlalchemy.orm import Session

from swarmstore.contracts.progress import Progress, telling, telling_pages
from swarmstore.db.connection.side_threads import Behind
from swarmstore.db.repositories.all import Repositories
from swarmstore.db.repositories.unsettled_sources import settle
from swarmstore.db.schema.sessions import GLOBAL, Rollup, TotalSource
from swarmstore.errors import CountOverflowError, SwarmstoreError
from swarmstore.model.keys import GlobalKey, TotalKey
from swarmstore.model.pages import in_pages
from swarmstore.settings import Settings

logger = logging.getLogger("swarmstore")

_PAGE = 100  # totals folded in one transaction
_BATCH = 500  # sessions added in one transaction: bounded locks, bounded memory
_TRIES = 2  # of folding a total that is overdue, in as many saves as make it due
_GLOBAL_LATER = 4  # times as many for the global total: all saves are in it, and few loads want it


def due_at(settings: Settings, total: int) -> int:
    """How many sessions may be pending for a total before a save folds it."""
    return settings.fold_at * (_GLOBAL_LATER if total == GLOBAL else 1)


class Folding:
    """Folds the totals of one database. Answers never depend on it, only their cost does."""

    def __init__(self, repositories: Repositories) -> None:
        self._repositories = repositories
        self._database, self._totals = repositories.database, repositories.totals
        self._behind = Behind()

    @property
    def count_to(self) -> int:
        """How many pending sessions of a total `fold_when_due` tells apart."""
        return due_at(self._database.settings, GLOBAL) + 2

    def fold_when_due(self, pending: Mapping[int, int], saved: int = 1) -> None:
        """Fold a total that enough sessions are pending for, unless somebody else is at it.

        pending: sessions by total. saved: how many have just been saved; after several at once all
        totals that are due are folded. A failure is logged: the save before it has succeeded.
        """
        due = [total for total, count in sorted(pending.items()) if self._is_due(total, count, saved)]
        if not due:
            return
        fold = partial(self._fold_due, due, most=1 if saved == 1 else len(due))
        database = self._database
        # a file has one writer at a time, which matters less to who reads many more first
        waits = database.dialect.has_one_writer and (saved == 1 or database.is_in_memory)
        if database.settings.fold_in_background and not waits:
            self._behind.run(fold)
        else:
            fold()

    def settle(self, key: TotalKey) -> None:
        """Do to the sources of a total that was changed what could not be done at once."""
        if isinstance(key, GlobalKey) and self._database.is_spread:
            self._database.write(settle)

    def finish(self) -> None:
        """Wait for a fold that is under way."""
        self._behind.finish()

    def _is_due(self, total: int, pending: int, saved: int) -> bool:
        """When as many are pending as should, and at one more, which finds the other total to be folded.

        From there on by chance: mostly somebody else is at it, and finding that out costs as much
        as a good part of a save. Always by chance for the global total where tables are spread: a save
        sees those of its own scenario's sessions that are pending for it.
        """
        due = due_at(self._database.settings, total)
        if total == GLOBAL and self._database.is_spread:
            return random() * due < saved  # noqa: S311 - nothing secret
        if pending < due:
            return False
        return pending - saved <= due or random() * due < _TRIES * saved  # noqa: S311 - nothing secret

    def _fold_due(self, due: Sequence[int], most: int) -> None:
        """Some that nobody folds. A save waits for one: the next save finds the other."""
        if most > 1 and not self._database.is_spread and self._fold_together(due):
            return
        for total in due:
            try:
                if self._fold_batch(total, skip_locked=True):
                    most -= 1
            except SwarmstoreError as error:
                logger.warning("folding total %d failed, its sessions stay pending: %s", total, error)
            if not most:
                return

    def _fold_together(self, due: Sequence[int]) -> bool:
        """Fold them by one transaction, so that a session in several is summed once; whether it could."""

        def work(session: Session) -> bool:
            locked = [self._totals.try_lock(session, total, skip_locked=True) for total in due]
            free = [rollup for rollup in locked if rollup is not None]
            if len(free) == len(due):
                self._totals.fold_together(session, free, _BATCH)
            return len(free) == len(due)

        try:
            return self._database.write(work)
        except SwarmstoreError:  # one by one, some of them may succeed
            return False

    def fold_all(self, progress: Progress | None = None) -> int:
        """Fold every total, waiting for whoever folds one; how many sessions were added to one.

        A session that would take a sum past 2^63 - 1 stays pending, and is logged.
        """
        pending = select(TotalSource.total_scenario_id).where(TotalSource.folded.is_(False)).distinct()
        totals = self._database.read(lambda session: sorted(session.scalars(pending)), maintenance=True)
        # each session is in the global total and in another one, so that goes by itself
        of_scenarios = [total for total in totals if total != GLOBAL]
        pages = [[GLOBAL]] if GLOBAL in totals else []
        return sum(map(self._fold_page, telling_pages(progress, [*pages, *in_pages(of_scenarios, _PAGE)])))

    def rebuild_all(self, progress: Progress | None = None) -> int:
        """Make every rollup anew, one transaction each; how many totals there are."""
        everything = select(Rollup.scenario_id).order_by(Rollup.scenario_id)
        ids = self._database.read(lambda session: list(session.scalars(everything)))
        carried = self._repositories.sessions.carried

        def rebuild(session: Session, total: int) -> None:
            carried.rebuild(session, self._totals.lock_one(session, total))

        for total in telling(progress, ids):
            self._database.write(partial(rebuild, total=total), maintenance=True)
        return len(ids)

    def _fold_page(self, totals: Sequence[int]) -> int:
        def work(session: Session) -> int:
            return self._totals.fold_page(session, totals, _BATCH)

        if GLOBAL in totals and self._database.is_spread:
            return self._fold_total(GLOBAL)
        folded = 0
        try:
            while added := self._database.write(work, maintenance=True):
                folded += added
        except CountOverflowError:
            folded += sum(map(self._fold_total, totals))
        return folded

    def _fold_total(self, total: int) -> int:
        folded, refused = 0, list[int]()
        while True:
            try:
                added = self._fold_batch(total, leaving=refused)
            except CountOverflowError:
                added = self._fold_one(total, refused)
            if not added:
                return folded
            folded += len(added)

    def _fold_one(self, total: int, refused: list[int]) -> list[int]:
        """Fold the first session that fits, and list in `refused` those that don't."""
        while pending := self._database.read(lambda s: self._totals.list_pending(s, total, 1, refused)):
            first = pending[0].id
            try:
                return self._fold_batch(total, limit=1, leaving=refused)
            except CountOverflowError as error:
                logger.warning("session row %d does not fit into total %d: %s", first, total, error)
                refused.append(first)
        return []

    def _fold_batch(
        self, total: int, *, limit: int = _BATCH, leaving: list[int] | None = None, skip_locked: bool = False
    ) -> list[int]:
        def work(session: Session) -> list[int]:
            rollup = self._totals.try_lock(session, total, skip_locked=skip_locked)
            if rollup is None:
                return []
            pending = self._totals.list_pending(session, total, limit, leaving or [])
            self._totals.fold(session, [rollup], pending, alone=True)
            return [row.id for row in pending]

        added = self._database.write(work, maintenance=not skip_locked)
        if added and total == GLOBAL:
            self.settle(GlobalKey())
        return added
