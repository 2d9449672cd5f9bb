"""Writing lots of an import: sessions, and the entries of their files in the ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from swarmstore.contracts.imports import Outcome, PreparedFile, SourceFile
from swarmstore.db.dialects.functions import database_now_ms, insert
from swarmstore.db.dialects.registry import dialect_of
from swarmstore.db.mapping.content_digest import DIGEST_VERSION, same_content
from swarmstore.db.repositories import sessions, totals
from swarmstore.db.repositories.scenarios import find_scenario, text_hash
from swarmstore.db.repositories.sessions import NewSession
from swarmstore.db.schema import ImportedFile, SessionRow, table_of
from swarmstore.db.statements import sessions as queries
from swarmstore.db.statements.removed_sessions import removed_ids
from swarmstore.errors import StoreUnavailableError
from swarmstore.model.session_ids import SessionId, free_ids
from swarmstore.model.validation import check_session_id

Became = tuple[Outcome, SessionId]
"""What became of a file, and the id that its session has now."""
_PATHS = 500  # in one statement


def write_lot(
    session: Session,
    files: Sequence[PreparedFile],
    new: Sequence[NewSession],
    placed: Callable[[], None],
) -> list[Became]:
    """Write the sessions of files in their order; what became of each.

    New ones under free ids, which most are, are written together, and any other by itself: the newest
    session is the one that was written last. placed: called when they have all the row ids they will
    have, and nobody else can be writing what is left to be written.
    """
    scenarios = scenarios_of(session, new)
    entries = entries_of(session, files[0].source.origin, [file.source.path for file in files])
    taken = _taken(session, files, scenarios)

    def is_free(pair: tuple[PreparedFile, NewSession]) -> bool:
        file, _ = pair
        key = (file.scenario, file.session_id)
        if file.source.path in entries or key in taken:
            return False
        taken.add(key)  # by the first of two files that have one id
        return True

    outcomes: list[Became] = []
    for free, run in groupby(zip(files, new, strict=True), is_free):
        pairs = list(run)
        together = (
            _place_together(session, pairs, scenarios, placed if len(pairs) == len(files) else None)
            if free
            else {}
        )
        outcomes += [
            together.get(file.source.path)
            or _place_alone(session, file, of_file, scenarios[file.scenario], entries.get(file.source.path))
            for file, of_file in pairs
        ]
    placed()
    return outcomes


def _place_together(
    session: Session,
    pairs: Sequence[tuple[PreparedFile, NewSession]],
    scenarios: Mapping[str, int],
    placed: Callable[[], None] | None,
) -> dict[str, Became]:
    """Write files that were never imported and whose ids are free; what became of them, by path.

    Those whose ids somebody else has taken in this moment are left out. placed: as
    `sessions.insert_sessions` has it.
    """
    row_ids = sessions.insert_sessions(
        session,
        [
            (of_file, file.session_id, scenarios[file.scenario], file.source.counted)
            for file, of_file in pairs
        ],
        placed,
    )
    added = [(file, row) for (file, _), row in zip(pairs, row_ids, strict=True) if row is not None]
    enter(session, [(file.source, row_id) for file, row_id in added])
    return {file.source.path: (Outcome.ADDED, file.session_id) for file, _ in added}


def _place_alone(
    session: Session, file: PreparedFile, new: NewSession, scenario_id: int, entry: ImportedFile | None
) -> Became:
    """Write one file, whatever was there before."""
    source = file.source
    earlier = session_of(session, entry)
    if entry is not None and not entry.repeated and _is_same(entry, earlier, new):
        if entry.content_digest != source.digest:  # the same, written in another way
            enter(session, [(source, entry.session_row_id)])
        return Outcome.UNCHANGED, file.session_id if earlier is None else SessionId(earlier.session_id)
    outcome, row_id, kept_id = _place(session, source, new, file.session_id, scenario_id, earlier)
    # a session that was there before belongs to somebody else: a changed file must not replace it
    enter(session, [(source, None if outcome is Outcome.UNCHANGED else row_id)])
    return outcome, kept_id


def _is_same(entry: ImportedFile, earlier: SessionRow | None, new: NewSession) -> bool:
    """Whether a file holds what was imported of it, as far as that is known."""
    if entry.snapshot_digest is not None and entry.digest_version is not None:
        return same_content(entry.digest_version, entry.snapshot_digest, new.rows)
    return earlier is not None and sessions.is_same(earlier, new)


def _place(
    session: Session,
    source: SourceFile,
    new: NewSession,
    session_id: SessionId,
    scenario_id: int,
    earlier: SessionRow | None,
) -> tuple[Outcome, int, SessionId]:
    """Write the session where it belongs: what became of it, its row id, its session id."""
    if earlier is not None and totals.release_sessions(session, earlier.scenario_id, [earlier.id]):
        kept_id = SessionId(earlier.session_id)
        written = sessions.insert_session(session.connection(), new, kept_id)
        if written is not None:
            return Outcome.REPLACED, written.row_id, kept_id
    candidates = free_ids(session_id)
    while True:
        candidate = SessionId(check_session_id(next(candidates)))
        written = sessions.insert_session(session.connection(), new, candidate, counted=source.counted)
        if written is not None:
            outcome = Outcome.ADDED if candidate == session_id else Outcome.RENAMED
            return outcome, written.row_id, candidate
        found = sessions.find_session(session, scenario_id, candidate)
        if found is None:
            sessions.refuse_forgotten(session, new, candidate)
        elif sessions.is_same(found, new):
            return Outcome.UNCHANGED, found.id, candidate


def entries_of(session: Session, origin: str, paths: Sequence[str]) -> dict[str, ImportedFile]:
    """The entries of files of one origin, by path."""
    found: dict[str, ImportedFile] = {}
    for start in range(0, len(paths), _PATHS):
        hashes = [text_hash(path) for path in paths[start : start + _PATHS]]
        of_some = select(ImportedFile).where(
            ImportedFile.origin == origin, ImportedFile.path_hash.in_(hashes)
        )
        found |= {row.path: row for row in session.scalars(of_some)}
    return found


def source_of(entry: ImportedFile) -> SourceFile:
    """The file that an entry stands for."""
    content = entry.snapshot_digest if entry.digest_version == DIGEST_VERSION else None
    return SourceFile(entry.origin, entry.path, entry.content_digest, entry.counted, content, entry.repeated)


def scenarios_of(session: Session, new: Sequence[NewSession]) -> dict[str, int]:
    """The ids of the scenarios of these sessions, once all that they rely on has been looked for.

    Raises StoreUnavailableError where some of it is missing.
    """
    found = {
        name: find_scenario(session, name) for name in dict.fromkeys(of_file.scenario for of_file in new)
    }
    ids = {name: scenario_id for name, scenario_id in found.items() if scenario_id is not None}
    if len(ids) < len(found) or not sessions.names_are_known(session, [of_file.rows for of_file in new]):
        raise StoreUnavailableError(
            "the database lacks names that this import has written: it was restored from a backup meanwhile; "
            "import again"
        )
    return ids


def _taken(
    session: Session, files: Sequence[PreparedFile], scenarios: Mapping[str, int]
) -> set[tuple[str, SessionId]]:
    """Which of these files' session ids there are already or were removed, with their scenarios."""
    wanted = defaultdict[str, list[SessionId]](list)
    for file in files:
        wanted[file.scenario].append(file.session_id)
    return {
        (scenario, SessionId(found))
        for scenario, ids in wanted.items()
        for statement in (queries.taken_ids, removed_ids)
        for found in session.scalars(statement(scenarios[scenario], ids))
    }


def session_of(session: Session, entry: ImportedFile | None) -> SessionRow | None:
    """The session that an earlier import of the same file saved, if it is still there."""
    if entry is None or entry.session_row_id is None:
        return None
    return session.get(SessionRow, entry.session_row_id)


def enter(session: Session, files: Sequence[tuple[SourceFile, int | None]]) -> None:
    """Enter files, with the row ids of the sessions that they have become."""
    if not files:
        return
    key = ("origin", "path_hash")
    insertion = insert(dialect_of(session).name, table_of(ImportedFile)).values(
        imported_at_ms=database_now_ms()
    )
    names = (
        "content_digest",
        "snapshot_digest",
        "digest_version",
        "repeated",
        "counted",
        "session_row_id",
        "imported_at_ms",
    )
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
                "snapshot_digest": source.content,
                "digest_version": None if source.content is None else DIGEST_VERSION,
                "repeated": source.repeated,
                "counted": source.counted,
                "session_row_id": row_id,
            }
            for source, row_id in files
        ],
    )
