"""Totals within a transaction: read, fold, replace, and let a session go without losing it.

A total is the sum of its carried parts and of the sessions that `total_sources` counts in it. The
folded row caches that sum for carried parts and folded sources; readers add what waits. Whoever
changes a total locks its folded row first, global before scenario, and reads what it protects in
later statements: at READ COMMITTED each sees what was committed before the lock was granted.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, Select, delete, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from swarmstore.db.dialects.functions import database_now_ms, one_of
from swarmstore.db.dialects.registry import insert_rows
from swarmstore.db.mapping.rows import SnapshotRows
from swarmstore.db.mapping.total_headers import (
    NOTHING,
    Part,
    carried_part,
    combine,
    folded_part,
    session_part,
)
from swarmstore.db.repositories.action_sequences import Sequences
from swarmstore.db.repositories.facts import (
    Owner,
    add_facts,
    copy_facts,
    drop_facts,
    facts_as_rows,
    load_facts,
    load_total_facts,
    snapshot_of,
)
from swarmstore.db.repositories.removed_sessions import remember_removed
from swarmstore.db.schema import CARRIED, FOLDED, GLOBAL, SESSIONS, Carried, Folded, SessionRow, TotalSource
from swarmstore.db.schema.baselines import HAND, PRUNED
from swarmstore.db.schema.families import Kind
from swarmstore.db.statements.totals import mark_folded, set_folded, waiting_counts
from swarmstore.errors import CorruptStoreError
from swarmstore.model.snapshot import LearningSnapshot

_UNSYNCHRONIZED = {"synchronize_session": False}


def waiting_sessions(connection: Connection, scenario: int, limit: int) -> dict[int, int]:
    """How many sessions the global total and a scenario's have not folded yet, `limit` at most."""
    counts = connection.execute(waiting_counts(limit), {"scenario_id": scenario}).one()
    return dict(zip((GLOBAL, scenario), counts, strict=True))


def total_exists(session: Session, total: int | None) -> bool:
    """Whether anything counts in this total, which None is the id of without one."""
    if total is None:
        return False
    folded = session.get_one(Folded, total)
    return folded.contributors > 0 or bool(pending_sessions(session, total, 1))


def load_total(
    session: Session, sequences: Sequences, folded: Folded, rows: Sequence[int]
) -> LearningSnapshot | None:
    """A cached total with the sessions of these rows, None when nothing counts in it.

    Raises CountOverflowError.
    """
    total = folded.scenario_id
    waiting = session.scalars(_of_rows(), {"ids": rows}).all() if rows else []
    part = combine([folded_part(folded), *map(session_part, waiting)])
    if part.contributors == 0:
        return None
    if not rows:
        facts = load_facts(session, FOLDED, [total])[total]
    elif part.contributors == 1:
        facts = load_facts(session, SESSIONS, rows)[rows[0]]
    else:
        facts = load_total_facts(session, total, rows)
    return snapshot_of(session, sequences, part.header, facts)


def lock_totals(session: Session, totals: Iterable[int]) -> dict[int, Folded]:
    """Wait for these totals and keep them until the transaction ends."""
    return {total: _lock(session, total) for total in sorted(set(totals))}


def _lock(session: Session, total: int) -> Folded:
    folded = try_lock(session, total, skip_locked=False)
    if folded is None:
        raise CorruptStoreError(f"the folded row of total {total} is missing; run `swarmstore doctor`")
    return folded


def try_lock(session: Session, total: int, *, skip_locked: bool) -> Folded | None:
    """Lock one total; None when somebody has it and `skip_locked` says not to wait."""
    # a statement of its own: locking and reading in one counted a session twice.
    # key_share: FOR NO KEY UPDATE, which lets rows that refer to this one be written meanwhile
    statement = select(Folded).where(Folded.scenario_id == total)
    locked = statement.with_for_update(key_share=True, skip_locked=skip_locked)
    return session.scalar(locked.execution_options(populate_existing=True))


def fold_pending(session: Session, folded: Folded, limit: int, leaving: Sequence[int]) -> list[int]:
    """Add up to `limit` waiting sessions to a locked total, but for those in `leaving`.

    Returns their row ids. Raises CountOverflowError.
    """
    pending = pending_sessions(session, folded.scenario_id, limit, leaving)
    fold_sessions(session, [folded], pending)
    return [row.id for row in pending]


def next_pending(session: Session, total: int, leaving: Sequence[int]) -> int | None:
    """The row id of the first session waiting for this total, but for those in `leaving`."""
    pending = pending_sessions(session, total, 1, leaving)
    return pending[0].id if pending else None


def fold_together(session: Session, into: Sequence[Folded], limit: int) -> None:
    """Add up to `limit` waiting sessions to each of some locked totals, summing each session once.

    Raises CountOverflowError.
    """
    waiting: dict[SessionRow, list[Folded]] = {}
    for folded in into:
        for row in pending_sessions(session, folded.scenario_id, limit):
            waiting.setdefault(row, []).append(folded)
    alike: dict[tuple[Folded, ...], list[SessionRow]] = {}
    for row, wanted in waiting.items():
        alike.setdefault(tuple(wanted), []).append(row)
    for totals, rows in alike.items():
        fold_sessions(session, totals, rows)


def fold_sessions(session: Session, into: Sequence[Folded], rows: Sequence[SessionRow]) -> None:
    """Add the same sessions to locked totals and mark them folded. Raises CountOverflowError."""
    if not rows:
        return
    owners, parts = [row.id for row in rows], [session_part(row) for row in rows]
    sums = [(folded, combine([folded_part(folded), *parts])) for folded in into]
    several = [folded for folded, part in sums if part.contributors > 1]
    if several:
        add_facts(session, SESSIONS, owners, [_owner(folded) for folded in several])
    for folded, part in sums:
        if part.contributors == 1:
            copy_facts(session, SESSIONS, owners[0], _owner(folded))
        elif folded.contributors == 1:  # what belongs to one session leaves with the second
            drop_facts(session, _owner(folded), [Kind.SWITCHES])
        _set(session, folded, part)
        session.connection().execute(mark_folded(), {"total": folded.scenario_id, "owners": owners})


def clear_total(session: Session, folded: Folded) -> bool:
    """Empty a locked total: no parts, no sessions. Whether there was anything."""
    total = folded.scenario_id
    existed = folded.contributors > 0 or bool(pending_sessions(session, total, 1))
    session.execute(delete(TotalSource).where(TotalSource.total_scenario_id == total))
    session.execute(delete(Carried).where(Carried.scenario_id == total))
    drop_facts(session, _owner(folded))
    _set(session, folded, NOTHING)
    return existed


def replace_total(session: Session, folded: Folded, rows: SnapshotRows) -> None:
    """Make a locked total one carried part, saved by hand: no session counts in it any more."""
    clear_total(session, folded)
    carry(session, folded, HAND, rows)
    refold(session, folded)


def carried_of(session: Session, total: int, origin: str) -> Carried | None:
    """The part that a total carries of this origin."""
    return session.scalar(select(Carried).where(Carried.scenario_id == total, Carried.origin == origin))


def covers(session: Session, rows: SnapshotRows, part: Carried) -> bool:
    """Whether a snapshot learned all that a carried part has."""
    facts = load_facts(session, CARRIED, [part.id])[part.id]
    if any(rows.header[name] < getattr(part, name) for name in ("success_episodes", "failure_episodes")):
        return False
    for kind in (Kind.TRANSITIONS, Kind.NGRAMS):
        there = {key: counts for key, *counts in zip(*rows.facts[kind], strict=True)}
        for key, *counts in zip(*facts[kind], strict=True):
            now = there.get(key, [0, 0])
            if any((new or 0) < (old or 0) for new, old in zip(now, counts, strict=True)):
                return False
    return True


def carry(session: Session, folded: Folded, origin: str, rows: SnapshotRows) -> None:
    """Keep a locked total's carried part of this origin, in place of an earlier one.

    `refold` brings the cached sum up to date.
    """
    total = folded.scenario_id
    before = carried_of(session, total, origin)
    if before is not None:
        session.delete(before)
        session.flush()
    now = session.scalar(select(database_now_ms()))
    part = Carried(scenario_id=total, origin=origin, newest_saved_at_ms=now, **rows.header)
    session.add(part)
    session.flush()
    of_part = {CARRIED.owner: part.id, "scenario_id": total}
    insert_rows(session.connection(), *facts_as_rows(CARRIED, of_part, rows))


def refold(session: Session, folded: Folded) -> None:
    """Make a locked total's cached sum anew from its carried parts and folded sessions."""
    total = folded.scenario_id
    carried = session.scalars(select(Carried).where(Carried.scenario_id == total).order_by(Carried.id)).all()
    counted = session.scalars(_counted(total).where(TotalSource.folded.is_(True))).all()
    parts = [*map(carried_part, carried), *map(session_part, counted)]
    drop_facts(session, _owner(folded))
    if len(parts) == 1:
        source, owner = (CARRIED, carried[0].id) if carried else (SESSIONS, counted[0].id)
        copy_facts(session, source, owner, _owner(folded))
    else:
        add_facts(session, CARRIED, [row.id for row in carried], [_owner(folded)])
        add_facts(session, SESSIONS, [row.id for row in counted], [_owner(folded)])
    _set(session, folded, combine(parts))


def release_sessions(session: Session, scenario_id: int, row_ids: Sequence[int]) -> int:
    """Delete sessions of a scenario, leaving every total as it is; how many were still there.

    What they added is carried from now on. Locks the totals first.
    """
    locked = lock_totals(session, [GLOBAL, scenario_id])
    these = {"ids": row_ids}
    rows = lock_sessions(session, row_ids)
    of_these = one_of(TotalSource.session_row_id.expression, "ids")
    sources = session.scalars(select(TotalSource).where(of_these), these).all()
    is_folded = {(source.total_scenario_id, source.session_row_id): source.folded for source in sources}
    for total, folded in locked.items():
        fold_sessions(session, [folded], [row for row in rows if is_folded.get((total, row.id)) is False])
        _carry_sessions(session, folded, [row for row in rows if (total, row.id) in is_folded])
    remember_removed(session, [row.id for row in rows])
    delete_rows(session, row_ids)
    return len(rows)


def delete_rows(session: Session, row_ids: Sequence[int]) -> None:
    """Delete sessions, and that they count: their totals are locked, and no part of this."""
    for column in (TotalSource.session_row_id, SessionRow.id):
        gone = delete(column.class_).where(one_of(column.expression, "ids"))
        session.execute(gone, {"ids": row_ids}, execution_options=_UNSYNCHRONIZED)


def lock_sessions(session: Session, row_ids: Sequence[int]) -> Sequence[SessionRow]:
    """Keep sessions until the transaction ends, as they are then; those that are still there.

    In the order of row ids, as publishing locks them: nobody waits in a circle.
    """
    found = _of_rows().with_for_update().execution_options(populate_existing=True)
    return session.scalars(found, {"ids": row_ids}).all()


def _carry_sessions(session: Session, folded: Folded, rows: Sequence[SessionRow]) -> None:
    """Move folded sessions of a locked total into its carried part of removed sessions."""
    if not rows:
        return
    total, owners = folded.scenario_id, [row.id for row in rows]
    pruned = carried_of(session, total, PRUNED)
    before = [] if pruned is None else [carried_part(pruned)]
    columns = _carried_columns(combine([*before, *map(session_part, rows)]))
    if pruned is None:
        pruned = Carried(scenario_id=total, origin=PRUNED, **columns)
        session.add(pruned)
        session.flush()
    else:
        session.execute(update(Carried).where(Carried.id == pruned.id).values(columns))
    owner = Owner(CARRIED, pruned.id)
    if not before and len(rows) == 1:
        copy_facts(session, SESSIONS, owners[0], owner)
    else:
        add_facts(session, SESSIONS, owners, [owner])
        drop_facts(session, owner, [Kind.SWITCHES])
    contributors = folded.contributors - len(rows) + (not before)
    session.execute(update(Folded).where(Folded.scenario_id == total).values(contributors=contributors))


def _carried_columns(part: Part) -> dict[str, object]:
    return {name: value for name, value in part.columns().items() if name != "contributors"}


def _owner(folded: Folded) -> Owner:
    return Owner(FOLDED, folded.scenario_id)


def _set(session: Session, folded: Folded, part: Part) -> None:
    # a statement of its own: the unit of work takes -0.0 for 0.0 and would not write it
    values = {**part.columns(), "stamp": secrets.randbits(63)}
    session.connection().execute(set_folded(tuple(values)), {"total": folded.scenario_id, **values})
    for name, value in values.items():
        set_committed_value(folded, name, value)


def pending_sessions(
    session: Session, total: int, limit: int | None = None, leaving: Sequence[int] = ()
) -> Sequence[SessionRow]:
    """The first sessions waiting for this total, in the order in which they are folded."""
    statement = _counted(total).where(TotalSource.folded.is_(False))
    if leaving:
        statement = statement.where(~one_of(TotalSource.session_row_id.expression, "leaving", leaving))
    return session.scalars(statement.limit(limit)).all()


def _of_rows() -> Select[SessionRow]:
    """Sessions whose row ids are in parameter `ids`."""
    return select(SessionRow).where(one_of(SessionRow.id.expression, "ids")).order_by(SessionRow.id)


def _counted(total: int) -> Select[SessionRow]:
    return (
        select(SessionRow)
        .join(TotalSource, TotalSource.session_row_id == SessionRow.id)
        .where(TotalSource.total_scenario_id == total)
        .order_by(SessionRow.id)
    )
