"""Rows without the rows that they need, where no foreign key watches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from swarmstore.db.dialects.failures import translated
from swarmstore.db.doctor.check_context import Case
from swarmstore.db.doctor.findings import Finding, finding, many
from swarmstore.db.doctor.pending import pending_totals
from swarmstore.db.mapping.total_headers import NOTHING
from swarmstore.db.operations.copy_mark import is_unfinished
from swarmstore.db.schema.families import SESSIONS
from swarmstore.db.schema.sessions import GLOBAL, Rollup, Scenario, SessionRow
from swarmstore.db.statements import checks
from swarmstore.errors import CorruptStoreError


def counts(case: Case) -> Iterable[Finding]:
    """Tell how much there is, and what is pending."""
    session, diagnosis = case.session, case.diagnosis
    diagnosis.scenarios = session.scalar(select(func.count()).select_from(Scenario))
    diagnosis.sessions = session.scalar(select(func.count()).select_from(SessionRow))
    diagnosis.pending = pending_totals(session)
    return ()


def unfinished_copy(case: Case) -> Iterator[Finding]:
    """A copy into this database that ended before its totals came over."""
    if is_unfinished(case.session):
        yield finding(
            "copy-unfinished",
            None,
            "a copy into this database was interrupted: sessions are missing, and totals are not theirs",
            "run the same `swarmstore copy` again, which goes on where it was; if it is refused because "
            "somebody has saved here since, copy into an empty database",
        )


def feed(case: Case) -> Iterator[Finding]:
    """Positions past the one that is said to be the last."""
    last, greatest = case.repositories.change_feed.positions(case.session)
    if greatest > last:
        yield finding(
            "feed-behind",
            None,
            f"sessions have positions up to {greatest} in the order of followers, and {last} is said to be "
            "the last: an older swarmstore gave them out while sessions were removed",
            "run `swarmstore upgrade`, which mends it; followers whose cursor is refused begin anew",
        )


def missing_rows(case: Case) -> Iterator[Finding]:
    """Sessions without their scenario, and scenarios without their cached total."""
    for scenario_id, sessions in case.session.execute(checks.sessions_without_scenario()).all():
        yield finding(
            "scenario-missing",
            f"scenario {scenario_id}",
            f"{many(sessions, 'session')} of scenario {scenario_id}, which has no row and so no name: "
            "what they taught is in the global total, and they cannot be loaded",
            f"restore the row of {case.qualified('scenarios')} from a backup",
        )
    found = case.session.execute(checks.scenarios_without_total())
    without = [(total, f"scenario {name!r}") for total, name in found]
    if case.session.get(Rollup, GLOBAL) is None:
        without.insert(0, (GLOBAL, "the global total"))
    for total, named in without:
        problem = f"{named} has no row in {case.qualified('rollups')}: it can neither be loaded nor folded"
        advice = f"`{_empty_total(case, total)}`, then `swarmstore rebuild`: nothing is lost"
        yield finding("total-missing", named, problem, advice)


def _empty_total(case: Case, total: int) -> str:
    table = Rollup.table
    given = {name: value for name, value in NOTHING.columns().items() if value is not None}
    values = ", ".join(map(str, given.values()))
    named = f"{case.qualified(table.name)} (scenario_id, {', '.join(given)})"
    return f"INSERT INTO {named} VALUES ({total}, {values})"  # noqa: S608 - shown, not run


def missing_sequences(case: Case) -> Iterator[Finding]:
    """Facts whose actions have no names: they count, and cannot be shown."""
    for table in checks.tables_by_sequence():
        rows, sequences, smallest = case.session.execute(checks.missing_sequences(table)).one()
        if rows:
            yield finding(
                "sequence-missing",
                table.name,
                f"{many(rows, 'row')} of {table.name} without the names of their actions "
                f"({many(sequences, 'sequence')}, one of them {smallest}): what holds them cannot be loaded",
                f"restore the rows of {case.qualified('action_sequences')} from a backup, or from any store "
                "that learned the same actions: ids are the same in all of them",
            )


def damaged_names(case: Case) -> Iterator[Finding]:
    """Sequences whose names are not those that their id was made from."""
    for key, names in case.repositories.sequences.find_damaged(case.session):
        yield finding(
            "sequence-damaged",
            f"sequence {key}",
            f"the names of action sequence {key} have changed: they are {names!r} now, which has another id",
            f"restore the row of {case.qualified('action_sequences')} from a backup, or from any store "
            "that learned the same actions",
        )


def damaged_sessions(case: Case) -> Iterator[Finding]:
    """Where something is damaged, the sessions that cannot be read because of it, one by one."""
    if not any(one.code == "data-damaged" for one in case.diagnosis.findings):
        return
    rows = select(SessionRow.id, SessionRow.scenario_id, SessionRow.session_id).order_by(SessionRow.id)
    for row in case.session.execute(rows).all():
        try:
            with case.session.begin_nested():
                case.repositories.facts.load(case.session, SESSIONS, row.id)
        except DBAPIError as error:
            if not isinstance(translated(error), CorruptStoreError):
                raise
            name = case.scenario_name(row.scenario_id)
            problem = f"session {row.session_id!r} of scenario {name!r} cannot be read"
            advice = "restore a backup, or save these sessions again into a new store"
            yield finding("data-damaged", f"session:{name}:{row.session_id}", problem, advice)
