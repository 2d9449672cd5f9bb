"""Writing a run of which less may be there already, as from a trace that was cut off when it was read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from swarmstore.contracts.imports import Outcome
from swarmstore.db.operations.import_batches import BatchWriter, Became, FileSession
from swarmstore.db.operations.withdraw_sessions import LockedTotals
from swarmstore.db.repositories.all import Repositories
from swarmstore.db.repositories.imported_files import source_of
from swarmstore.db.schema import ImportedFile, SessionRow
from swarmstore.db.schema.imports import COPIES
from swarmstore.errors import StoreUnavailableError
from swarmstore.model.session_ids import SessionId


def write_run(
    repositories: Repositories,
    session: Session,
    run: FileSession,
    begun_as: Sequence[str],
    replaces: Callable[[SessionRow], bool],
) -> Became:
    """Write a run unless it is there; see `ImportTarget.import_run`."""
    repositories.change_feed.lock(session)  # a trace and a part of it have other paths and ids
    files, writer = repositories.imported_files, BatchWriter(repositories, session)
    source = run.file.source
    entries = files.find_all(session, source.origin, [source.path, *begun_as])
    entry = next((entries[path] for path in (source.path, *begun_as) if path in entries), None)
    if entry is None:
        return writer.write([run], lambda: None)[0]
    earlier = files.find_session(session, entry)
    if earlier is None:  # what it taught is in the totals, and can no longer be told from the rest
        if entry.path != source.path:
            files.add(session, [(source, None)])
        return Outcome.UNCHANGED, run.file.session_id
    if entry.path != source.path and not _is_part(session, earlier, {source.path, *begun_as}):
        return writer.write([run], lambda: None)[0]  # both begin alike and are other runs
    kept_id = SessionId(earlier.session_id)
    same_file = entry.path == source.path and entry.content_digest == source.digest
    if same_file or not replaces(earlier):
        return Outcome.UNCHANGED, kept_id
    writer.find_scenarios([run.new])
    locked = LockedTotals(repositories, session, [earlier.scenario_id])
    counted_in, cached_in = locked.counted_in(earlier.id), locked.cached_in([earlier.id])
    locked.withdraw([earlier], remembered=False)
    locked.rebuild(cached_in)
    written = repositories.sessions.add(session.connection(), run.new, kept_id, counted=True)
    if written is None:
        scenario = run.file.scenario
        raise StoreUnavailableError(f"session {kept_id!r} of {scenario!r} cannot be written; try again")
    locked.count_only_in(written.row_id, counted_in)
    parts = [part for part in entries.values() if part.session_row_id == earlier.id]
    files.add(session, [*[(source_of(part), written.row_id) for part in parts], (source, written.row_id)])
    return Outcome.REPLACED, kept_id


def _is_part(session: Session, row: SessionRow, of_run: Collection[str]) -> bool:
    """Whether all that the ledger has of a session are parts of this run."""
    statement = select(ImportedFile.path).where(
        ImportedFile.session_row_id == row.id, ImportedFile.origin != COPIES
    )
    return set(session.scalars(statement)) <= set(of_run)
