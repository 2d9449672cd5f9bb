"""Whether a database may be (further) filled by a copy: its mark of what the copies so far left.

A target is untouched, or holds what copies of this source brought and nothing of its own: else a
copy would take for removed from the source what somebody saved here.
"""

from __future__ import annotations

from hashlib import blake2b

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from swarmstore.db.dialects.base import Statement, dialect_of
from swarmstore.db.dialects.functions import database_now_ms, insert
from swarmstore.db.repositories.change_feed import ChangeFeed
from swarmstore.db.repositories.scenarios import text_hash
from swarmstore.db.schema.baselines import Baseline
from swarmstore.db.schema.imports import COPIES, ImportedFile
from swarmstore.db.schema.offline_models import OF_MODELS, OfflineModelRow
from swarmstore.db.schema.publication import Publication
from swarmstore.db.schema.sessions import RemovedSession, Rollup, Scenario, SessionRow, TotalSource
from swarmstore.errors import ConfigurationError

_PATH = "all"
IS_MARK: ColumnElement[bool] = ImportedFile.table.c.origin == COPIES


def claim(session: Session, store_id: bytes, highest: int) -> None:
    """Make an untouched database a copy of this store, or go on with one.

    highest: the greatest id of the source's sessions, which nobody else gets here.

    Raises ConfigurationError.
    """
    published = ChangeFeed.lock(session)
    if _mark(session) is not None and published.store_id == store_id:
        check_unused(session)
        mark(session, highest, finished=False)  # until this copy has brought over what totals are made of
    elif _is_untouched(session, published):
        published.store_id = store_id
        session.flush()
        mark(session, highest, finished=False)
    elif published.store_id == store_id:
        raise ConfigurationError(
            "the target of the copy is this store itself, or a backup of it; copy into an empty database"
        )
    else:
        raise ConfigurationError(
            "the target of the copy has something in it; copy into an empty database, "
            "or `swarmstore export` this store and `swarmstore import` it there"
        )


def check_unused(session: Session) -> None:
    """Refuse a copy that was used as a store of its own since. Raises ConfigurationError."""
    entry = _mark(session)
    newest = session.scalar(select(func.max(SessionRow.id))) or 0
    if entry is None or newest > (entry.session_row_id or 0) or entry.content_digest != _state(session):
        raise ConfigurationError(
            "the target of the copy was written to since it was copied, and is a store of its own now; "
            "copy into an empty database"
        )


def is_unfinished(session: Session) -> bool:
    """Whether a copy into this database was begun and not completed."""
    entry = _mark(session)
    return entry is not None and not entry.counted


def mark(session: Session, highest: int, *, finished: bool | None) -> None:
    """Note what the target looks like now. finished: None leaves that as it is."""
    entry = _mark(session)
    if entry is not None:
        highest = max(highest, entry.session_row_id or 0)
        finished = entry.counted if finished is None else finished
    dialect_of(session).reserve_ids(session.connection(), SessionRow.table, highest)
    row = {
        "content_digest": _state(session),
        "counted": bool(finished),
        "session_row_id": highest,
        "imported_at_ms": database_now_ms(),
    }
    key = {"origin": COPIES, "path_hash": text_hash(_PATH)}
    statement = insert(dialect_of(session).name, ImportedFile.table).values(**key, path=_PATH, **row)
    given = {name: statement.excluded[name] for name in row}
    session.execute(statement.on_conflict_do_update(index_elements=list(key), set_=given))


def _mark(session: Session) -> ImportedFile | None:
    return session.get(ImportedFile, (COPIES, text_hash(_PATH)), populate_existing=True)


def highest_session(session: Session) -> int:
    """The greatest row id that a session of this store has, or that totals know of one now gone."""
    named = (
        SessionRow.id,
        Baseline.newest_session_row,
        Rollup.newest_session_row,
        ImportedFile.session_row_id,
        RemovedSession.session_row_id,
    )
    return max(session.scalar(select(func.max(column))) or 0 for column in named)


def _is_untouched(session: Session, published: Publication) -> bool:
    used = (Scenario.id, SessionRow.id, Baseline.id, OfflineModelRow.scenario_id, ImportedFile.origin)
    return published.last_position == 0 and all(
        session.scalar(select(column).limit(1)) is None for column in used
    )


def _state(session: Session) -> bytes:
    """A digest of what every use of a store changes, apart from its sessions."""
    statements: list[Statement] = [
        select(Rollup.scenario_id, Rollup.contributors, Rollup.rollup_version).order_by(Rollup.scenario_id),
        *[select(*of.table.columns).order_by(*of.table.primary_key.columns) for of in OF_MODELS],
        select(func.count()).select_from(TotalSource),
        select(func.count()).select_from(ImportedFile).where(~IS_MARK),
    ]
    digest = blake2b(digest_size=16)
    for statement in statements:
        for row in session.execute(statement):
            digest.update(repr(tuple(row)).encode())
        digest.update(b"\n")
    return digest.digest()
