"""Writing a run of which less may be there already, as from a trace that was cut off when it was read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from swarmstore.contracts.imports import Outcome, PreparedFile
from swarmstore.db.operations import withdraw_sessions
from swarmstore.db.operations.import_batches import (
    Became,
    enter,
    entries_of,
    scenarios_of,
    session_of,
    source_of,
    write_lot,
)
from swarmstore.db.repositories import sessions, totals
from swarmstore.db.repositories.change_feed import locked_publication
from swarmstore.db.repositories.sessions import NewSession
from swarmstore.db.schema import ImportedFile, SessionRow
from swarmstore.db.schema.imports import COPIES
from swarmstore.errors import StoreUnavailableError
from swarmstore.model.session_ids import SessionId


def write_run(
    session: Session,
    file: PreparedFile,
    new: NewSession,
    begun_as: Sequence[str],
    replaces: Callable[[SessionRow], bool],
) -> Became:
    """Write a run unless it is there; see `ImportTarget.import_run`."""
    locked_publication(session)  # a trace and a part of it have other paths and ids: runs take turns
    source = file.source
    entries = entries_of(session, source.origin, [source.path, *begun_as])
    entry = next((entries[path] for path in (source.path, *begun_as) if path in entries), None)
    if entry is None:
        return write_lot(session, [file], [new], lambda: None)[0]
    earlier = session_of(session, entry)
    if earlier is None:  # what it taught is in the totals, and can no longer be told from the rest
        if entry.path != source.path:
            enter(session, [(source, None)])
        return Outcome.UNCHANGED, file.session_id
    if entry.path != source.path and not _is_part(session, earlier, {source.path, *begun_as}):
        return write_lot(session, [file], [new], lambda: None)[0]  # both begin alike and are other runs
    kept_id = SessionId(earlier.session_id)
    same_file = entry.path == source.path and entry.content_digest == source.digest
    if same_file or not replaces(earlier):
        return Outcome.UNCHANGED, kept_id
    scenarios_of(session, [new])
    counted_in = _withdrawn(session, earlier)
    written = sessions.insert_session(session.connection(), new, kept_id, counted=True)
    if written is None:
        raise StoreUnavailableError(f"session {kept_id!r} of {file.scenario!r} cannot be written; try again")
    withdraw_sessions.count_only_in(session, written.row_id, counted_in)
    parts = [part for part in entries.values() if part.session_row_id == earlier.id]
    enter(session, [*[(source_of(part), written.row_id) for part in parts], (source, written.row_id)])
    return Outcome.REPLACED, kept_id


def _is_part(session: Session, row: SessionRow, of_run: Collection[str]) -> bool:
    """Whether all that the ledger has of a session are parts of this run."""
    statement = select(ImportedFile.path).where(
        ImportedFile.session_row_id == row.id, ImportedFile.origin != COPIES
    )
    return set(session.scalars(statement)) <= set(of_run)


def _withdrawn(session: Session, row: SessionRow) -> list[int]:
    """Take a session out of the totals that count it; the ids of those."""
    locked = withdraw_sessions.LockedTotals(session, [row.scenario_id])
    counted_in = withdraw_sessions.counted_in(session, row.id)
    cached_in = withdraw_sessions.cached_in(session, [row.id])
    withdraw_sessions.withdraw(session, [row], remembered=False)
    for total in sorted(cached_in):
        totals.refold(session, locked[total])
    return counted_in
