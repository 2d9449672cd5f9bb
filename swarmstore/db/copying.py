"""One database into another, row by row under the same keys: the same store in another place.

Most of it is sessions, and those never change under their row id: they go first, behind the names
that they need, some in each transaction, and a copy that was killed goes on with those that are
missing. What does change (totals, positions, the ledger, models) comes over at the end, in one
transaction and from one snapshot of the source, with the sessions that came and went meanwhile.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial

from sqlalchemy import ColumnElement, Table, bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Session

from swarmstore.copying import CopyReport
from swarmstore.db import copymark
from swarmstore.db.dialects import one_of, reserve_ids
from swarmstore.db.headers import NOTHING
from swarmstore.db.migrate import REVISION, current_revision
from swarmstore.db.mirroring import Row, columns_by_key, insert_all, mirror
from swarmstore.db.queries import checks
from swarmstore.db.queries.following import publication
from swarmstore.db.tables import (
    SESSIONS,
    ActionSequence,
    Base,
    Carried,
    Folded,
    ImportedFile,
    Publication,
    Scenario,
    SchemaCompatibility,
    SessionRow,
    TotalSource,
    table_of,
)
from swarmstore.db.transactions import Database
from swarmstore.discrepancy import Progress
from swarmstore.errors import ConfigurationError
from swarmstore.model.merge import MAX_TOTAL

_PAGE = 1000  # sessions compared at once
_BATCH = 20  # sessions copied in one transaction

_NAMES = [table_of(ActionSequence), table_of(Scenario)]
_OF_SESSIONS = [table_of(SessionRow), *SESSIONS.facts.values()]
_OF_THE_DATABASE = [table_of(Publication), table_of(SchemaCompatibility)]
_STATE = [
    table
    for table in Base.metadata.sorted_tables  # those referred to come first
    if table not in [*_NAMES, *_OF_SESSIONS, *_OF_THE_DATABASE]
]


def copy_database(source: Database, target: Database, progress: Progress | None = None) -> CopyReport:
    """Make `target` a copy of `source`, or bring such a copy up to date.

    Raises ConfigurationError for a target that holds anything else.
    """
    if {current_revision(source), current_revision(target)} != {REVISION}:
        raise ConfigurationError("one of these databases has newer tables; copy with that newer swarmstore")
    store_id, highest, total = source.read(_look)
    target.write(partial(copymark.claim, store_id=store_id, highest=highest), patient=True)
    already = target.read(_count)
    source.read(partial(_copy_names, target=target), patient=True)
    done = 0
    for wanted in _pages(source, highest):
        there = target.read(partial(_there, wanted=wanted))
        done += len(there)
        missing = [row_id for row_id in wanted if row_id not in there]
        for start in range(0, len(missing), _BATCH):
            batch = missing[start : start + _BATCH]
            source.read(partial(_copy_sessions, target=target, row_ids=batch), patient=True)
            done += len(batch)
            if progress is not None:
                progress(done, max(done, total))
    scenarios, sessions, removed = source.read(partial(_finish, target=target), patient=True)
    if progress is not None:
        progress(sessions, sessions)
    return CopyReport(scenarios, sessions - already + removed, already - removed, removed)


def _look(session: Session) -> tuple[bytes, int, int]:
    if copymark.is_unfinished(session):
        raise ConfigurationError(
            "this store is itself a copy that was interrupted; complete that with `swarmstore copy` first"
        )
    store_id = session.scalars(publication()).one().store_id
    return store_id, copymark.highest_session(session), _count(session)


def _count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(SessionRow)) or 0


def _copy_names(ours: Session, target: Database) -> None:
    """Actions and scenarios, each with a total of nothing, so that sessions are whole from the first on."""

    def work(theirs: Session) -> None:
        copymark.locked_publication(theirs)
        copymark.check_unused(theirs)
        _mirror_names(ours, theirs)
        without = checks.scenarios_without_total()
        for scenario_id, _ in theirs.execute(without).all():
            theirs.execute(insert(Folded).values(scenario_id=scenario_id, **NOTHING.columns()))
        copymark.mark(theirs, 0, finished=None)

    target.write(work, patient=True)


def _mirror_names(ours: Session, theirs: Session) -> None:
    for table in _NAMES:  # none is ever deleted: whoever has the target open may know it
        mirror(ours.connection(), theirs.connection(), table, removing=False)
    reserve_ids(theirs.connection(), table_of(Scenario), ours.scalar(select(func.max(Scenario.id))) or 0)


def _pages(source: Database, highest: int) -> Iterator[list[int]]:
    """The row ids of the sessions that nobody else has in the target, in their order."""
    after = 0
    while page := source.read(partial(_ids_behind, after=after, highest=highest)):
        yield page
        after = page[-1]


def _ids_behind(session: Session, after: int, highest: int) -> list[int]:
    these = select(SessionRow.id).where(SessionRow.id > after, SessionRow.id <= highest)
    return list(session.scalars(these.order_by(SessionRow.id).limit(_PAGE)))


def _there(session: Session, wanted: Sequence[int]) -> set[int]:
    these = select(SessionRow.id).where(one_of(SessionRow.id.expression, "ids"))
    return set(session.scalars(these, {"ids": wanted}))


def _copy_sessions(ours: Session, target: Database, row_ids: Sequence[int]) -> None:
    tables = [_rows_of(ours, table, row_ids) for table in _OF_SESSIONS]

    def work(theirs: Session) -> None:
        copymark.locked_publication(theirs)
        taken = _there(theirs, row_ids)  # by another process with the same copy
        for table, rows in zip(_OF_SESSIONS, tables, strict=True):
            insert_all(theirs.connection(), table, [row for row in rows if row[0] not in taken])

    target.write(work, patient=True)


def _rows_of(session: Session, table: Table, row_ids: Sequence[int]) -> list[Row]:
    """The rows of these sessions; their row ids come first."""
    columns = columns_by_key(table)
    these = select(*columns).where(one_of(columns[0], "ids")).order_by(*table.primary_key.columns)
    return [tuple(row) for row in session.connection().execute(these, {"ids": row_ids})]


def _finish(ours: Session, target: Database) -> tuple[int, int, int]:
    """Bring over all that changes; how many scenarios and sessions there are, and how many have gone."""

    def work(theirs: Session) -> tuple[int, int, int]:
        copymark.locked_publication(theirs)
        copymark.check_unused(theirs)
        source, into = ours.connection(), theirs.connection()
        _mirror_names(ours, theirs)
        removed = _even_out_sessions(ours, theirs)
        for table in _STATE:
            mirror(source, into, table, but=copymark.IS_MARK if table is table_of(ImportedFile) else None)
        reserve_ids(into, table_of(Carried), ours.scalar(select(func.max(Carried.id))) or 0)
        last = ours.scalars(publication()).one().last_position
        theirs.execute(update(Publication).values(last_position=last))
        copymark.mark(theirs, copymark.highest_session(ours), finished=True)
        return ours.scalar(select(func.count()).select_from(Scenario)) or 0, _count(theirs), removed

    return target.write(work, patient=True)


def _even_out_sessions(ours: Session, theirs: Session) -> int:
    """Copy what was saved since, remove what is gone (how many), and take over positions."""
    removed, after = 0, 0
    while True:
        wanted = _positions(ours, SessionRow.id > after, _PAGE)
        last = max(wanted) if len(wanted) == _PAGE else MAX_TOTAL
        found = _positions(theirs, SessionRow.id.between(after + 1, last))
        surplus, missing = found.keys() - wanted.keys(), sorted(wanted.keys() - found.keys())
        _remove(theirs, surplus)
        removed += len(surplus)
        for start in range(0, len(missing), _BATCH):
            for table in _OF_SESSIONS:
                insert_all(theirs.connection(), table, _rows_of(ours, table, missing[start : start + _BATCH]))
        _publish(
            theirs, {row: wanted[row] for row in wanted.keys() & found.keys() if wanted[row] != found[row]}
        )
        if last == MAX_TOTAL:
            return removed
        after = last


def _positions(
    session: Session, which: ColumnElement[bool], limit: int | None = None
) -> dict[int, int | None]:
    rows = session.execute(
        select(SessionRow.id, SessionRow.position).where(which).order_by(SessionRow.id).limit(limit)
    )
    return {row_id: position for row_id, position in rows}  # noqa: C416


def _remove(session: Session, row_ids: Collection[int]) -> None:
    for table, row_id in ((TotalSource, "session_row_id"), (SessionRow, "id")):
        gone = delete(table_of(table)).where(one_of(table_of(table).c[row_id], "ids"))
        session.connection().execute(gone, {"ids": sorted(row_ids)})


def _publish(session: Session, positions: Mapping[int, int | None]) -> None:
    table = table_of(SessionRow)
    statement = update(table).where(table.c.id == bindparam("row")).values(position=bindparam("place"))
    if positions:
        rows = [{"row": row_id, "place": place} for row_id, place in sorted(positions.items())]
        session.connection().execute(statement, rows)
