"""Publishing sessions to followers: committed ones get positions without gaps, under one lock.

Row ids are no cursor: a session may commit after one with a higher row id, behind a follower's
back. A position is given to rows that are already committed, by one publisher at a time, and
publishers commit in the order of their positions: what is visible is always a beginning.

Where tables are spread, positions appear server by server. The last position that followers may read up
to is raised by the transaction after the one that gave positions out, which waits for that one everywhere.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import suppress
from functools import partial

from sqlalchemy.orm import Session

from swarmstore.contracts.change_feed import EPOCH_BITS, Change, Cursor, check_of, position_after
from swarmstore.db.connection.transactions import Database
from swarmstore.db.schema.publication import Publication
from swarmstore.db.statements import change_feed as queries
from swarmstore.errors import NotPermittedError
from swarmstore.model.session_ids import SessionId

_PAGE = 500  # sessions read at once: nothing stays open between pages
_BATCH = 10_000  # sessions published in one transaction


class ChangeFeed:
    """The order in which followers get a store's sessions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def publish(self, after: str | None, *, batch: int = _BATCH) -> Iterator[Change]:
        """Publish what is committed, and give what lies behind the cursor (see `Followable.changes`).

        batch: how many sessions a transaction publishes at most.

        Raises InvalidCursorError before anything is returned.
        """
        cursor = None if after is None else Cursor.parse(after)
        unpublished = self._database.read(partial(self._is_unpublished, after=cursor))
        with suppress(NotPermittedError):  # a role or a replica that only reads follows what others publish
            more = unpublished
            while more:
                more = self._database.write(partial(self.publish_batch, batch=batch)) == batch
            if unpublished and self._database.is_spread:
                self._database.write(partial(self.publish_batch, batch=0))
        return self._pages(cursor)

    def publish_batch(self, session: Session, batch: int = _BATCH) -> int:
        """Give positions to committed sessions; to how many.

        Where tables are spread, followers see them once this is done again, with a batch of 0 perhaps.
        """
        # a statement of its own: what commits while it waits for the lock is seen by the next one
        publication = self.lock(session)
        connection = session.connection()
        if spread := self._database.is_spread:
            self._database.dialect.commit_whole_servers(connection)
            connection.execute(queries.touch_publication())
        before = self._highest(session, publication)
        published = queries.publish(batch, locked=not spread)
        given = connection.execute(published, {"last": before, "stamp": secrets.randbits(63)}).rowcount
        # what was really given out, not what should have been: some may have been removed meanwhile
        publication.last_position = before if spread else self._highest(session, publication)
        session.flush()
        return given if spread else publication.last_position - before

    def _is_unpublished(self, session: Session, after: Cursor | None) -> bool:
        """Whether anything is unpublished. Raises InvalidCursorError."""
        _start(session, after)
        if session.scalar(queries.unpublished()) is not None:
            return True
        last, greatest = self.positions(session) if self._database.is_spread else (0, 0)
        return greatest > last

    @staticmethod
    def _highest(session: Session, publication: Publication) -> int:
        return max(publication.last_position, session.scalar(queries.greatest_position()) or 0)

    @staticmethod
    def lock(session: Session) -> Publication:
        """Lock the row that publishers, and copies into one database, take turns by."""
        locked = queries.publication().with_for_update(key_share=True)
        return session.scalars(locked.execution_options(populate_existing=True)).one()

    def identity(self, session: Session) -> str:
        """Give the store's own text (see `Identified.identity`)."""
        return session.scalars(queries.publication()).one().store_id.hex()

    def positions(self, session: Session) -> tuple[int, int]:
        """Give the last position that was given out, as the store says, and the greatest of a session.

        The second is greater where an older swarmstore gave positions out while sessions were removed.
        """
        last = session.scalars(queries.publication()).one().last_position
        return last, session.scalar(queries.greatest_position()) or 0

    def mend_positions(self, session: Session) -> None:
        """Let the last position be the greatest."""
        publication = self.lock(session)
        publication.last_position = max(self.positions(session))

    def begin_epoch(self, session: Session) -> None:
        """Refuse all cursors that were handed out so far."""
        self.lock(session).epoch = secrets.randbits(EPOCH_BITS)

    def _pages(self, after: Cursor | None) -> Iterator[Change]:
        """Page by page, each of which looks anew whether the place to go on from is still the same."""
        while True:
            page = self._database.read(partial(_page, after=after))
            yield from page
            if len(page) < _PAGE:
                return
            after = Cursor.parse(page[-1].cursor)


def _start(session: Session, after: Cursor | None) -> tuple[int, int, int]:
    """The store's epoch, the position to go on from, and the last to go to. Raises InvalidCursorError."""
    publication = session.scalars(queries.publication()).one()
    epoch, last = publication.epoch, publication.last_position
    if after is None:
        return epoch, 0, last
    stamps = session.scalars(queries.stamps_at(after.position)).all()
    return epoch, position_after(after, epoch, last, stamps), last


def _page(session: Session, after: Cursor | None) -> list[Change]:
    epoch, start, last = _start(session, after)
    return [
        Change(scenario, SessionId(session_id), saved_at_ms, str(Cursor(epoch, position, check_of(stamp))))
        for scenario, session_id, saved_at_ms, position, stamp in session.execute(
            queries.published_after(start, last, _PAGE)
        )
    ]
