"""What many sessions' facts give, kind by kind, by two readers at once where that is quicker.

Facts never change, and row ids are never given out again. The second reader sees the database as it
is a moment later: where all sessions are still there, so are the same facts.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import wait
from typing import TypeVar

from sqlalchemy.orm import Session

from swarmstore.db.connection.transactions import Database
from swarmstore.db.dialects.registry import dialect_of
from swarmstore.db.schema.families import Kind
from swarmstore.db.statements.sessions import sessions_left

_Item = TypeVar("_Item")
_Fetched = TypeVar("_Fetched")
_Result = TypeVar("_Result")
MANY = 50  # sessions that are worth a second reader
Lot = tuple[Kind, ...]
"""Kinds that are fetched together."""
NGRAMS = (Kind.NGRAMS,)  # more than half of all facts, mostly
ALL_BUT_NGRAMS = (Kind.CONTEXTS, Kind.TRANSITIONS, Kind.ACTIONS, Kind.STRATEGIES, Kind.SWITCHES)
ONE_BY_ONE: Sequence[Lot] = (NGRAMS, *[(kind,) for kind in ALL_BUT_NGRAMS])
"""Those that take longest first."""


def lots_for(session: Session, count: int) -> Sequence[Lot]:
    """How the kinds of facts of so many sessions are best fetched, as they are."""
    if not dialect_of(session).writes_in_one_statement:
        return ONE_BY_ONE
    return (ALL_BUT_NGRAMS, NGRAMS) if count >= MANY else (tuple(Kind),)


def by_kind(
    database: Database,
    session: Session,
    ids: Sequence[int],
    lots: Sequence[Lot],
    fetch: Callable[[Session, Lot], Mapping[Kind, _Fetched]],
    make: Callable[[Kind, _Fetched], _Result],
) -> dict[Kind, _Result]:
    """What each kind of these lots gives, from the facts of the sessions with these row ids.

    fetch: gets some kinds, and mostly waits for the database; either reader calls it.
    make: the rest of the work, which the caller's thread does while the other reader waits. It takes
        the last lots, so as to have something to make soon; the other one takes the first.
    """
    waiting = deque(lots)
    fetched: deque[tuple[Kind, _Fetched]] = deque()
    made: dict[Kind, _Result] = {}

    def take(reader: Session, next_lot: Callable[[], Lot], then: Callable[[], None]) -> None:
        while (lot := _next(next_lot)) is not None:
            try:
                fetched.extend(fetch(reader, lot).items())
            except BaseException:
                waiting.append(lot)
                raise
            then()

    def take_beside(reader: Session) -> None:
        if reader.scalar(sessions_left(), {"ids": ids}) == len(ids):
            take(reader, waiting.popleft, lambda: None)

    def make_all() -> None:
        while (found := _next(fetched.popleft)) is not None:
            kind, facts = found
            made[kind] = make(kind, facts)

    beside = database.read_beside(take_beside) if len(ids) >= MANY else None
    take(session, waiting.pop, make_all)
    if beside is not None and len(made) < sum(map(len, lots)):  # else it may not even have begun
        wait([beside])
        take(session, waiting.pop, make_all)  # what it began and could not end
        make_all()
    return made


def _next(taken: Callable[[], _Item]) -> _Item | None:
    try:
        return taken()
    except IndexError:
        return None
