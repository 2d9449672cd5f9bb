"""Publishing sessions to followers: committed ones get positions without gaps, under one lock.

Row ids are no cursor: a session may commit after one with a higher row id, behind a follower's
back. A position is given to rows that are already committed, by one publisher at a time, and
publishers commit in the order of their positions: what is visible is always a beginning.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from sqlalchemy.orm import Session

from swarmstore.db.queries import following as queries
from swarmstore.db.tables import Publication
from swarmstore.db.transactions import Database
from swarmstore.following import Change, Cursor, position_after
from swarmstore.model.ids import SessionId

_PAGE = 500  # sessions read at once: nothing stays open between pages
_BATCH = 10_000  # sessions published in one transaction


def changes(database: Database, after: str | None) -> Iterator[Change]:
    """Publish what is committed, and give what lies behind the cursor (see `Followable.changes`).

    Raises InvalidCursorError before anything is returned.
    """
    cursor = None if after is None else Cursor.parse(after)
    publication, unpublished = database.read(_look)
    start = position_after(cursor, publication.store_id, publication.last_position)
    while unpublished:  # looked for first: a read-only role and a replica follow what others publish
        unpublished = database.write(_publish) == _BATCH
    return _behind(database, publication.store_id, start)


def identity(session: Session) -> str:
    """The store's own text (see `Identified.identity`)."""
    return session.scalars(queries.publication()).one().store_id.hex()


def _look(session: Session) -> tuple[Publication, bool]:
    unpublished = session.scalar(queries.unpublished()) is not None
    return session.scalars(queries.publication()).one(), unpublished


def _publish(session: Session) -> int:
    # a statement of its own: what commits while it waits for the lock is seen by the next one
    locked = queries.publication().with_for_update(key_share=True)
    publication = session.scalars(locked.execution_options(populate_existing=True)).one()
    made = session.connection().execute(queries.publish(_BATCH), {"last": publication.last_position})
    publication.last_position += made.rowcount
    session.flush()
    return made.rowcount


def _behind(database: Database, store: bytes, position: int) -> Iterator[Change]:
    while True:
        page = database.read(partial(_page, store=store, after=position))
        yield from page
        if len(page) < _PAGE:
            return
        position = Cursor.parse(page[-1].cursor).position


def _page(session: Session, store: bytes, after: int) -> list[Change]:
    return [
        Change(scenario, SessionId(session_id), saved_at_ms, str(Cursor(store, position)))
        for scenario, session_id, saved_at_ms, position in session.execute(
            queries.published_after(after, _PAGE)
        )
    ]
