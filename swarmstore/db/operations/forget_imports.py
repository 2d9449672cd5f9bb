"""Forgetting an import within a transaction: its sessions, the totals in its files, its ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, aliased

from swarmstore.db.dialects.functions import one_of
from swarmstore.db.operations.withdraw_sessions import Forgotten, LockedTotals
from swarmstore.db.repositories.all import Repositories
from swarmstore.db.schema.baselines import IMPORT_PREFIX, Baseline
from swarmstore.db.schema.declarative import table_of
from swarmstore.db.schema.imports import COPIES, ImportedFile
from swarmstore.db.schema.names import GLOBAL
from swarmstore.db.schema.rollups import TotalSource
from swarmstore.db.schema.sessions import RemovedSession, SessionRow
from swarmstore.db.statements import removed_sessions
from swarmstore.model.forgetting import in_baseline, no_import
from swarmstore.model.removed_sessions import Fate


def forget_import(repositories: Repositories, session: Session, origin: str) -> Forgotten:
    """Forget what was imported under a name.

    Raises SnapshotNotFoundError, BaselineError.
    """
    locked = LockedTotals(repositories, session)
    of_import = select(ImportedFile).where(ImportedFile.origin == origin, ImportedFile.origin != COPIES)
    files = session.scalars(of_import).all()
    parts = session.scalars(select(Baseline).where(Baseline.origin == IMPORT_PREFIX + origin)).all()
    if not files and not parts:
        known = select(ImportedFile.origin).where(ImportedFile.origin != COPIES).distinct()
        raise no_import(origin, session.scalars(known.order_by(ImportedFile.origin)).all())
    became = {file.session_row_id: file for file in files if file.session_row_id is not None}
    rows = repositories.sessions.lock(session, list(became))
    locked.add({row.scenario_id for row in rows} | {part.scenario_id for part in parts})
    if locked.with_baseline():
        _refuse_removed(locked, origin, became, rows)
    others = _others(session, origin)
    leaving = [row for row in rows if row.id not in others]
    staying = [row for row in rows if row.id in others]
    changed = {part.scenario_id for part in parts} | locked.cached_in([row.id for row in leaving])
    changed |= _hand_over(repositories, locked, staying, became, others)
    locked.withdraw(leaving, remembered=False)
    session.execute(delete(Baseline).where(Baseline.id.in_([part.id for part in parts])))
    session.execute(delete(ImportedFile).where(ImportedFile.origin == origin))
    locked.rebuild(changed)
    affected = {total for row in rows for total in (GLOBAL, row.scenario_id)}
    return Forgotten(locked, leaving, 0, affected | changed)  # what did not count was in the files' totals


def _refuse_removed(
    locked: LockedTotals, origin: str, became: Mapping[int, ImportedFile], rows: Sequence[SessionRow]
) -> None:
    """Refuse an import that baselines have something of. Raises BaselineError.

    A session that counted was removed, or a file that has changed since has replaced it.
    """
    counted = [row_id for row_id, file in became.items() if file.counted]
    there = [row.id for row in rows if became[row.id].counted]
    nothing = select(RemovedSession.session_row_id).where(
        one_of(RemovedSession.session_row_id.expression, "ids", counted), RemovedSession.fate == Fate.NOTHING
    )
    gone = set(counted).difference(there, locked.session.scalars(nothing))
    replaced = removed_sessions.kept_before(same_content=False)
    gone |= set(locked.session.scalars(replaced, {"ids": locked.uncounted(there)}))
    if gone:
        first = min(became[row_id].path for row_id in gone)
        raise in_baseline(f"the import {origin!r}, {len(gone):,} of whose files ({first!r} is one)")


def _others(session: Session, origin: str) -> dict[int, ImportedFile]:
    """By row id, sessions that another import has the very same file of, and that import's entry.

    It would have them, had this one not been there before.
    """
    ours, theirs = aliased(ImportedFile), aliased(ImportedFile)
    same = (
        select(ours.session_row_id, theirs)
        .join(theirs, theirs.path_hash == ours.path_hash)
        .where(
            ours.origin == origin,
            ours.session_row_id.is_not(None),
            theirs.content_digest == ours.content_digest,
            theirs.origin.not_in([origin, COPIES]),
            theirs.session_row_id.is_(None),
        )
        .order_by(theirs.origin.desc())
    )
    found = session.execute(same)  # of several the first by name, which comes last
    return {row_id: file for row_id, file in found if row_id is not None}


def _hand_over(
    repositories: Repositories,
    locked: LockedTotals,
    rows: Sequence[SessionRow],
    became: Mapping[int, ImportedFile],
    others: Mapping[int, ImportedFile],
) -> set[int]:
    """Let sessions be those of other imports, and count as those say; the totals to make anew."""
    session = locked.session
    for row in rows:
        file, files = others[row.id], table_of(ImportedFile)
        entry = (files.c.origin == file.origin, files.c.path_hash == file.path_hash)
        session.execute(update(files).where(*entry).values(session_row_id=row.id))
    joining = [row for row in rows if others[row.id].counted and not became[row.id].counted]
    repositories.totals.add_pending(session, [(row.id, row.scenario_id) for row in joining])
    leaving = [row.id for row in rows if became[row.id].counted and not others[row.id].counted]
    cached = locked.cached_in(leaving)
    sources = table_of(TotalSource)
    session.execute(delete(sources).where(one_of(sources.c.session_row_id, "ids")), {"ids": leaving})
    return cached
