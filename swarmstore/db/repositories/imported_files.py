"""The import ledger within a transaction: which files were imported, and what they became."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from swarmstore.contracts.imports import SourceFile
from swarmstore.db.connection.transactions import Database
from swarmstore.db.dialects.functions import database_now_ms, insert
from swarmstore.db.mapping.content_digest import DIGEST_VERSION
from swarmstore.db.repositories.scenarios import text_hash
from swarmstore.db.schema.imports import ImportedFile
from swarmstore.db.schema.sessions import SessionRow

_KEY = ("origin", "path_hash")


class ImportedFileRepository:
    """Entries of imported files, by the name of their store and their path."""

    def __init__(self, database: Database) -> None:
        self._dialect = database.dialect

    def find_all(self, session: Session, origin: str, paths: Sequence[str]) -> dict[str, ImportedFile]:
        """Find the entries of a batch of files of one origin, by path."""
        hashes = list(map(text_hash, paths))
        these = select(ImportedFile).where(ImportedFile.origin == origin, ImportedFile.path_hash.in_(hashes))
        return {row.path: row for row in session.scalars(these)}

    def find_session(self, session: Session, entry: ImportedFile | None) -> SessionRow | None:
        """Find the session that an earlier import of the same file saved, if it is still there."""
        if entry is None or entry.session_row_id is None:
            return None
        return session.get(SessionRow, entry.session_row_id)

    def list_origins(self, session: Session) -> list[str]:
        """List the names of all stores imported so far, in byte order."""
        return list(session.scalars(select(ImportedFile.origin).distinct().order_by(ImportedFile.origin)))

    def list_sources(self, session: Session, origin: str) -> dict[str, SourceFile]:
        """List the files imported from a store, by path."""
        of_store = select(ImportedFile).where(ImportedFile.origin == origin)
        return {row.path: source_of(row) for row in session.scalars(of_store)}

    def add(self, session: Session, files: Sequence[tuple[SourceFile, int | None]]) -> None:
        """Add or renew the entries of files, with the row ids of the sessions that they have become."""
        if not files:
            return
        table = ImportedFile.table
        added = insert(self._dialect.name, table).values(imported_at_ms=database_now_ms())
        kept = (*_KEY, "path")
        renewed = {column.name: column for column in added.excluded if column.name not in kept}
        statement = added.on_conflict_do_update(index_elements=_KEY, set_=renewed)
        session.execute(
            statement,
            [
                {
                    "origin": source.origin,
                    "path_hash": text_hash(source.path),
                    "path": source.path,
                    "content_digest": source.digest,
                    "snapshot_digest": source.content,
                    "digest_version": None if source.content is None else DIGEST_VERSION,
                    "repeated": source.repeated,
                    "counted": source.counted,
                    "session_row_id": row_id,
                }
                for source, row_id in files
            ],
        )


def source_of(entry: ImportedFile) -> SourceFile:
    """The file that an entry stands for."""
    digest, content = entry.content_digest, entry.snapshot_digest
    return SourceFile(entry.origin, entry.path, digest, entry.counted, content, entry.repeated)
