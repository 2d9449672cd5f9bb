"""One database into another, row by row under the same keys: the same store in another place.

Most of it is sessions, and those never change under their row id and token: they go first, behind
the names that they need, some in each transaction, and a copy that was killed goes on with those
that are missing. What does change (totals, positions, the ledger, models) comes over at the end, in
one transaction and from one snapshot of the source, with the sessions that came and went meanwhile.

A row id alone does not tell a session: a source that was restored from a backup gives it out again.
Nor does a session id: who deletes a session may save another one under it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial

from sqlalchemy import ColumnElement, Table, bindparam, delete, func, insert, or_, select, tuple_, update
from sqlalchemy.orm import Session

from swarmstore.contracts.copies import CopyReport
from swarmstore.contracts.discrepancies import Progress
from swarmstore.db.connection.transactions import Database
from swarmstore.db.dialects.functions import one_of
from swarmstore.db.dialects.registry import dialect_of
from swarmstore.db.mapping.total_headers import NOTHING
from swarmstore.db.migrations.runner import current_revision
from swarmstore.db.operations import copy_mark
from swarmstore.db.operations.copy_table import Row, columns_by_key, insert_all, mirror
from swarmstore.db.repositories.change_feed import ChangeFeed
from swarmstore.db.schema import (
    SESSIONS,
    ActionSequence,
    Base,
    Baseline,
    ImportedFile,
    Publication,
    Rollup,
    Scenario,
    SchemaCompatibility,
    SessionRow,
    TotalSource,
    table_of,
)
from swarmstore.db.schema.compatibility import REVISION
from swarmstore.db.statements import checks
from swarmstore.db.statements.change_feed import publication
from swarmstore.errors import ConfigurationError
from swarmstore.model.limits import MAX_TOTAL

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
    target.write(partial(copy_mark.claim, store_id=store_id, highest=highest), maintenance=True)
    already = target.read(_count)
    source.read(partial(_copy_names, target=target), maintenance=True)
    done = gone = 0
    for wanted in _pages(source, highest):
        there = target.read(partial(_tokens, row_ids=list(wanted)))
        missing = [row_id for row_id, token in wanted.items() if there.get(row_id) != token]
        done += len(wanted) - len(missing)
        for start in range(0, len(missing), _BATCH):
            batch = missing[start : start + _BATCH]
            gone += source.read(partial(_copy_sessions, target=target, row_ids=batch), maintenance=True)
            done += len(batch)
            if progress is not None:
                progress(done, max(done, total))
    scenarios, sessions, removed = source.read(partial(_finish, target=target), maintenance=True)
    if progress is not None:
        progress(sessions, sessions)
    removed += gone
    return CopyReport(scenarios, sessions - already + removed, already - removed, removed)


def _look(session: Session) -> tuple[bytes, int, int]:
    if copy_mark.is_unfinished(session):
        raise ConfigurationError(
            "this store is itself a copy that was interrupted; complete that with `swarmstore copy` first"
        )
    store_id = session.scalars(publication()).one().store_id
    return store_id, copy_mark.highest_session(session), _count(session)


def _count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(SessionRow)) or 0


def _copy_names(ours: Session, target: Database) -> None:
    """Actions and scenarios, each with a total of nothing, so that sessions are whole from the first on."""

    def work(theirs: Session) -> None:
        ChangeFeed.lock(theirs)
        copy_mark.check_unused(theirs)
        _mirror_names(ours, theirs)
        without = checks.scenarios_without_total()
        for scenario_id, _ in theirs.execute(without).all():
            theirs.execute(insert(Rollup).values(scenario_id=scenario_id, **NOTHING.columns()))
        copy_mark.mark(theirs, 0, finished=None)

    target.write(work, maintenance=True)


def _mirror_names(ours: Session, theirs: Session) -> None:
    source, into = ours.connection(), theirs.connection()
    # sequences are the same in all stores, and more of them do no harm
    mirror(source, into, table_of(ActionSequence), removing=False)
    mirror(source, into, table_of(Scenario))
    dialect_of(theirs).reserve_ids(
        theirs.connection(), table_of(Scenario), ours.scalar(select(func.max(Scenario.id))) or 0
    )


def _pages(source: Database, highest: int) -> Iterator[dict[int, bytes]]:
    """The sessions whose row ids nobody else gets in the target, each with its token, in their order."""
    after = 0
    while page := source.read(partial(_tokens_behind, after=after, highest=highest)):
        yield page
        after = max(page)


def _tokens_behind(session: Session, after: int, highest: int) -> dict[int, bytes]:
    these = select(SessionRow.id, SessionRow.write_token)
    page = these.where(SessionRow.id > after, SessionRow.id <= highest).order_by(SessionRow.id).limit(_PAGE)
    return {row_id: token for row_id, token in session.execute(page)}  # noqa: C416


def _tokens(session: Session, row_ids: Sequence[int]) -> dict[int, bytes]:
    these = select(SessionRow.id, SessionRow.write_token).where(one_of(SessionRow.id.expression, "ids"))
    rows = session.execute(these, {"ids": row_ids})
    return {row_id: token for row_id, token in rows}  # noqa: C416


def _copy_sessions(ours: Session, target: Database, row_ids: Sequence[int]) -> int:
    """Copy some sessions; how many others had to make room for them."""
    tables = [_rows_of(ours, table, row_ids) for table in _OF_SESSIONS]
    headers = _identities(ours, row_ids)

    def work(theirs: Session) -> int:
        ChangeFeed.lock(theirs)
        there = _tokens(theirs, row_ids)  # some by another process with the same copy
        missing = {row for row, (token, *_) in headers.items() if there.get(row) != token}
        gone = _make_room(theirs, {row: headers[row] for row in missing})
        for table, rows in zip(_OF_SESSIONS, tables, strict=True):
            insert_all(theirs.connection(), table, [row for row in rows if row[0] in missing])
        return gone

    return target.write(work, maintenance=True)


_Identity = tuple[bytes, int, str, int | None]
"""What is a session's alone besides its row id: token, scenario and id, and position."""


def _identities(session: Session, row_ids: Sequence[int]) -> dict[int, _Identity]:
    columns = (SessionRow.write_token, SessionRow.scenario_id, SessionRow.session_id, SessionRow.position)
    these = select(SessionRow.id, *columns).where(one_of(SessionRow.id.expression, "ids"))
    rows = session.execute(these, {"ids": row_ids})
    return {row_id: (token, scenario, name, place) for row_id, token, scenario, name, place in rows}


def _make_room(theirs: Session, coming: Mapping[int, _Identity]) -> int:
    """Remove the sessions that have what is to be others' alone; how many."""
    named = tuple_(SessionRow.scenario_id, SessionRow.session_id)
    ids = [(scenario, name) for _, scenario, name, _ in coming.values()]
    positions = [position for *_, position in coming.values() if position is not None]
    in_the_way = select(SessionRow.id).where(
        or_(SessionRow.id.in_(coming), named.in_(ids), SessionRow.position.in_(positions))
    )
    found = theirs.scalars(in_the_way).all() if coming else []
    if found:
        copy_mark.check_unused(theirs)
        _remove(theirs, found)
        copy_mark.mark(theirs, 0, finished=None)
    return len(found)


def _rows_of(session: Session, table: Table, row_ids: Sequence[int]) -> list[Row]:
    """The rows of these sessions; their row ids come first."""
    columns = columns_by_key(table)
    these = select(*columns).where(one_of(columns[0], "ids")).order_by(*table.primary_key.columns)
    return [tuple(row) for row in session.connection().execute(these, {"ids": row_ids})]


def _finish(ours: Session, target: Database) -> tuple[int, int, int]:
    """Bring over all that changes; how many scenarios and sessions there are, and how many have gone."""

    def work(theirs: Session) -> tuple[int, int, int]:
        ChangeFeed.lock(theirs)
        copy_mark.check_unused(theirs)
        source, into = ours.connection(), theirs.connection()
        _mirror_names(ours, theirs)
        removed = _even_out_sessions(ours, theirs)
        for table in _STATE:
            mirror(source, into, table, but=copy_mark.IS_MARK if table is table_of(ImportedFile) else None)
        dialect_of(into).reserve_ids(
            into, table_of(Baseline), ours.scalar(select(func.max(Baseline.id))) or 0
        )
        published = ours.scalars(publication()).one()
        followed = {"last_position": published.last_position, "epoch": published.epoch}
        theirs.execute(update(Publication).values(followed))
        copy_mark.mark(theirs, copy_mark.highest_session(ours), finished=True)
        return ours.scalar(select(func.count()).select_from(Scenario)) or 0, _count(theirs), removed

    return target.write(work, maintenance=True)


def _even_out_sessions(ours: Session, theirs: Session) -> int:
    """Copy what was saved since, remove what is gone (how many), and take over positions."""
    # what goes leaves first: its position, and its id in its scenario, may belong to another one by now
    removed, after = 0, 0
    while after < MAX_TOTAL:
        wanted, last = _page(ours, after)
        found = _states(theirs, SessionRow.id.between(after + 1, last))
        surplus = [row for row, (token, *_) in found.items() if row not in wanted or wanted[row][0] != token]
        _remove(theirs, surplus)
        moved = [row for row, state in found.items() if row in wanted and wanted[row] != state]
        _publish(theirs, dict.fromkeys(set(moved).difference(surplus), (None, None)))
        removed += len(surplus)
        after = last
    after = 0
    while after < MAX_TOTAL:
        wanted, last = _page(ours, after)
        found = _states(theirs, SessionRow.id.between(after + 1, last))
        missing = sorted(wanted.keys() - found.keys())
        for start in range(0, len(missing), _BATCH):
            for table in _OF_SESSIONS:
                insert_all(theirs.connection(), table, _rows_of(ours, table, missing[start : start + _BATCH]))
        _publish(theirs, {row: wanted[row][1:] for row, state in found.items() if wanted[row] != state})
        after = last
    return removed


_State = tuple[bytes, int | None, int | None]
"""A session's token, its position, and with what it was published."""


def _page(ours: Session, after: int) -> tuple[dict[int, _State], int]:
    """The next sessions of the source, and the row id up to which these are all."""
    wanted = _states(ours, SessionRow.id > after, _PAGE)
    return wanted, max(wanted) if len(wanted) == _PAGE else MAX_TOTAL


def _states(session: Session, which: ColumnElement[bool], limit: int | None = None) -> dict[int, _State]:
    columns = (SessionRow.id, SessionRow.write_token, SessionRow.position, SessionRow.position_stamp)
    rows = session.execute(select(*columns).where(which).order_by(SessionRow.id).limit(limit))
    return {row_id: (token, position, stamp) for row_id, token, position, stamp in rows}


def _remove(session: Session, row_ids: Collection[int]) -> None:
    for table, row_id in ((TotalSource, "session_row_id"), (SessionRow, "id")):
        gone = delete(table_of(table)).where(one_of(table_of(table).c[row_id], "ids"))
        session.connection().execute(gone, {"ids": sorted(row_ids)})


def _publish(session: Session, positions: Mapping[int, tuple[int | None, int | None]]) -> None:
    table = table_of(SessionRow)
    statement = update(table).where(table.c.id == bindparam("row"))
    statement = statement.values(position=bindparam("place"), position_stamp=bindparam("stamp"))
    if positions:
        rows = [
            {"row": row, "place": place, "stamp": stamp} for row, (place, stamp) in sorted(positions.items())
        ]
        session.connection().execute(statement, rows)
