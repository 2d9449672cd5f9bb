"""Forgetting sessions and imports: they go with what they added to totals, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, aliased

from swarmstore.db.dialects.failures import translated
from swarmstore.db.dialects.functions import one_of
from swarmstore.db.mapping.total_headers import rollup_part, session_part
from swarmstore.db.operations.withdraw_sessions import LockedTotals
from swarmstore.db.repositories.all import Repositories
from swarmstore.db.repositories.totals import TotalRepository
from swarmstore.db.schema.baselines import IMPORT_PREFIX, Baseline
from swarmstore.db.schema.imports import COPIES, ImportedFile
from swarmstore.db.schema.sessions import GLOBAL, RemovedSession, Rollup, Scenario, SessionRow, TotalSource
from swarmstore.db.statements import removed_sessions
from swarmstore.db.statements import sessions as queries
from swarmstore.db.statements.merges import sessions_in_slice
from swarmstore.db.statements.placed_rows import Rows, row_in
from swarmstore.errors import CountOverflowError, SnapshotNotFoundError
from swarmstore.model.forgetting import (
    ForgetReport,
    Forgetting,
    in_baseline,
    no_import,
    not_found,
    refuse_baseline,
)
from swarmstore.model.keys import SessionKey
from swarmstore.model.removed_sessions import Fate
from swarmstore.model.session_ids import SessionId
from swarmstore.model.snapshot import LearningSnapshot


class _Rehearsed(Exception):  # noqa: N818 - it is not an error
    """Ends a transaction that is to change nothing."""


def forget(repositories: Repositories, wanted: Forgetting, *, dry_run: bool = False) -> ForgetReport:
    """Forget what is wanted (see `LearningBackend.forget`); a dry run does all of it and takes it back."""
    found = ForgetReport()
    was_there = False

    def work(session: Session) -> None:
        nonlocal found, was_there  # a repeat after a lost answer finds nothing, and it was there
        try:
            if wanted.origin is None:
                report = _forget_sessions(repositories, session, wanted)
            else:
                report = _forget_import(repositories, session, wanted.origin)
        except SnapshotNotFoundError:
            if not was_there:
                raise
            return
        if not was_there or report.sessions:
            found, was_there = report, True
        if dry_run:
            raise _Rehearsed

    with suppress(_Rehearsed):
        repositories.database.write(work, maintenance=True)
    return replace(found, dry_run=dry_run)


def _forget_sessions(repositories: Repositories, session: Session, wanted: Forgetting) -> ForgetReport:
    """Forget sessions by ids or by a slice. Raises BaselineError, SnapshotNotFoundError."""
    scenario_id = None if wanted.scenario is None else repositories.scenarios.find(session, wanted.scenario)
    if wanted.scenario is not None and scenario_id is None:
        for session_id in wanted.session_ids or ():
            raise not_found(SessionKey(wanted.scenario, session_id))
        return ForgetReport()
    locked = LockedTotals(repositories, session, None if scenario_id is None else [scenario_id])
    if wanted.session_ids is None or scenario_id is None:
        found = Rows.of(session.execute(sessions_in_slice(wanted.slice, scenario_id)).all())
    else:
        row_ids = session.scalars(queries.row_ids(scenario_id, wanted.session_ids)).all()
        found = Rows(row_ids, [scenario_id])
    rows = repositories.sessions.lock(session, found)
    locked.add({row.scenario_id for row in rows})
    _refuse_removed(locked, wanted, scenario_id, rows)
    cached, without = locked.cached_in(rows), len(locked.uncounted(rows))
    locked.withdraw(rows, remembered=True)
    locked.rebuild(cached)
    return _report(repositories.totals, locked, rows, _totals_of(rows), without)


def _refuse_removed(
    locked: LockedTotals, wanted: Forgetting, scenario_id: int | None, rows: Sequence[SessionRow]
) -> None:
    """Refuse sessions that baselines have something of, and ids of which nothing is known."""
    session, with_baseline = locked.session, locked.with_baseline()
    in_baselines = list[SessionKey]()
    if wanted.scenario is not None and scenario_id is not None:
        there = {row.session_id for row in rows}
        gone = [session_id for session_id in wanted.session_ids or () if session_id not in there]
        kept = _fates(session, scenario_id, [SessionKey(wanted.scenario, each) for each in gone])
        in_baselines += kept if with_baseline & {GLOBAL, scenario_id} else []
    of_baseline = [row for row in rows if with_baseline & {GLOBAL, row.scenario_id}]
    again = locked.uncounted(of_baseline)
    if again:
        same = removed_sessions.kept_before(same_content=True)
        before = set(session.scalars(same, Rows.of(again).named("ids")))
        repeated = [row for row in of_baseline if row.id in before]
        in_baselines += _keys(repeated, _names_of(session, {row.scenario_id for row in repeated}))
    refuse_baseline(in_baselines)


def _fates(session: Session, scenario_id: int, gone: Sequence[SessionKey]) -> list[SessionKey]:
    """Those of removed sessions that counted. Raises SnapshotNotFoundError for one that never was."""
    if not gone:
        return []
    fates: dict[str, set[str]] = {}
    for session_id, fate in session.execute(
        removed_sessions.removed_ids(scenario_id, [k.session_id for k in gone])
    ):
        fates.setdefault(session_id, set()).add(fate)
    for key in gone:
        if key.session_id not in fates:
            raise not_found(key)
    return [key for key in gone if Fate.KEPT in fates[key.session_id]]


def _names_of(session: Session, scenario_ids: Iterable[int]) -> dict[int, str | None]:
    named = select(Scenario.id, Scenario.name).where(Scenario.id.in_(set(scenario_ids)))
    return {GLOBAL: None, **dict(session.execute(named).all())}


def _totals_of(rows: Sequence[SessionRow]) -> set[int]:
    return {total for row in rows for total in (GLOBAL, row.scenario_id)}


def _keys(rows: Sequence[SessionRow], names: Mapping[int, str | None]) -> list[SessionKey]:
    named = [(names[row.scenario_id] or "", row.session_id) for row in rows]
    return [SessionKey(name, SessionId(session_id)) for name, session_id in sorted(named)]


def _report(
    totals: TotalRepository,
    locked: LockedTotals,
    rows: Sequence[SessionRow],
    affected: set[int],
    without: int,
) -> ForgetReport:
    """What is said of sessions that are gone, of which some did not count, and of the totals they leave."""
    names = _names_of(locked.session, affected)
    left = {total: _total(totals, locked.session, locked[total]) for total in sorted(affected)}
    return ForgetReport(
        tuple(_keys(rows, names)),
        {names[total]: snapshot for total, found in left.items() for snapshot in found},
        without,
    )


def _total(totals: TotalRepository, session: Session, rollup: Rollup) -> list[LearningSnapshot | None]:
    """A total as it is now; none where a count in it passes 2^63 - 1."""
    total = rollup.scenario_id
    pending = {(row.id, row.scenario_id): session_part(row) for row in totals.list_pending(session, total)}
    try:
        with session.begin_nested():  # what fails must not end the transaction
            return [totals.load(session, total, rollup_part(rollup), pending)]
    except CountOverflowError:
        return []
    except DBAPIError as error:
        if not isinstance(translated(error), CountOverflowError):
            raise
        return []


def _forget_import(repositories: Repositories, session: Session, origin: str) -> ForgetReport:
    """Forget what was imported under a name. Raises SnapshotNotFoundError, BaselineError."""
    locked = LockedTotals(repositories, session)
    of_import = select(ImportedFile).where(ImportedFile.origin == origin, ImportedFile.origin != COPIES)
    files = session.scalars(of_import).all()
    parts = session.scalars(select(Baseline).where(Baseline.origin == IMPORT_PREFIX + origin)).all()
    if not files and not parts:
        known = select(ImportedFile.origin).where(ImportedFile.origin != COPIES).distinct()
        raise no_import(origin, session.scalars(known.order_by(ImportedFile.origin)).all())
    became = {file.session_row_id: file for file in files if file.session_row_id is not None}
    places = session.execute(queries.scenarios_of(), {"ids": list(became)}).all()
    rows = repositories.sessions.lock(session, Rows.of(places))
    locked.add({row.scenario_id for row in rows} | {part.scenario_id for part in parts})
    if locked.with_baseline():
        _refuse_changed(locked, origin, became, rows)
    others = _others(session, origin)
    leaving = [row for row in rows if row.id not in others]
    staying = [row for row in rows if row.id in others]
    changed = {part.scenario_id for part in parts} | locked.cached_in(leaving)
    changed |= _hand_over(repositories, locked, staying, became, others)
    locked.withdraw(leaving, remembered=False)
    session.execute(delete(Baseline).where(Baseline.id.in_([part.id for part in parts])))
    session.execute(delete(ImportedFile).where(ImportedFile.origin == origin))
    locked.rebuild(changed)
    affected = changed | _totals_of(rows)
    return _report(
        repositories.totals, locked, leaving, affected, 0
    )  # what did not count was in files' totals


def _refuse_changed(
    locked: LockedTotals, origin: str, became: Mapping[int, ImportedFile], rows: Sequence[SessionRow]
) -> None:
    """Refuse an import that baselines have something of. Raises BaselineError.

    A session that counted was removed, or a file that has changed since has replaced it.
    """
    counted = [row_id for row_id, file in became.items() if file.counted]
    there = [row for row in rows if became[row.id].counted]
    nothing = select(RemovedSession.session_row_id).where(
        one_of(RemovedSession.session_row_id.expression, "ids", counted), RemovedSession.fate == Fate.NOTHING
    )
    gone = set(counted).difference([row.id for row in there], locked.session.scalars(nothing))
    replaced = removed_sessions.kept_before(same_content=False)
    gone |= set(locked.session.scalars(replaced, Rows.of(locked.uncounted(there)).named("ids")))
    if gone:
        first = min(became[row_id].path for row_id in gone)
        raise in_baseline(f"the import {origin!r}, {len(gone):,} of whose files ({first!r} is one)")


def _others(session: Session, origin: str) -> dict[int, ImportedFile]:
    """By row id, sessions that another import has the very same file of, and that import's entry.

    It would have them, had this one not been there before.
    """
    ours, theirs = aliased(ImportedFile), aliased(ImportedFile)
    same = (
        select(ours.session_row_id, theirs)
        .join(theirs, theirs.path_hash == ours.path_hash)
        .where(
            ours.origin == origin,
            ours.session_row_id.is_not(None),
            theirs.content_digest == ours.content_digest,
            theirs.origin.not_in([origin, COPIES]),
            theirs.session_row_id.is_(None),
        )
        .order_by(theirs.origin.desc())
    )
    found = session.execute(same)  # of several the first by name, which comes last
    return {row_id: file for row_id, file in found if row_id is not None}


def _hand_over(
    repositories: Repositories,
    locked: LockedTotals,
    rows: Sequence[SessionRow],
    became: Mapping[int, ImportedFile],
    others: Mapping[int, ImportedFile],
) -> set[int]:
    """Let sessions be those of other imports, and count as those say; the totals to make anew."""
    session = locked.session
    for row in rows:
        file, files = others[row.id], ImportedFile.table
        entry = (files.c.origin == file.origin, files.c.path_hash == file.path_hash)
        session.execute(update(files).where(*entry).values(session_row_id=row.id))
    joining = [row for row in rows if others[row.id].counted and not became[row.id].counted]
    spread = repositories.database.is_spread  # sources and rollups would be seen one after the other
    places = [(row.id, row.scenario_id) for row in joining]
    repositories.totals.add_pending(session, places, folded=spread)
    leaving = [row for row in rows if became[row.id].counted and not others[row.id].counted]
    repositories.totals.check_folded(session, Rows.of(leaving))
    cached = locked.cached_in([*leaving, *joining] if spread else leaving)
    of_these = row_in(TotalSource.table.c.session_row_id, "ids")
    session.execute(delete(TotalSource.table).where(of_these), Rows.of(leaving).named("ids"))
    return cached
