"""What many sessions' facts give, kind by kind, by two readers at once where that is quicker.

Facts never change, and row ids are never given out again. The second reader sees the database as it
is a moment later: where all sessions are still there, so are the same facts.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import wait
from typing import TypeVar

from sqlalchemy.orm import Session

from swarmstore.db.queries.sessions import sessions_left
from swarmstore.db.tables.families import Kind
from swarmstore.db.transactions import Database

_Result = TypeVar("_Result")
MANY = 50  # sessions that are worth a second reader
_LONGEST_FIRST = (
    Kind.NGRAMS,
    Kind.CONTEXTS,
    Kind.TRANSITIONS,
    Kind.ACTIONS,
    Kind.STRATEGIES,
    Kind.SWITCHES,
)


def by_kind(
    database: Database,
    session: Session,
    ids: Sequence[int],
    of_kind: Callable[[Session, Kind], _Result],
    *,
    computed: bool,
) -> dict[Kind, _Result]:
    """What `of_kind` gives for each kind, on the facts of the sessions with these row ids.

    computed: the database works them out, and does not only hand them over.
    """
    waiting = deque(_LONGEST_FIRST)
    found: dict[Kind, _Result] = {}

    def take(reader: Session) -> None:
        while (kind := _next(waiting)) is not None:
            try:
                found[kind] = of_kind(reader, kind)
            except BaseException:
                waiting.append(kind)
                raise

    def take_beside(reader: Session) -> None:
        if reader.scalar(sessions_left(), {"ids": ids}) == len(ids):
            take(reader)

    beside = database.read_beside(take_beside, computed=computed) if len(ids) >= MANY else None
    take(session)
    if beside is not None and len(found) < len(_LONGEST_FIRST):  # else it may not even have begun
        wait([beside])
        take(session)  # what it began and could not end
    return found


def _next(waiting: deque[Kind]) -> Kind | None:
    try:
        return waiting.popleft()
    except IndexError:
        return None
