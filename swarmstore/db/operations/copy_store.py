"""One database into another, row by row under the same keys: the same store in another place.

Most of it is sessions, and those never change under their row id and token: they go first, behind
the names that they need, some in each transaction, and a copy that was killed goes on with those
that are missing. What does change (totals, positions, the ledger, models) comes over at the end, in
one transaction and from one snapshot of the source, with the sessions that came and went meanwhile.

A row id alone does not tell a session: a source that was restored from a backup gives it out again.
Nor does a session id: who deletes a session may save another one under it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TypeAlias, TypeVar

from sqlalchemy import ColumnElement, Row, Update, bindparam, func, insert, or_, select, tuple_, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from swarmstore.contracts.capabilities import CopyReport
from swarmstore.contracts.progress import Progress
from swarmstore.db.connection.transactions import Database
from swarmstore.db.dialects.base import dialect_of
from swarmstore.db.dialects.functions import one_of
from swarmstore.db.mapping.total_headers import NOTHING
from swarmstore.db.migrations.runner import current_revision
from swarmstore.db.operations import copy_mark
from swarmstore.db.operations.copy_table import columns_by_key, insert_all, mirror
from swarmstore.db.repositories.change_feed import ChangeFeed
from swarmstore.db.repositories.removed_sessions import delete_rows
from swarmstore.db.repositories.unsettled_sources import settle
from swarmstore.db.schema.all_tables import Base
from swarmstore.db.schema.baselines import Baseline
from swarmstore.db.schema.families import SESSIONS
from swarmstore.db.schema.imports import ImportedFile
from swarmstore.db.schema.publication import Publication
from swarmstore.db.schema.sessions import ActionSequence, Rollup, Scenario, SchemaCompatibility, SessionRow
from swarmstore.db.statements import checks
from swarmstore.db.statements.change_feed import publication
from swarmstore.db.statements.placed_rows import Rows
from swarmstore.errors import ConfigurationError
from swarmstore.model.limits import MAX_TOTAL
from swarmstore.model.pages import in_pages
from swarmstore.revisions import REVISION

_NAMES = [ActionSequence.table, Scenario.table]
_OF_SESSIONS = [SessionRow.table, *SESSIONS.facts.values()]
_OF_THE_DATABASE = [Publication.table, SchemaCompatibility.table]
_STATE = [
    table
    for table in Base.metadata.sorted_tables  # those referred to come first
    if table not in [*_NAMES, *_OF_SESSIONS, *_OF_THE_DATABASE]
]
_PUBLISH = (
    update(SessionRow.table)
    .where(SessionRow.table.c.id == bindparam("row"))
    .values(position=bindparam("place"), position_stamp=bindparam("stamp"))
)
_Result = TypeVar("_Result")
_Known: TypeAlias = Row[int, bytes, int, str, int | None, int | None]
"""What is a session's alone, and its position, which alone changes."""


def copy_database(
    source: Database, target: Database, progress: Progress | None = None, *, page: int = 1000, batch: int = 20
) -> CopyReport:
    """Make `target` a copy of `source`, or bring such a copy up to date.

    page: how many sessions, or rows, are compared at once. batch: how many sessions one transaction copies.
    Raises ConfigurationError for a target that holds anything else.
    """
    if {current_revision(source), current_revision(target)} != {REVISION}:
        raise ConfigurationError("one of these databases has newer tables; copy with that newer swarmstore")
    store_id, highest, total = source.read(_look)
    target.write(partial(copy_mark.claim, store_id=store_id, highest=highest), maintenance=True)
    already = target.read(_count)
    _with_both(source, target, partial(_copy_names, page=page))
    done = gone = after = 0
    # those whose row ids nobody else gets in the target
    while wanted := source.read(partial(_known, which=SessionRow.id.between(after + 1, highest), limit=page)):
        missing = _lacking(wanted, target.read(partial(_known, which=_one_of(list(wanted)))))
        done += len(wanted) - len(missing)
        for some in in_pages(missing, batch):
            gone += _with_both(source, target, partial(_copy_sessions, row_ids=some))
            done += len(some)
            if progress is not None:
                progress(done, max(done, total))
        after = max(wanted)
    finish = partial(_finish, page=page, batch=batch, publish=not target.is_spread)
    scenarios, sessions, removed, last = _with_both(source, target, finish)
    if target.is_spread:  # by now its sessions are seen on all servers
        target.write(lambda session: session.execute(_published_up_to(last)))
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


def _with_both(source: Database, target: Database, work: Callable[[Session, Session], _Result]) -> _Result:
    """Run `work` on a snapshot of the source and in a transaction of the target, one copy at a time."""

    def with_source(ours: Session) -> _Result:
        def with_target(theirs: Session) -> _Result:
            ChangeFeed.lock(theirs)
            return work(ours, theirs)

        return target.write(with_target, maintenance=True)

    return source.read(with_source, maintenance=True)


def _copy_names(ours: Session, theirs: Session, page: int) -> None:
    """Actions and scenarios, each with a total of nothing, so that sessions are whole from the first on."""
    copy_mark.check_unused(theirs)
    _mirror_names(ours, theirs, page)
    for scenario_id, _ in theirs.execute(checks.scenarios_without_total()).all():
        theirs.execute(insert(Rollup).values(scenario_id=scenario_id, **NOTHING.columns()))
    copy_mark.mark(theirs, 0, finished=None)


def _mirror_names(ours: Session, theirs: Session, page: int) -> None:
    source, into = ours.connection(), theirs.connection()
    # sequences are the same in all stores, and more of them do no harm
    mirror(source, into, ActionSequence.table, page, removing=False)
    mirror(source, into, Scenario.table, page)
    highest = ours.scalar(select(func.max(Scenario.id))) or 0
    dialect_of(into).reserve_ids(into, Scenario.table, highest)


def _copy_sessions(ours: Session, theirs: Session, row_ids: Sequence[int]) -> int:
    """Copy some sessions; how many others had to make room for them."""
    wanted = _known(ours, _one_of(row_ids))
    missing = _lacking(wanted, _known(theirs, _one_of(row_ids)))  # not those of another copy at the same time
    if not missing:
        return 0
    gone = _make_room(theirs, [wanted[row_id] for row_id in missing])
    _insert(ours, theirs, missing)
    return gone


def _make_room(theirs: Session, coming: Sequence[_Known]) -> int:
    """Remove the sessions that have what is to be others' alone; how many."""
    named = tuple_(SessionRow.scenario_id, SessionRow.session_id)
    row_ids, ids = [one.id for one in coming], [(one.scenario_id, one.session_id) for one in coming]
    positions = [one.position for one in coming if one.position is not None]
    in_the_way = or_(SessionRow.id.in_(row_ids), named.in_(ids), SessionRow.position.in_(positions))
    found = theirs.execute(select(SessionRow.id, SessionRow.scenario_id).where(in_the_way)).all()
    if found:
        copy_mark.check_unused(theirs)
        delete_rows(theirs, Rows.of(found))
        copy_mark.mark(theirs, 0, finished=None)
    return len(found)


def _finish(
    ours: Session, theirs: Session, page: int, batch: int, publish: bool
) -> tuple[int, int, int, int]:
    """Bring over all that changes; how many scenarios and sessions there are, and how many have gone.

    And the last position that followers may read: publish tells whether they may at once.
    """
    copy_mark.check_unused(theirs)
    source, into = ours.connection(), theirs.connection()
    _mirror_names(ours, theirs, page)
    removed = _even_out_sessions(ours, theirs, page, batch)
    for table in _STATE:
        mirror(source, into, table, page, but=copy_mark.IS_MARK if table is ImportedFile.table else None)
    settle(theirs)  # of a source on a cluster
    theirs.execute(update(Rollup).where(Rollup.unsettled.is_not(None)).values(unsettled=None))
    dialect_of(into).reserve_ids(into, Baseline.table, ours.scalar(select(func.max(Baseline.id))) or 0)
    published = ours.scalars(publication()).one()
    followed = _published_up_to(published.last_position if publish else Publication.last_position)
    theirs.execute(followed.values(epoch=published.epoch))
    copy_mark.mark(theirs, copy_mark.highest_session(ours), finished=True)
    scenarios = ours.scalar(select(func.count()).select_from(Scenario)) or 0
    return scenarios, _count(theirs), removed, published.last_position


def _published_up_to(last: int | InstrumentedAttribute[int]) -> Update:
    return update(Publication).values(last_position=last)


def _even_out_sessions(ours: Session, theirs: Session, page: int, batch: int) -> int:
    """Copy what was saved since, remove what is gone (how many), and take over positions."""
    removed = 0
    # what goes leaves first: its id in its scenario may belong to another one by now
    for wanted, found in _side_by_side(ours, theirs, page):
        surplus = _lacking(found, wanted)
        delete_rows(theirs, Rows.of([found[row_id] for row_id in surplus]))
        removed += len(surplus)
    for wanted, found in _side_by_side(ours, theirs, page):
        for some in in_pages(_lacking(wanted, found), batch):
            _insert(ours, theirs, some)
        moved = [one for row_id, one in wanted.items() if found.get(row_id, one) != one]
        if moved:
            rows = [{"row": one.id, "place": one.position, "stamp": one.position_stamp} for one in moved]
            theirs.connection().execute(_PUBLISH, rows)
    return removed


def _side_by_side(
    ours: Session, theirs: Session, page: int
) -> Iterator[tuple[dict[int, _Known], dict[int, _Known]]]:
    """The sessions of both, some at a time, by row id."""
    after = 0
    while after < MAX_TOTAL:
        wanted = _known(ours, SessionRow.id.between(after + 1, MAX_TOTAL), page)
        last = max(wanted) if len(wanted) == page else MAX_TOTAL
        yield wanted, _known(theirs, SessionRow.id.between(after + 1, last))
        after = last


def _known(session: Session, which: ColumnElement[bool], limit: int | None = None) -> dict[int, _Known]:
    these = select(
        SessionRow.id,
        SessionRow.write_token,
        SessionRow.scenario_id,
        SessionRow.session_id,
        SessionRow.position,
        SessionRow.position_stamp,
    )
    found = session.execute(these.where(which).order_by(SessionRow.id).limit(limit))
    return {row.id: row for row in found}


def _one_of(row_ids: Sequence[int]) -> ColumnElement[bool]:
    return one_of(SessionRow.id.expression, "ids", row_ids)


def _lacking(wanted: Mapping[int, _Known], found: Mapping[int, _Known]) -> list[int]:
    """The sessions that are not among others: their row ids may be."""
    return [
        row_id
        for row_id, one in wanted.items()
        if row_id not in found or found[row_id].write_token != one.write_token
    ]


def _insert(ours: Session, theirs: Session, row_ids: Sequence[int]) -> None:
    for table in _OF_SESSIONS:
        columns = columns_by_key(table)  # row ids come first
        these = select(*columns).where(one_of(columns[0], "ids")).order_by(*table.primary_key.columns)
        rows = ours.connection().execute(these, {"ids": row_ids}).all()
        insert_all(theirs.connection(), table, rows)
