"""What many sessions' facts give, kind by kind, by two readers at once where that is quicker.

Facts never change, and row ids are never given out again. The second reader sees the database as it
is a moment later: where all sessions are still there, so are the same facts.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import wait
from typing import Generic, TypeVar

from sqlalchemy.orm import Session

from swarmstore.db.connection.transactions import Database
from swarmstore.db.dialects.base import DatabaseDialect
from swarmstore.db.schema.families import Kind
from swarmstore.db.statements.placed_rows import Rows
from swarmstore.db.statements.sessions import sessions_left

_Fetched = TypeVar("_Fetched")
_Result = TypeVar("_Result")
MANY = 50  # sessions that are worth a second reader
Kinds = tuple[Kind, ...]
"""Kinds that are fetched together."""
NGRAMS = (Kind.NGRAMS,)  # more than half of all facts, mostly
ALL_BUT_NGRAMS = (Kind.CONTEXTS, Kind.TRANSITIONS, Kind.ACTIONS, Kind.STRATEGIES, Kind.SWITCHES)
ONE_BY_ONE: Sequence[Kinds] = (NGRAMS, *[(kind,) for kind in ALL_BUT_NGRAMS])
"""Those that take longest first."""


def batches_for(dialect: DatabaseDialect, count: int) -> Sequence[Kinds]:
    """How the kinds of facts of so many sessions are best fetched, as they are."""
    if not dialect.writes_in_one_statement:
        return ONE_BY_ONE
    return (ALL_BUT_NGRAMS, NGRAMS) if count >= MANY else (tuple(Kind),)


class TwoReaders(Generic[_Fetched, _Result]):
    """The caller's thread and a second one, which share out batches of kinds.

    fetch: gets some kinds, and mostly waits for the database; either reader calls it.
    make: the rest of the work, which the caller's thread does while the other reader waits. It takes
        the last batches, so as to have something to make soon; the other one takes the first.
    """

    def __init__(
        self,
        batches: Sequence[Kinds],
        fetch: Callable[[Session, Kinds], Mapping[Kind, _Fetched]],
        make: Callable[[Kind, _Fetched], _Result],
    ) -> None:
        self._pending = deque(batches)
        self._fetch, self._make = fetch, make
        self._fetched: deque[tuple[Kind, _Fetched]] = deque()
        self._made: dict[Kind, _Result] = {}

    def read(self, database: Database, session: Session, rows: Rows) -> dict[Kind, _Result]:
        """What each kind gives, from the facts of these sessions."""
        wanted = sum(map(len, self._pending))

        def help_out(reader: Session) -> None:
            if reader.scalar(sessions_left(), rows.named("ids")) == len(rows.ids):
                while self._fetch_next(reader, self._pending.popleft):
                    pass

        second = database.read_beside(help_out) if len(rows.ids) >= MANY else None
        self._fetch_and_make(session)
        if second is not None and len(self._made) < wanted:  # else it may not even have begun
            wait([second])
            self._fetch_and_make(session)  # what it began and could not end
        return self._made

    def _fetch_and_make(self, session: Session) -> None:
        more = True
        while more:
            more = self._fetch_next(session, self._pending.pop)
            while self._fetched:  # which this thread alone takes from
                kind, facts = self._fetched.popleft()
                self._made[kind] = self._make(kind, facts)

    def _fetch_next(self, reader: Session, take: Callable[[], Kinds]) -> bool:
        """Fetch a batch, if there is one. Where that fails the other reader has it."""
        try:
            batch = take()
        except IndexError:
            return False
        try:
            self._fetched.extend(self._fetch(reader, batch).items())
        except BaseException:
            self._pending.append(batch)
            raise
        return True
