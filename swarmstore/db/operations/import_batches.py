"""Writing batches and runs of an import: sessions, and the entries of their files in the ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from swarmstore.contracts.imports import Became, Outcome, SourceFile
from swarmstore.db.mapping.content_digest import same_content
from swarmstore.db.operations.withdraw_sessions import LockedTotals
from swarmstore.db.repositories.all import Repositories
from swarmstore.db.repositories.imported_files import source_of
from swarmstore.db.repositories.new_sessions import NewSession, PlacedSession
from swarmstore.db.schema.imports import COPIES, ImportedFile
from swarmstore.db.schema.sessions import SessionRow
from swarmstore.db.statements import sessions as queries
from swarmstore.db.statements.placed_rows import Rows
from swarmstore.db.statements.removed_sessions import removed_ids
from swarmstore.errors import StoreUnavailableError
from swarmstore.model.session_ids import SessionId, free_ids
from swarmstore.model.validation import check_session_id

_Place = tuple[str, SessionId]
"""A scenario, and a session's id in it."""
_Kept = tuple[Outcome, int, SessionId]
"""What became of a file, and the row id and id of the session that it has become or met."""


class FileSession(NamedTuple):
    """A file of an import, and its session as it is to be written."""

    source: SourceFile
    session_id: SessionId
    new: NewSession


class BatchWriter:
    """Writes batches within a transaction."""

    def __init__(self, repositories: Repositories, session: Session) -> None:
        self._session = session
        self._sessions, self._files = repositories.sessions, repositories.imported_files
        self._find_scenario = repositories.scenarios.find

    def write(self, batch: Sequence[FileSession]) -> list[Became]:
        """Write the sessions of files of one store in their order; what became of each.

        New ones under free ids, which most are, are written together, and any other by itself: the
        newest session is the one that was written last.
        """
        scenarios = self.find_scenarios([one.new for one in batch])
        origin = batch[0].source.origin
        entries = self._files.find_all(self._session, origin, [one.source.path for one in batch])
        taken, free = self._taken(batch, scenarios), list[bool]()
        for one in batch:
            place = (one.new.scenario, one.session_id)
            free.append(one.source.path not in entries and place not in taken)
            taken.add(place)  # by the first of two files that have one id
        outcomes: list[Became] = []
        for is_free, run in groupby(zip(free, batch, strict=True), key=itemgetter(0)):
            some = [one for _, one in run]
            together = self._write_together(some, scenarios) if is_free else {}
            outcomes += [
                together.get(one.source.path)
                or self._write_alone(one, scenarios[one.new.scenario], entries.get(one.source.path))
                for one in some
            ]
        return outcomes

    def find_scenarios(self, new: Sequence[NewSession]) -> dict[str, int]:
        """The ids of the scenarios of these sessions, once all that they rely on has been looked for.

        Raises StoreUnavailableError where some of it is missing.
        """
        names = dict.fromkeys(one.scenario for one in new)
        found = {name: self._find_scenario(self._session, name) for name in names}
        ids = {name: scenario_id for name, scenario_id in found.items() if scenario_id is not None}
        rows = [one.rows for one in new]
        if len(ids) < len(found) or not self._sessions.names_are_known(self._session, rows):
            raise StoreUnavailableError(
                "names that this import wrote are missing: the database was restored from a backup in the "
                "meantime; import again"
            )
        return ids

    def _taken(self, batch: Sequence[FileSession], scenarios: Mapping[str, int]) -> set[_Place]:
        """Which of these files' places have a session already or had one that was removed."""
        wanted = defaultdict[str, list[SessionId]](list)
        for one in batch:
            wanted[one.new.scenario].append(one.session_id)
        return {
            (scenario, SessionId(found))
            for scenario, ids in wanted.items()
            for statement in (queries.taken_ids, removed_ids)
            for found in self._session.scalars(statement(scenarios[scenario], ids))
        }

    def _write_together(
        self, batch: Sequence[FileSession], scenarios: Mapping[str, int]
    ) -> dict[str, Became]:
        """Write files that were never imported and whose ids are free; what became of them, by path.

        Those whose ids somebody else has taken in this moment are left out.
        """
        given = [
            PlacedSession(new, session_id, scenarios[new.scenario], source.counted)
            for source, session_id, new in batch
        ]
        row_ids = self._sessions.add_all(self._session, given)
        added = [(one, row_id) for one, row_id in zip(batch, row_ids, strict=True) if row_id is not None]
        self._files.add(self._session, [(one.source, row_id) for one, row_id in added])
        return {one.source.path: (Outcome.ADDED, one.session_id) for one, _ in added}

    def _write_alone(self, one: FileSession, scenario_id: int, entry: ImportedFile | None) -> Became:
        """Write one file, whatever was there before."""
        source = one.source
        earlier = self._files.find_session(self._session, entry)
        if entry is not None and not entry.repeated and _is_same(entry, earlier, one.new):
            if entry.content_digest != source.digest:  # the same, written in another way
                self._files.add(self._session, [(source, entry.session_row_id)])
            kept_id = one.session_id if earlier is None else SessionId(earlier.session_id)
            return Outcome.UNCHANGED, kept_id
        outcome, row_id, kept_id = self._replace(one, earlier) or self._add(one, scenario_id)
        # a session that was there before belongs to somebody else: a changed file must not replace it
        self._files.add(self._session, [(source, None if outcome is Outcome.UNCHANGED else row_id)])
        return outcome, kept_id

    def _replace(self, one: FileSession, earlier: SessionRow | None) -> _Kept | None:
        """Write the session in place of the file's earlier one, if that can be."""
        if earlier is None or not self._sessions.delete(self._session, Rows.of([earlier])):
            return None
        kept_id = SessionId(earlier.session_id)
        written = self._sessions.add(self._session.connection(), one.new, kept_id)
        return None if written is None else (Outcome.REPLACED, written.row_id, kept_id)

    def _add(self, one: FileSession, scenario_id: int) -> _Kept:
        """Write the session under its id or the next that is free, unless it is there."""
        session, counted = self._session, one.source.counted
        candidates = free_ids(one.session_id)
        while True:
            candidate = SessionId(check_session_id(next(candidates)))
            written = self._sessions.add(session.connection(), one.new, candidate, counted=counted)
            if written is not None:
                outcome = Outcome.ADDED if candidate == one.session_id else Outcome.RENAMED
                return outcome, written.row_id, candidate
            found = self._sessions.find(session, scenario_id, candidate)
            if found is None:
                self._sessions.refuse_forgotten(session, one.new, candidate)
            elif one.new.is_same_as(found):
                return Outcome.UNCHANGED, found.id, candidate


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
    source = run.source
    entries = files.find_all(session, source.origin, [source.path, *begun_as])
    entry = next((entries[path] for path in (source.path, *begun_as) if path in entries), None)
    if entry is None:
        return writer.write([run])[0]
    earlier = files.find_session(session, entry)
    if earlier is None:  # what it taught is in the totals, and can no longer be told from the rest
        if entry.path != source.path:
            files.add(session, [(source, None)])
        return Outcome.UNCHANGED, run.session_id
    of_earlier = select(ImportedFile.path).where(
        ImportedFile.session_row_id == earlier.id, ImportedFile.origin != COPIES
    )
    if entry.path != source.path and not {source.path, *begun_as}.issuperset(session.scalars(of_earlier)):
        return writer.write([run])[0]  # both begin alike and are other runs
    kept_id = SessionId(earlier.session_id)
    same_file = entry.path == source.path and entry.content_digest == source.digest
    if same_file or not replaces(earlier):
        return Outcome.UNCHANGED, kept_id
    writer.find_scenarios([run.new])
    locked = LockedTotals(repositories, session, [earlier.scenario_id])
    counted_in, cached_in = locked.counted_in(earlier), locked.cached_in([earlier])
    locked.withdraw([earlier], remembered=False)
    written = repositories.sessions.add(session.connection(), run.new, kept_id, counted=True)
    if written is None:
        where = f"session {kept_id!r} of {run.new.scenario!r}"
        raise StoreUnavailableError(f"{where} cannot be written; try again")
    row = Rows([written.row_id], [written.scenario_id])
    locked.count_only_in(row, counted_in)
    if repositories.database.is_spread:  # sources and rollups would be seen one after the other
        locked.fold_at_once(row)
        cached_in.update(counted_in)
    locked.rebuild(cached_in)
    parts = [part for part in entries.values() if part.session_row_id == earlier.id]
    files.add(session, [*[(source_of(part), written.row_id) for part in parts], (source, written.row_id)])
    return Outcome.REPLACED, kept_id


def _is_same(entry: ImportedFile, earlier: SessionRow | None, new: NewSession) -> bool:
    """Whether a file holds what was imported of it, as far as that is known."""
    if entry.snapshot_digest is not None and entry.digest_version is not None:
        return same_content(entry.digest_version, entry.snapshot_digest, new.rows)
    return earlier is not None and new.is_same_as(earlier)
