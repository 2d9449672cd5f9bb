"""Saving sessions: attempts until one has an end, each of them on what the database has by then."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from secrets import token_bytes
from time import monotonic
from typing import TypeVar

from sqlalchemy.orm import Session

from swarmstore.db.mapping.content_digest import content_digest
from swarmstore.db.mapping.rows import SnapshotRows, sequences_in, to_rows
from swarmstore.db.operations.fold_totals import Folding
from swarmstore.db.repositories.all import Repositories
from swarmstore.db.repositories.new_sessions import MISSING, NewSession, Outcome
from swarmstore.errors import SessionConflictError, StoreUnavailableError
from swarmstore.model.keys import SessionKey
from swarmstore.model.removed_sessions import forgotten
from swarmstore.model.session_ids import SessionId, SessionIdGenerator
from swarmstore.model.snapshot import LearningSnapshot

_Result = TypeVar("_Result")


class Saver:
    """Writes checked snapshots as sessions of one database. Threads may share it."""

    def __init__(self, repositories: Repositories, folding: Folding) -> None:
        self._database = repositories.database
        self._sequences, self._scenarios = repositories.sequences, repositories.scenarios
        self._sessions, self._folding = repositories.sessions, folding
        self._ids = SessionIdGenerator()

    def save(self, scenario: str, snapshot: LearningSnapshot, session_id: SessionId | None) -> SessionId:
        """Save a session once, whatever happens to the answer, and count it in both totals; its id.

        Raises SessionConflictError when the given id holds other content, SessionForgottenError.
        """
        new = self.new_session(scenario, snapshot)
        wanted = self._ids.next() if session_id is None else session_id
        for _ in self._attempts():
            work = partial(self._sessions.save, new=new, session_id=wanted, count_to=self._folding.count_to)
            outcome, pending = self._database.autocommit(work, writing=True)
            match outcome:
                case Outcome.SAVED | Outcome.REPEATED:
                    break
                case Outcome.SAME if session_id is not None:
                    break
                case Outcome.TAKEN if session_id is not None:
                    raise SessionConflictError(
                        f"session {session_id!r} of scenario {scenario!r} holds other content; "
                        "leave the id out to have one made, or delete that session first"
                    )
                case Outcome.FORGOTTEN:
                    raise forgotten(SessionKey(scenario, wanted))
                case Outcome.SAME | Outcome.TAKEN:  # somebody else has made the same id
                    wanted = self._ids.next()
                case Outcome.NO_SCENARIO | Outcome.NO_NAMES | Outcome.NOT_COMPATIBLE:
                    self._mend(outcome, scenario, snapshot)
                case Outcome.TRY_AGAIN:
                    pass
        self._folding.fold_when_due(pending)
        return wanted

    def replace(self, key: SessionKey, snapshot: LearningSnapshot) -> None:
        """Write a session in place of the one under its key, without counting it.

        Raises SessionForgottenError.
        """
        new = self.new_session(key.scenario, snapshot)
        work = partial(self._sessions.replace, new=new, session_id=SessionId(key.session_id))
        for _ in self._attempts():
            if (outcome := self._database.write(work)) not in MISSING:
                break
            self._mend(outcome, key.scenario, snapshot)
        if outcome is Outcome.FORGOTTEN:
            raise forgotten(key)

    def write(self, snapshot: LearningSnapshot, work: Callable[[Session, SnapshotRows], _Result]) -> _Result:
        """Run `work` with a snapshot's rows, in a transaction that has looked for the names in them."""
        rows = self.rows_of(snapshot)

        def checked(session: Session) -> tuple[_Result] | None:
            return (work(session, rows),) if self._sessions.names_are_known(session, [rows]) else None

        for _ in self._attempts():
            if done := self._database.write(checked, maintenance=True):
                return done[0]
            self._write_names(snapshot)
        raise AssertionError  # attempts have no other end

    def _attempts(self) -> Iterator[None]:
        """As many attempts as there is time for. Raises StoreUnavailableError after the last one."""
        seconds = self._database.settings.timeout_seconds
        until = monotonic() + seconds
        yield
        while monotonic() <= until:
            yield
        raise StoreUnavailableError(
            f"for {seconds:g} s, the scenario or the names of the snapshot's actions were missing again each "
            "time after they had been written; `swarmstore doctor --deep` may say why"
        )

    def rows_of(self, snapshot: LearningSnapshot) -> SnapshotRows:
        """A snapshot as rows; sequences that the database lacks are written first."""
        try:  # mostly all are known, and looking for those that are not would take longer
            return to_rows(snapshot, self._sequences.known_ids)
        except KeyError:
            return to_rows(snapshot, self._sequences.add(sequences_in(snapshot)))

    def new_session(self, scenario: str, snapshot: LearningSnapshot) -> NewSession:
        """A checked snapshot, ready to be written, however many attempts that takes."""
        rows = self.rows_of(snapshot)
        return NewSession(scenario, rows, content_digest(rows), token_bytes(16))

    def _mend(self, outcome: Outcome, scenario: str, snapshot: LearningSnapshot) -> None:
        """Write what was missing for a session. Raises SchemaAheadError."""
        if outcome is Outcome.NO_SCENARIO:
            self._scenarios.ensure(scenario)
        elif outcome is Outcome.NO_NAMES:
            self._write_names(snapshot)
        else:
            self._database.read(self._database.check_compatible)

    def _write_names(self, snapshot: LearningSnapshot) -> None:
        self._sequences.forget()
        self._sequences.add(sequences_in(snapshot))
