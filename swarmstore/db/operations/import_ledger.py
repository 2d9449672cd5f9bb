"""The import ledger in SQL: each imported file and its entry in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from secrets import token_bytes
from typing import Any

from sqlalchemy.orm import Session

from swarmstore.contracts.imports import Outcome, PreparedBatch, PreparedFile, SessionFile, SourceFile
from swarmstore.db.connection import paused_gc
from swarmstore.db.connection.commit_order import OutOfTurnError, Turn
from swarmstore.db.mapping.content_digest import content_digest
from swarmstore.db.mapping.rows import Names, SnapshotRows, sequence_id, to_rows
from swarmstore.db.operations.fold_totals import Folding
from swarmstore.db.operations.import_batches import BatchWriter, Became, FileSession, write_run
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
_Written = tuple[list[Became], Mapping[int, int]]
"""What became of files, and how many sessions are pending for totals."""


class SqlImport:
    """Imports into one database (see `ImportTarget`)."""

    preparation = Preparation

    def __init__(self, repositories: Repositories, saver: Saver, folding: Folding) -> None:
        self._repositories, self._database = repositories, repositories.database
        self._scenarios, self._files = repositories.scenarios, repositories.imported_files
        self._saver, self._folding = saver, folding
        self._last: Turn | None = None  # of the batch that was begun last
        self._sequence_ids: Memo[Names, int] = Memo(sequence_id, _REMEMBERED)
        self._ensured: set[str] = set()  # scenarios that this import has made sure of; a batch looks again
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

    def begin_sessions(self, batch: PreparedBatch, after: Future[Any] | None = None) -> Future[list[Became]]:
        """Begin to save sessions with their entries, in their turn after those of `after`."""
        self._repositories.sequences.add(batch.needed)
        if not batch.files:
            done: Future[list[Became]] = Future()
            done.set_result([])
            return done
        new = list(map(_file_session, batch.files))
        for scenario in {one.new.scenario for one in new} - self._ensured:
            self._scenarios.ensure(scenario)
            self._ensured.add(scenario)
        before, turn = None if after is None else self._last, Turn()
        self._last = turn

        def save() -> list[Became]:
            with turn:
                try:
                    outcomes, pending = self._write(new, turn, before)
                except OutOfTurnError:
                    if after is not None:
                        after.result()
                    outcomes, pending = self._write(new, turn, None)
            self._folding.fold_when_due(pending, saved=len(new))
            return outcomes

        return self._database.call_beside(save)

    def _write(self, new: Sequence[FileSession], turn: Turn, before: Turn | None) -> _Written:
        """Write a batch. Raises OutOfTurnError when the one before has to be waited for first."""
        relied_on = None if before is None else before.wait_until_placed()
        counted = dict.fromkeys(one.new.scenario for one in new if one.source.counted)

        def work(session: Session) -> _Written:
            turn.begin()
            outcomes = BatchWriter(self._repositories, session).write(new, turn.place)
            pending = self._count_pending(session, counted)
            if before is not None and relied_on is not None:
                before.wait_until_committed(relied_on)
            return outcomes, pending

        with paused_gc.put_off():
            return self._database.write(work, maintenance=True)

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

        def work(session: Session) -> tuple[Became, dict[int, int]]:
            def takes_its_place(earlier: SessionRow) -> bool:
                (stored,) = self._repositories.sessions.load(session, [earlier])
                return replaces(stored)

            became = write_run(self._repositories, session, run, begun_as, takes_its_place)
            return became, self._count_pending(session, [file.scenario])

        with paused_gc.put_off():
            became, pending = self._database.write(work, maintenance=True)
        self._folding.fold_when_due(pending)
        return became

    def import_total(
        self, source: SourceFile, key: TotalKey, snapshot: LearningSnapshot, *, grown_only: bool = False
    ) -> Outcome:
        """Carry a snapshot in a total for its origin."""
        check_sum(snapshot)
        if not isinstance(key, GlobalKey):
            check_text("scenario", key.scenario)
        totals, carried = self._repositories.totals, self._repositories.carried
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
