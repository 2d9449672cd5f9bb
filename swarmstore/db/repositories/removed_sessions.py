"""Sessions that are removed, and what is kept of them: that they are known when somebody saves them again."""

from __future__ import annotations

from sqlalchemy import case, delete, exists, literal, select
from sqlalchemy.orm import Session

from swarmstore.db.dialects.base import dialect_of
from swarmstore.db.dialects.functions import database_now_ms, insert
from swarmstore.db.schema.sessions import RemovedSession, SessionRow, TotalSource
from swarmstore.db.statements.placed_rows import Rows, row_in, same_row
from swarmstore.model.removed_sessions import REPEATABLE_DAYS, Fate

_KEPT_MS = REPEATABLE_DAYS * 24 * 3600 * 1000
_FORGOTTEN_AT_ONCE = 1_000  # more than a call of pruning removes: the table does not grow


def remember_removed(session: Session, rows: Rows, *, forgotten: bool = False) -> None:
    """Keep what tells these sessions from others, which the same transaction deletes afterwards.

    Before it deletes their sources, which tell whether they count.
    """
    removed, sessions, sources = RemovedSession.table, SessionRow.table, TotalSource.table
    kept = [column.name for column in removed.columns if column.name in sessions.columns]
    counts = exists().where(same_row(sources.c.session_row_id, sessions.c.id))
    fate = literal(Fate.FORGOTTEN.value) if forgotten else case((counts, Fate.KEPT), else_=Fate.NOTHING)
    of_these = select(sessions.c.id, *[sessions.c[name] for name in kept], database_now_ms(), fate).where(
        row_in(sessions.c.id, "ids")
    )
    names = ["session_row_id", *kept, "removed_at_ms", "fate"]
    added = insert(dialect_of(session).name, removed).from_select(names, of_these)
    # a row id that was given out again, as by a sequence that a restore has left behind, is the new one's
    newest = added.on_conflict_do_update(
        index_elements=(key := list(removed.primary_key.columns.keys())),
        set_={name: added.excluded[name] for name in names if name not in key},
    )
    session.execute(newest, rows.named("ids"))
    oldest = select(removed.c.session_row_id).where(removed.c.removed_at_ms < database_now_ms() - _KEPT_MS)
    some = oldest.order_by(removed.c.removed_at_ms).limit(_FORGOTTEN_AT_ONCE)
    session.execute(delete(removed).where(removed.c.session_row_id.in_(some)))


def delete_rows(session: Session, rows: Rows) -> None:
    """Delete sessions, and that they count: their totals are locked, and no part of this."""
    for column in (TotalSource.table.c.session_row_id, SessionRow.table.c.id):
        session.execute(delete(column.table).where(row_in(column, "ids")), rows.named("ids"))
