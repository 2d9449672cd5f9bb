"""The import ledger in SQL: each imported file and its entry in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from secrets import token_bytes
from typing import TypeVar

from sqlalchemy.orm import Session

from swarmstore.contracts.imports import Became, Outcome, PreparedBatch, PreparedFile, SessionFile, SourceFile
from swarmstore.db.connection import paused_gc
from swarmstore.db.mapping.content_digest import content_digest
from swarmstore.db.mapping.rows import Names, SnapshotRows, sequence_id, to_rows
from swarmstore.db.operations.fold_totals import Folding
from swarmstore.db.operations.import_batches import BatchWriter, FileSession, write_run
from swarmstore.db.operations.prepare_sessions import Preparation
from swarmstore.db.operations.save_session import Saver
from swarmstore.db.repositories.all import Repositories
from swarmstore.db.repositories.new_sessions import NewSession
from swarmstore.db.schema.baselines import IMPORT_PREFIX
from swarmstore.db.schema.sessions import GLOBAL, SessionRow
from swarmstore.model.keys import GlobalKey, TotalKey
from swarmstore.model.limits import check_text
from swarmstore.model.memo import Memo
from swarmstore.model.offline_model import OfflineModel, check_model
from swarmstore.model.snapshot import LearningSnapshot
from swarmstore.model.validation import check_sum

_REMEMBERED = 10_000
_Result = TypeVar("_Result")


class SqlImport:
    """Imports into one database (see `ImportTarget`)."""

    preparation = Preparation

    def __init__(self, repositories: Repositories, saver: Saver, folding: Folding) -> None:
        self._repositories, self._database = repositories, repositories.database
        self._scenarios, self._files = repositories.scenarios, repositories.imported_files
        self._saver, self._folding = saver, folding
        self._sequence_ids: Memo[Names, int] = Memo(sequence_id, _REMEMBERED)
        repositories.sequences.forget()  # batches say which names they need once: all are looked for

    def identity(self) -> str:
        """The store's own."""
        return self._database.read(self._repositories.change_feed.identity)

    def is_empty(self) -> bool:
        """Whether nothing was ever saved."""

        def work(session: Session) -> bool:
            totals = self._repositories.totals
            return not (self._scenarios.list_names(session) or totals.exists(session, GLOBAL))

        return self._database.read(work)

    def origins(self) -> list[str]:
        """All stores imported so far, in byte order."""
        return self._database.read(self._files.list_origins)

    def entries(self, origin: str) -> dict[str, SourceFile]:
        """The files imported from a store, by path."""
        return self._database.read(lambda session: self._files.list_sources(session, origin))

    def content_digest(self, snapshot: LearningSnapshot) -> bytes:
        """The digest of a snapshot, as the ledger and sessions have it."""
        return content_digest(to_rows(snapshot, self._sequence_ids))

    def remember(self, sources: Sequence[SourceFile]) -> None:
        """Enter files in the ledger that become neither session nor total."""
        if sources:
            files: list[tuple[SourceFile, int | None]] = [(source, None) for source in sources]
            self._database.write(lambda session: self._files.add(session, files))

    def import_sessions(self, batch: PreparedBatch) -> list[Became]:
        """Save sessions with their entries, by one transaction."""
        self._repositories.sequences.add(batch.needed)
        if not batch.files:
            return []
        new = list(map(_file_session, batch.files))
        for scenario in {one.new.scenario for one in new}:
            self._scenarios.ensure(scenario)
        counted = dict.fromkeys(one.new.scenario for one in new if one.source.counted)

        def write(session: Session) -> list[Became]:
            return BatchWriter(self._repositories, session).write(new)

        return self._write(write, counted, saved=len(new))

    def _write(
        self, write: Callable[[Session], _Result], scenarios: Iterable[str], *, saved: int = 1
    ) -> _Result:
        """Write sessions, and fold those totals of these scenarios that are due."""

        def work(session: Session) -> tuple[_Result, dict[int, int]]:
            return write(session), self._count_pending(session, scenarios)

        with paused_gc.put_off():
            written, pending = self._database.write(work, maintenance=True)
        self._folding.fold_when_due(pending, saved)
        return written

    def _count_pending(self, session: Session, scenarios: Iterable[str]) -> dict[int, int]:
        """How many sessions are pending for the totals of these scenarios."""
        pending: dict[int, int] = {}
        for scenario_id in filter(None, (self._scenarios.find(session, name) for name in scenarios)):
            count_to = self._folding.count_to
            pending |= self._repositories.totals.count_pending(session, scenario_id, count_to)
        return pending

    def import_run(
        self, file: SessionFile, begun_as: Sequence[str], replaces: Callable[[LearningSnapshot], bool]
    ) -> Became:
        """Save a run with its entry, in place of a part of it that is there."""
        prepared = self.preparation()([file])
        self._repositories.sequences.add(prepared.needed)
        run = _file_session(prepared.files[0])
        self._scenarios.ensure(file.scenario)

        def write(session: Session) -> Became:
            def takes_its_place(earlier: SessionRow) -> bool:
                (stored,) = self._repositories.sessions.load(session, [earlier])
                return replaces(stored)

            return write_run(self._repositories, session, run, begun_as, takes_its_place)

        return self._write(write, [file.scenario])

    def import_total(
        self, source: SourceFile, key: TotalKey, snapshot: LearningSnapshot, *, grown_only: bool = False
    ) -> Outcome:
        """Carry a snapshot in a total for its origin."""
        check_sum(snapshot)
        if not isinstance(key, GlobalKey):
            check_text("scenario", key.scenario)
        totals, carried = self._repositories.totals, self._repositories.sessions.carried
        origin = IMPORT_PREFIX + source.origin

        def work(session: Session, rows: SnapshotRows) -> Outcome:
            rollup = totals.lock_one(session, self._scenarios.add_total(session, key))
            before = carried.find(session, rollup.scenario_id, origin)
            if before is not None:
                more = snapshot.metadata.session_count - before.session_count
                if more < 0 or ((grown_only or more == 0) and not carried.covers(session, rows, before)):
                    return Outcome.KEPT
            carried.set(session, rollup, origin, rows)
            carried.rebuild(session, rollup)
            self._files.add(session, [(source, None)])
            return Outcome.ADDED if before is None else Outcome.REPLACED

        return self._saver.write(snapshot, work)

    def import_model(self, source: SourceFile, scenario: str, model: OfflineModel) -> Outcome:
        """Keep a model unless a newer one is there."""
        check_text("scenario", scenario)
        check_model(model)
        models = self._repositories.offline_models

        def work(session: Session) -> Outcome:
            scenario_id = self._scenarios.add(session, scenario)
            before = models.load(session, scenario_id)
            self._files.add(session, [(source, None)])
            if not models.replace_older(session, scenario_id, model):
                return Outcome.UNCHANGED
            return Outcome.ADDED if before is None else Outcome.REPLACED

        return self._database.write(work, maintenance=True)


def _file_session(file: PreparedFile) -> FileSession:
    digest = file.source.content or content_digest(file.content)
    new = NewSession(file.scenario, file.content, digest, token_bytes(16))
    return FileSession(file.source, file.session_id, new)
