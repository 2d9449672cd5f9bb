"""The import ledger in SQL: each imported file and its entry in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from swarmstore.db import models, sessions, totals
from swarmstore.db.dialects import database_now_ms, dialect_of, insert
from swarmstore.db.folding import Folding
from swarmstore.db.scenarios import GLOBAL, text_hash
from swarmstore.db.sessions import NewSession
from swarmstore.db.tables import ImportedFile, SessionRow, table_of
from swarmstore.ledger import Outcome, SourceFile
from swarmstore.model.ids import SessionId, free_ids
from swarmstore.model.keys import GlobalKey, TotalKey
from swarmstore.model.offline import OfflineModel
from swarmstore.model.snapshot import LearningSnapshot
from swarmstore.model.validation import check_model, check_session, check_session_id, check_sum, check_text

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

    def import_session(
        self, source: SourceFile, scenario: str, session_id: SessionId, snapshot: LearningSnapshot
    ) -> tuple[Outcome, SessionId]:
        """Save a session with its entry; what became of it, and its id."""
        check_text("scenario", scenario)
        check_session_id(session_id)
        check_session(snapshot)
        new = self._storage.new_session(scenario, snapshot)

        def work(session: Session) -> tuple[Outcome, SessionId, dict[int, int]]:
            entry = _entry(session, source.origin, source.path)
            earlier = _session_of(session, entry)
            if entry is not None and entry.content_digest == source.digest:
                kept_id = session_id if earlier is None else SessionId(earlier.session_id)
                return Outcome.UNCHANGED, kept_id, {}
            outcome, row_id, taken_id = _place(session, source, new, session_id, earlier)
            # a session that was there before belongs to somebody else: a changed file must not replace it
            _enter(session, source, None if outcome is Outcome.UNCHANGED else row_id)
            fold_at = self._database.settings.fold_at
            waiting = totals.waiting_sessions(session, new.scenario_id, fold_at) if source.counted else {}
            return outcome, taken_id, waiting

        outcome, kept_id, waiting = self._database.write(work, patient=True)
        self._folding.fold_when_due(waiting)
        return outcome, kept_id

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
            _enter(session, source, None)
            return Outcome.REPLACED if replaced else Outcome.ADDED

        return self._database.write(work, patient=True)

    def import_model(self, source: SourceFile, scenario: str, model: OfflineModel) -> Outcome:
        """Keep a model unless a newer one is there."""
        check_text("scenario", scenario)
        check_model(model)
        scenario_id = self._storage.scenario_ids.ensure(scenario)

        def work(session: Session) -> Outcome:
            before = models.load_model(session, scenario_id)
            _enter(session, source, None)
            if before is not None and before.updated_at >= model.updated_at:
                return Outcome.UNCHANGED
            models.save_model(session, scenario_id, model)
            return Outcome.ADDED if before is None else Outcome.REPLACED

        return self._database.write(work, patient=True)


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
        row_id = sessions.insert_session(session, new, kept_id)
        if row_id is not None:
            return Outcome.REPLACED, row_id, kept_id
    candidates = free_ids(session_id)
    while True:
        candidate = SessionId(check_session_id(next(candidates)))
        row_id = sessions.insert_session(session, new, candidate, new.totals() if source.counted else ())
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


def _session_of(session: Session, entry: ImportedFile | None) -> SessionRow | None:
    """The session that an earlier import of the same file saved, if it is still there."""
    if entry is None or entry.session_row_id is None:
        return None
    return session.get(SessionRow, entry.session_row_id)


def _enter(session: Session, source: SourceFile, row_id: int | None) -> None:
    row = {
        "content_digest": source.digest,
        "counted": source.counted,
        "session_row_id": row_id,
        "imported_at_ms": database_now_ms(),
    }
    key = {"origin": source.origin, "path_hash": text_hash(source.path)}
    statement = insert(dialect_of(session), table_of(ImportedFile)).values(**key, path=source.path, **row)
    session.execute(statement.on_conflict_do_update(index_elements=list(key), set_=row))
