"""The import ledger in SQL: each imported file and its entry in one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import Future
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from swarmstore.db import collector, models, sessions, totals
from swarmstore.db.dialects import database_now_ms, dialect_of, insert
from swarmstore.db.folding import Folding
from swarmstore.db.queries import sessions as queries
from swarmstore.db.scenarios import GLOBAL, text_hash
from swarmstore.db.sessions import NewSession
from swarmstore.db.tables import ImportedFile, SessionRow, table_of
from swarmstore.ledger import Outcome, SessionFile, SourceFile
from swarmstore.model.ids import SessionId, free_ids
from swarmstore.model.keys import GlobalKey, TotalKey
from swarmstore.model.offline import OfflineModel
from swarmstore.model.snapshot import LearningSnapshot
from swarmstore.model.validation import check_model, check_session_id, check_sum, check_text

if TYPE_CHECKING:
    from swarmstore.db.storage import SqlStorage

_ORIGIN_PREFIX = "import:"


class SqlImport:
    """Imports into one SqlStorage (see `ImportTarget`)."""

    def __init__(self, storage: SqlStorage, folding: Folding) -> None:
        self._storage = storage
        self._folding = folding
        self._database = storage.database

    def identity(self) -> str:
        """The store's own."""
        return self._storage.identity()

    def is_empty(self) -> bool:
        """Whether nothing was ever saved."""
        return not self._storage.scenarios() and not self._storage.exists(GlobalKey())

    def origins(self) -> list[str]:
        """All stores imported so far, in byte order."""
        statement = select(ImportedFile.origin).distinct().order_by(ImportedFile.origin)
        return self._database.read(lambda session: list(session.scalars(statement)))

    def entries(self, origin: str) -> dict[str, SourceFile]:
        """The files imported from a store, by path."""
        statement = select(ImportedFile).where(ImportedFile.origin == origin)

        def work(session: Session) -> dict[str, SourceFile]:
            return {row.path: _source(row) for row in session.scalars(statement)}

        return self._database.read(work)

    def entry(self, origin: str, path: str) -> SourceFile | None:
        """One file of a store, None when it was not imported."""
        row = self._database.read(lambda session: _entry(session, origin, path))
        return None if row is None else _source(row)

    def import_sessions(self, files: Sequence[SessionFile]) -> list[tuple[Outcome, SessionId]]:
        """Save sessions with their entries; what became of each, and its id."""
        return self.begin_sessions(files).result()

    def begin_sessions(
        self, files: Sequence[SessionFile], after: Future[Any] | None = None
    ) -> Future[list[tuple[Outcome, SessionId]]]:
        """Begin to save sessions with their entries, once `after` has ended.

        New ones under free ids, which most are, are written together, and any other by itself.
        """
        with collector.put_off():
            new = self._storage.new_sessions([(file.scenario, file.snapshot) for file in files])
        count_to = self._folding.count_to

        def work(session: Session) -> tuple[list[tuple[Outcome, SessionId]], dict[int, int]]:
            entries = _entries(session, files)
            taken = _taken(session, files, new)

            def is_free(pair: tuple[SessionFile, NewSession]) -> bool:
                file, of_file = pair
                return file.source.path not in entries and (of_file.scenario_id, file.session_id) not in taken

            outcomes = []
            # in their order, whichever way: the newest session is the one that was written last
            for free, run in groupby(zip(files, new, strict=True), is_free):
                pairs = list(run)
                placed = _place_together(session, pairs) if free else {}
                outcomes += [
                    placed.get(file.source.path)
                    or _place_alone(session, file, of_file, entries.get(file.source.path))
                    for file, of_file in pairs
                ]
            waiting: dict[int, int] = {}
            counted = [of.scenario_id for of, file in zip(new, files, strict=True) if file.source.counted]
            for scenario_id in dict.fromkeys(counted):
                waiting |= totals.waiting_sessions(session.connection(), scenario_id, count_to)
            return outcomes, waiting

        def save() -> list[tuple[Outcome, SessionId]]:
            if after is not None:
                after.result()
            with collector.put_off():
                outcomes, waiting = self._database.write(work, patient=True)
            self._folding.fold_when_due(waiting, saved=len(files))
            return outcomes

        return self._database.begin(save)

    def import_total(self, source: SourceFile, key: TotalKey, snapshot: LearningSnapshot) -> Outcome:
        """Carry a snapshot in a total for its origin."""
        check_sum(snapshot)
        if not isinstance(key, GlobalKey):
            check_text("scenario", key.scenario)
        rows = self._storage.rows_of(snapshot)
        total = GLOBAL if isinstance(key, GlobalKey) else self._storage.scenario_ids.ensure(key.scenario)

        def work(session: Session) -> Outcome:
            folded = totals.lock_totals(session, [total])[total]
            replaced = totals.carry(session, folded, _ORIGIN_PREFIX + source.origin, rows)
            totals.refold(session, folded)
            _enter(session, [(source, None)])
            return Outcome.REPLACED if replaced else Outcome.ADDED

        return self._database.write(work, patient=True)

    def import_model(self, source: SourceFile, scenario: str, model: OfflineModel) -> Outcome:
        """Keep a model unless a newer one is there."""
        check_text("scenario", scenario)
        check_model(model)
        scenario_id = self._storage.scenario_ids.ensure(scenario)

        def work(session: Session) -> Outcome:
            before = models.load_model(session, scenario_id)
            _enter(session, [(source, None)])
            if before is not None and before.updated_at >= model.updated_at:
                return Outcome.UNCHANGED
            models.save_model(session, scenario_id, model)
            return Outcome.ADDED if before is None else Outcome.REPLACED

        return self._database.write(work, patient=True)


def _place_together(
    session: Session, pairs: Sequence[tuple[SessionFile, NewSession]]
) -> dict[str, tuple[Outcome, SessionId]]:
    """Write files that were never imported and whose ids are free; what became of them, by path.

    Those whose ids somebody else has taken in this moment are left out.
    """
    row_ids = sessions.insert_sessions(
        session,
        [
            (of_file, file.session_id, of_file.totals() if file.source.counted else ())
            for file, of_file in pairs
        ],
    )
    added = [(file, row) for (file, _), row in zip(pairs, row_ids, strict=True) if row is not None]
    _enter(session, [(file.source, row_id) for file, row_id in added])
    return {file.source.path: (Outcome.ADDED, file.session_id) for file, _ in added}


def _place_alone(
    session: Session, file: SessionFile, new: NewSession, entry: ImportedFile | None
) -> tuple[Outcome, SessionId]:
    """Write one file, whatever was there before."""
    source = file.source
    earlier = _session_of(session, entry)
    if entry is not None and entry.content_digest == source.digest:
        return Outcome.UNCHANGED, file.session_id if earlier is None else SessionId(earlier.session_id)
    outcome, row_id, kept_id = _place(session, source, new, file.session_id, earlier)
    # a session that was there before belongs to somebody else: a changed file must not replace it
    _enter(session, [(source, None if outcome is Outcome.UNCHANGED else row_id)])
    return outcome, kept_id


def _place(
    session: Session,
    source: SourceFile,
    new: NewSession,
    session_id: SessionId,
    earlier: SessionRow | None,
) -> tuple[Outcome, int, SessionId]:
    """Write the session where it belongs: what became of it, its row id, its session id."""
    if earlier is not None:
        kept_id = SessionId(earlier.session_id)
        totals.release_sessions(session, earlier.scenario_id, [earlier.id])
        row_id = sessions.insert_session(session.connection(), new, kept_id)
        if row_id is not None:
            return Outcome.REPLACED, row_id, kept_id
    candidates = free_ids(session_id)
    while True:
        candidate = SessionId(check_session_id(next(candidates)))
        row_id = sessions.insert_session(
            session.connection(), new, candidate, new.totals() if source.counted else ()
        )
        if row_id is not None:
            outcome = Outcome.ADDED if candidate == session_id else Outcome.RENAMED
            return outcome, row_id, candidate
        found = sessions.find_session(session, new.scenario_id, candidate)
        if found is not None and found.content_digest == new.digest:
            return Outcome.UNCHANGED, found.id, candidate


def _source(row: ImportedFile) -> SourceFile:
    return SourceFile(row.origin, row.path, row.content_digest, row.counted)


def _entry(session: Session, origin: str, path: str) -> ImportedFile | None:
    return session.get(ImportedFile, (origin, text_hash(path)))


def _entries(session: Session, files: Sequence[SessionFile]) -> dict[str, ImportedFile]:
    """The entries of these files, all of one origin, by path."""
    statement = select(ImportedFile).where(
        ImportedFile.origin == files[0].source.origin,
        ImportedFile.path_hash.in_([text_hash(file.source.path) for file in files]),
    )
    return {row.path: row for row in session.scalars(statement)}


def _taken(
    session: Session, files: Sequence[SessionFile], new: Sequence[NewSession]
) -> set[tuple[int, SessionId]]:
    """Which of these files' session ids there are already, with their scenarios."""
    wanted = defaultdict[int, list[SessionId]](list)
    for file, of_file in zip(files, new, strict=True):
        wanted[of_file.scenario_id].append(file.session_id)
    return {
        (scenario_id, SessionId(found))
        for scenario_id, ids in wanted.items()
        for found in session.scalars(queries.taken_ids(scenario_id, ids))
    }


def _session_of(session: Session, entry: ImportedFile | None) -> SessionRow | None:
    """The session that an earlier import of the same file saved, if it is still there."""
    if entry is None or entry.session_row_id is None:
        return None
    return session.get(SessionRow, entry.session_row_id)


def _enter(session: Session, placed: Sequence[tuple[SourceFile, int | None]]) -> None:
    """Enter files, with the row ids of the sessions that they have become."""
    if not placed:
        return
    key = ("origin", "path_hash")
    insertion = insert(dialect_of(session), table_of(ImportedFile)).values(imported_at_ms=database_now_ms())
    names = ("content_digest", "counted", "session_row_id", "imported_at_ms")
    statement = insertion.on_conflict_do_update(
        index_elements=key, set_={name: insertion.excluded[name] for name in names}
    )
    session.execute(
        statement,
        [
            {
                "origin": source.origin,
                "path_hash": text_hash(source.path),
                "path": source.path,
                "content_digest": source.digest,
                "counted": source.counted,
                "session_row_id": row_id,
            }
            for source, row_id in placed
        ],
    )
