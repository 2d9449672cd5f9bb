"""The import ledger in SQL: each imported file and its entry in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from functools import partial
from secrets import token_bytes
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from swarmstore.contracts.imports import Outcome, PreparedFile, PreparedLot, SessionFile, SourceFile
from swarmstore.db.connection import paused_gc
from swarmstore.db.connection.commit_order import OutOfTurnError, Turn
from swarmstore.db.connection.transactions import Database
from swarmstore.db.mapping.content_digest import content_digest
from swarmstore.db.mapping.rows import SnapshotRows, to_rows
from swarmstore.db.mapping.sequence_ids import Names, sequence_id
from swarmstore.db.operations.import_batches import Became, enter, source_of, write_lot
from swarmstore.db.operations.import_runs import write_run
from swarmstore.db.operations.prepare_sessions import Preparation
from swarmstore.db.operations.refresh_totals import Folding
from swarmstore.db.operations.save_session import Saver
from swarmstore.db.repositories import offline_models, totals
from swarmstore.db.repositories.action_sequences import Sequences
from swarmstore.db.repositories.change_feed import identity
from swarmstore.db.repositories.scenarios import (
    ensure_scenario,
    find_scenario,
    scenario_names,
    scenario_to_write,
    text_hash,
    total_to_write,
)
from swarmstore.db.repositories.sessions import NewSession, load_sessions
from swarmstore.db.schema import GLOBAL, ImportedFile, SessionRow
from swarmstore.db.schema.baselines import IMPORT_PREFIX
from swarmstore.model.keys import GlobalKey, TotalKey
from swarmstore.model.limits import check_text
from swarmstore.model.memo import Memo
from swarmstore.model.offline_model import OfflineModel
from swarmstore.model.offline_validation import check_model
from swarmstore.model.snapshot import LearningSnapshot
from swarmstore.model.validation import check_sum

_REMEMBERED = 10_000
_Written = tuple[list[Became], Mapping[int, int]]


class SqlImport:
    """Imports into one database (see `ImportTarget`)."""

    preparation = Preparation

    def __init__(self, database: Database, sequences: Sequences, saver: Saver, folding: Folding) -> None:
        self._database, self._sequences = database, sequences
        self._saver, self._folding = saver, folding
        self._last: Turn | None = None  # of the lot that was begun last
        self._sequence_ids: Memo[Names, int] = Memo(sequence_id, _REMEMBERED)
        self._scenarios: set[str] = set()  # that this import has made sure of; a lot looks again
        sequences.forget()  # lots say which names they need once: all are looked for

    def identity(self) -> str:
        """The store's own."""
        return self._database.read(identity)

    def is_empty(self) -> bool:
        """Whether nothing was ever saved."""
        return self._database.read(
            lambda session: not scenario_names(session) and not totals.total_exists(session, GLOBAL)
        )

    def origins(self) -> list[str]:
        """All stores imported so far, in byte order."""
        statement = select(ImportedFile.origin).distinct().order_by(ImportedFile.origin)
        return self._database.read(lambda session: list(session.scalars(statement)))

    def entries(self, origin: str) -> dict[str, SourceFile]:
        """The files imported from a store, by path."""
        statement = select(ImportedFile).where(ImportedFile.origin == origin)

        def work(session: Session) -> dict[str, SourceFile]:
            return {row.path: source_of(row) for row in session.scalars(statement)}

        return self._database.read(work)

    def entry(self, origin: str, path: str) -> SourceFile | None:
        """One file of a store, None when it was not imported."""
        row = self._database.read(lambda session: _entry(session, origin, path))
        return None if row is None else source_of(row)

    def content_digest(self, snapshot: LearningSnapshot) -> bytes:
        """The digest of a snapshot, as the ledger and sessions have it."""
        return content_digest(to_rows(snapshot, self._sequence_ids))

    def remember(self, sources: Sequence[SourceFile]) -> None:
        """Enter files in the ledger that become neither session nor total."""
        if sources:
            self._database.write(lambda session: enter(session, [(source, None) for source in sources]))

    def import_sessions(self, files: Sequence[SessionFile]) -> list[Became]:
        """Save sessions with their entries; what became of each, and its id."""
        return self.begin_sessions(self.preparation()(files)).result()

    def begin_sessions(self, lot: PreparedLot, after: Future[Any] | None = None) -> Future[list[Became]]:
        """Begin to save sessions with their entries, in their turn after those of `after`."""
        self._sequences.register(lot.needed)
        if not lot.files:
            done: Future[list[Became]] = Future()
            done.set_result([])
            return done
        new = [self._new(file) for file in lot.files]
        for scenario in {file.scenario for file in lot.files} - self._scenarios:
            ensure_scenario(self._database, scenario)
            self._scenarios.add(scenario)
        before, turn = None if after is None else self._last, Turn()
        self._last = turn

        def save() -> list[Became]:
            with turn:
                try:
                    outcomes, waiting = self._write(lot, new, turn, before)
                except OutOfTurnError:
                    if after is not None:
                        after.result()
                    outcomes, waiting = self._write(lot, new, turn, None)
            self._folding.fold_when_due(waiting, saved=len(lot.files))
            return outcomes

        return self._database.call_beside(save)

    def _new(self, file: PreparedFile) -> NewSession:
        digest = file.source.content or content_digest(file.content)
        return NewSession(file.scenario, file.content, digest, token_bytes(16))

    def _write(
        self, lot: PreparedLot, new: Sequence[NewSession], turn: Turn, before: Turn | None
    ) -> _Written:
        """Write a lot; what became of its files, and how many sessions wait for totals.

        Raises OutOfTurnError when the lot before has to be waited for first.
        """
        relied_on = None if before is None else before.wait_until_placed()
        counted = dict.fromkeys(file.scenario for file in lot.files if file.source.counted)

        def work(session: Session) -> _Written:
            turn.begin()
            outcomes = write_lot(session, lot.files, new, turn.place)
            waiting = self._waiting(session, counted)
            if before is not None and relied_on is not None:
                before.wait_until_committed(relied_on)
            return outcomes, waiting

        with paused_gc.put_off():
            return self._database.write(work, maintenance=True)

    def _waiting(self, session: Session, scenarios: Iterable[str]) -> dict[int, int]:
        """How many sessions wait for the totals of these scenarios."""
        waiting: dict[int, int] = {}
        for scenario_id in filter(None, (find_scenario(session, name) for name in scenarios)):
            waiting |= totals.waiting_sessions(session.connection(), scenario_id, self._folding.count_to)
        return waiting

    def import_run(
        self, file: SessionFile, begun_as: Sequence[str], replaces: Callable[[LearningSnapshot], bool]
    ) -> Became:
        """Save a run with its entry, in place of a part of it that is there."""
        lot = self.preparation()([file])
        self._sequences.register(lot.needed)
        (prepared,) = lot.files
        new = self._new(prepared)
        ensure_scenario(self._database, file.scenario)

        def takes_its_place(session: Session, earlier: SessionRow) -> bool:
            (stored,) = load_sessions(self._database, session, self._sequences, [earlier])
            return replaces(stored)

        def work(session: Session) -> tuple[Became, dict[int, int]]:
            became = write_run(session, prepared, new, begun_as, partial(takes_its_place, session))
            return became, self._waiting(session, [file.scenario])

        with paused_gc.put_off():
            became, waiting = self._database.write(work, maintenance=True)
        self._folding.fold_when_due(waiting)
        return became

    def import_total(
        self, source: SourceFile, key: TotalKey, snapshot: LearningSnapshot, *, grown_only: bool = False
    ) -> Outcome:
        """Carry a snapshot in a total for its origin."""
        check_sum(snapshot)
        if not isinstance(key, GlobalKey):
            check_text("scenario", key.scenario)

        def work(session: Session, rows: SnapshotRows) -> Outcome:
            total = total_to_write(session, key)
            folded = totals.lock_totals(session, [total])[total]
            origin = IMPORT_PREFIX + source.origin
            before = totals.carried_of(session, total, origin)
            if before is not None:
                more = snapshot.metadata.session_count - before.session_count
                if more < 0 or ((grown_only or more == 0) and not totals.covers(session, rows, before)):
                    return Outcome.KEPT
            totals.carry(session, folded, origin, rows)
            totals.refold(session, folded)
            enter(session, [(source, None)])
            return Outcome.ADDED if before is None else Outcome.REPLACED

        return self._saver.write(snapshot, work)

    def import_model(self, source: SourceFile, scenario: str, model: OfflineModel) -> Outcome:
        """Keep a model unless a newer one is there."""
        check_text("scenario", scenario)
        check_model(model)

        def work(session: Session) -> Outcome:
            scenario_id = scenario_to_write(session, scenario)
            before = offline_models.load_model(session, scenario_id)
            enter(session, [(source, None)])
            if not offline_models.save_newer_model(session, scenario_id, model):
                return Outcome.UNCHANGED
            return Outcome.ADDED if before is None else Outcome.REPLACED

        return self._database.write(work, maintenance=True)


def _entry(session: Session, origin: str, path: str) -> ImportedFile | None:
    return session.get(ImportedFile, (origin, text_hash(path)))
