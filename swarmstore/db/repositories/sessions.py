"""Sessions within a transaction: add once, find, load, list, delete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import repeat
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from swarmstore.contracts.storage import SessionSummary
from swarmstore.db.connection import paused_gc
from swarmstore.db.connection.second_reader import Kinds, TwoReaders, batches_for
from swarmstore.db.connection.transactions import Database
from swarmstore.db.dialects.base import Groups, NewRows, Values, insert_rows
from swarmstore.db.mapping.rows import COLUMNS, NO_FACTS, Columns, SnapshotRows, from_parts
from swarmstore.db.mapping.total_headers import header_of
from swarmstore.db.repositories.facts import FactRepository, new_rows
from swarmstore.db.repositories.new_sessions import NewSession, Outcome, PlacedSession, Written
from swarmstore.db.repositories.removed_sessions import delete_rows, remember_removed
from swarmstore.db.repositories.scenarios import ScenarioRepository
from swarmstore.db.repositories.totals import TotalRepository
from swarmstore.db.schema.families import SESSIONS, Kind
from swarmstore.db.schema.sessions import GLOBAL, SessionRow, TotalSource
from swarmstore.db.statements import saves
from swarmstore.db.statements import sessions as queries
from swarmstore.db.statements.compatibility import is_compatible
from swarmstore.db.statements.placed_rows import Rows, row_in
from swarmstore.db.statements.removed_sessions import of_id
from swarmstore.loading import loading
from swarmstore.model.keys import SessionKey
from swarmstore.model.metadata import LearningPhase
from swarmstore.model.removed_sessions import Fate, forgotten
from swarmstore.model.session_ids import SessionId
from swarmstore.model.snapshot import LearningSnapshot

if TYPE_CHECKING:
    from swarmstore.db.repositories.carried_parts import CarriedParts
    from swarmstore.model.session_slice import SessionSlice


class SessionRepository:
    """Saved sessions: their rows, facts, and places in totals."""

    def __init__(
        self,
        database: Database,
        scenarios: ScenarioRepository,
        facts: FactRepository,
        totals: TotalRepository,
    ) -> None:
        self._database, self._dialect = database, database.dialect
        self._scenarios, self._facts, self._totals = scenarios, facts, totals

    @property
    def carried(self) -> CarriedParts:
        """What totals carry from elsewhere, as of sessions that are deleted."""
        with loading():
            from swarmstore.db.repositories.carried_parts import CarriedParts

        return CarriedParts(self._facts, self._totals)

    def find(self, session: Session, scenario_id: int, session_id: SessionId) -> SessionRow | None:
        """Find the row of a session, None when there is none."""
        return session.scalar(queries.one(scenario_id, session_id))

    def list_ids(self, session: Session, scenario_id: int) -> list[SessionId]:
        """List all session ids in byte order."""
        with paused_gc.put_off():
            return SessionId.of_texts(session.connection().scalars(queries.ids(scenario_id)))

    def page(
        self, session: Session, scenario_id: int, *, from_: int, to: int, after: SessionId | None, limit: int
    ) -> list[tuple[SessionId, LearningSnapshot]]:
        """Load the first sessions of a range behind an id, with their ids."""
        rows = session.scalars(queries.page_of_range(scenario_id, from_, to, after, limit)).all()
        ids = [SessionId(row.session_id) for row in rows]
        return list(zip(ids, self.load(session, rows), strict=True))

    def summaries(
        self, session: Session, scenario_id: int, *, wanted: SessionSlice, after: SessionId | None, limit: int
    ) -> list[SessionSummary]:
        """List the first sessions in a slice behind an id, without their facts."""
        rows = session.execute(queries.summaries(scenario_id, wanted, after, limit))
        return [
            SessionSummary(
                SessionId(text), episodes, actions, won, lost, phase and LearningPhase(phase), group
            )
            for text, episodes, actions, won, lost, phase, group in rows
        ]

    def load(self, session: Session, rows: Sequence[SessionRow]) -> list[LearningSnapshot]:
        """Load the snapshots of these rows in their order."""
        wanted = Rows.of(rows)

        def fetch(reader: Session, kinds: Kinds) -> dict[Kind, Groups]:
            return self._facts.load_kinds(reader, SESSIONS, wanted, kinds)

        def make(kind: Kind, groups: Groups) -> dict[int, Any]:
            some: dict[int, Columns] = dict(groups)
            facts = {row_id: some.get(row_id, NO_FACTS[kind]) for row_id in wanted.ids}
            return self._facts.parts(session, kind, facts)

        with paused_gc.put_off():
            readers = TwoReaders(batches_for(self._dialect, len(rows)), fetch, make)
            parts = readers.read(self._database, session, wanted)
            return [
                from_parts(
                    header_of(row), {kind: of_kind[row.id] for kind, of_kind in parts.items()}
                ).as_session(SessionId(row.session_id))
                for row in rows
            ]

    def save(
        self, connection: Connection, new: NewSession, session_id: SessionId, count_to: int
    ) -> tuple[Outcome, dict[int, int]]:
        """Add and count a session unless its id is taken, by one statement where that can be.

        What that did, and how many sessions are then pending for totals, counted up to `count_to`.
        """
        written = self.add(connection, new, session_id, counted=True, count_to=count_to)
        if written is None:
            with Session(connection) as session:
                return self._why_not(session, new, session_id), {}
        if written.counts_already:
            return Outcome.SAVED, {}
        pending = {GLOBAL: written.global_pending + 1, written.scenario_id: written.scenario_pending + 1}
        return Outcome.SAVED, pending

    def add(
        self,
        connection: Connection,
        new: NewSession,
        session_id: SessionId,
        *,
        counted: bool = False,
        count_to: int = 0,
    ) -> Written | None:
        """Add a session with its facts, counted in both totals or in none.

        count_to: above 0 it also says how many sessions were pending for each total, as many at most.

        None, and nothing is written, where the id is taken or something is missing that the session
        relies on: see `saves.session`.
        """
        dialect = self._dialect
        row = new.columns(session_id)
        header = tuple(row)
        row |= self._scenarios.named(connection, new.scenario)
        names = saves.names_in(new.rows)
        row["sequence_ids"] = dialect.all_of_ids(dialect.unseen_ids(connection, names))
        written: Values | None
        if dialect.writes_in_one_statement:
            whole = saves.session_with_facts
            if dialect.spreads(connection):
                with loading():
                    from swarmstore.db.statements.spread_saves import session_with_facts as whole
                row["totals_total_scenario_id"] = [GLOBAL, row["scenario_id"]]
            given = row | saves.arrays(new.rows)
            written = connection.execute(whole(dialect.name, header, counted, count_to), given).first()
        else:
            statement = saves.session(dialect.name, header, count_to)
            written = dialect.insert_with_its_own(connection, statement, row, partial(_rows_of, new, counted))
        if written is None:
            return None
        dialect.have_seen_ids(connection, names)
        return Written(*written)

    def add_all(self, session: Session, given: Sequence[PlacedSession]) -> list[int | None]:
        """Add sessions, at least one, by kinds and not one by one; their row ids.

        None for those whose id is taken. No two of them may have one id, none was removed under its
        id, and all that they rely on is there.
        """
        headers = [{"scenario_id": one.scenario_id, **one.new.columns(one.session_id)} for one in given]
        names, from_arrays = tuple(headers[0]), self._dialect.writes_in_one_statement
        columns = {name: [header[name] for header in headers] for name in names}
        statement = saves.sessions(self._dialect.name, names, from_arrays=from_arrays)
        rows = session.connection().execute(statement, columns if from_arrays else headers)
        written = {(scenario_id, session_id): row_id for row_id, scenario_id, session_id in rows}
        row_ids = [written.get((one.scenario_id, str(one.session_id))) for one in given]
        added = {row_id: one for row_id, one in zip(row_ids, given, strict=True) if row_id is not None}
        for kind in Kind:
            insert_rows(session.connection(), _facts_of(kind, added))
        counted = [(row_id, one.scenario_id) for row_id, one in added.items() if one.counted]
        self._totals.add_pending(session, counted)
        return row_ids

    def replace(self, session: Session, new: NewSession, session_id: SessionId) -> Outcome:
        """Replace the session under an id, without counting the new one.

        FORGOTTEN, and nothing is changed, where that was done to its content. One of MISSING, and
        nothing is changed, where something is missing that the session relies on.
        """
        scenario_id = self._scenarios.find(session, new.scenario)
        if scenario_id is None:
            return Outcome.NO_SCENARIO
        if not self.names_are_known(session, [new.rows]):
            return Outcome.NO_NAMES
        while self.add(session.connection(), new, session_id) is None:
            why_not = self._why_not(session, new, session_id)
            if why_not in {Outcome.REPEATED, Outcome.NOT_COMPATIBLE, Outcome.FORGOTTEN}:
                return why_not
            found = self.find(session, scenario_id, session_id)
            if found is not None:
                self.delete(session, Rows.of([found]))
            self._totals.check_there(session, scenario_id)
        return Outcome.SAVED

    def delete(self, session: Session, wanted: Rows) -> int:
        """Delete sessions of one scenario, leaving every total as it is; how many were still there.

        What they added is carried from now on. Locks the totals first.
        """
        carried, locked = self.carried, self._totals.lock(session, [GLOBAL, *wanted.scenarios])
        rows = self.lock(session, wanted)
        of_these = select(TotalSource).where(row_in(TotalSource.table.c.session_row_id, "ids"))
        sources = session.scalars(of_these, wanted.named("ids")).all()
        for total, rollup in locked.items():
            is_folded = {one.session_row_id: one.folded for one in sources if one.total_scenario_id == total}
            counted = [row for row in rows if row.id in is_folded]
            self._totals.fold(session, [rollup], [row for row in counted if not is_folded[row.id]])
            carried.add_removed(session, rollup, counted)
        remember_removed(session, Rows.of(rows))
        delete_rows(session, wanted)
        return len(rows)

    def lock(self, session: Session, wanted: Rows) -> Sequence[SessionRow]:
        """Keep sessions until the transaction ends, as they are then; those that are still there.

        In the order of row ids, as publishing locks them: nobody waits in a circle.
        """
        found = queries.of_rows().with_for_update().execution_options(populate_existing=True)
        spread = self._dialect.spreads(session.connection())
        rows = [
            row for some in wanted.on_servers(spread) for row in session.scalars(found, some.named("ids"))
        ]
        return sorted(rows, key=attrgetter("id"))

    def names_are_known(self, session: Session, some: Sequence[SnapshotRows]) -> bool:
        """Tell whether the database has the names of all actions in these snapshots."""
        ids = {"sequence_ids": self._dialect.all_of_ids(saves.names_in(*some))}
        return bool(session.scalar(queries.all_known(self._dialect.name), ids))

    def refuse_forgotten(self, session: Session, new: NewSession, session_id: SessionId) -> None:
        """Refuse a session that was forgotten. Raises SessionForgottenError, CorruptStoreError."""
        if self._why_not(session, new, session_id) is Outcome.FORGOTTEN:
            raise forgotten(SessionKey(new.scenario, session_id))
        if (scenario_id := self._scenarios.find(session, new.scenario)) is not None:
            self._totals.check_there(session, scenario_id)

    def _why_not(self, session: Session, new: NewSession, session_id: SessionId) -> Outcome:
        """Why nothing was written."""
        if not session.scalar(select(is_compatible())):
            return Outcome.NOT_COMPATIBLE
        scenario_id = self._scenarios.find(session, new.scenario)
        if scenario_id is None:
            return Outcome.NO_SCENARIO
        found = self.find(session, scenario_id, session_id)
        if found is not None:
            # a lock is a write: where a standby must have what is committed, it has the session by then
            session.scalar(queries.locked(found))
            if found.write_token == new.write_token:
                return Outcome.REPEATED
            return Outcome.SAME if new.is_same_as(found) else Outcome.TAKEN
        removed = session.scalars(of_id(scenario_id, session_id)).all()
        if any(one.write_token == new.write_token for one in removed):
            return Outcome.REPEATED  # and removed since, by somebody who had seen it
        if any((one.fate, one.content_digest) == (Fate.FORGOTTEN, new.digest) for one in removed):
            return Outcome.FORGOTTEN
        return Outcome.TRY_AGAIN if self.names_are_known(session, [new.rows]) else Outcome.NO_NAMES


def _rows_of(new: NewSession, counted: bool, header: Values) -> list[NewRows]:
    """The rows that belong to a session, of what its header returned."""
    written = Written(*header)
    of_session = {SESSIONS.owner: written.row_id, "scenario_id": written.scenario_id}
    rows = new_rows(SESSIONS, of_session, new.rows)
    if counted and not written.counts_already:
        totals = {"total_scenario_id": (GLOBAL, written.scenario_id)}
        rows.append(NewRows(TotalSource.table, {**of_session, "folded": False}, totals))
    return rows


def _facts_of(kind: Kind, added: Mapping[int, PlacedSession]) -> NewRows:
    """The facts of a kind of many sessions, given by row id."""
    columns: dict[str, list[object]] = {name: [] for name in (SESSIONS.owner, "scenario_id", *COLUMNS[kind])}
    for row_id, one in added.items():
        for name, values in one.new.rows.columns(kind).items():
            columns[name] += values
        count = len(one.new.rows.facts[kind][0])
        columns[SESSIONS.owner] += repeat(row_id, count)
        columns["scenario_id"] += repeat(one.scenario_id, count)
    return NewRows(SESSIONS.facts[kind], {}, columns)
