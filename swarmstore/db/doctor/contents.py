"""What is in the tables: how much, what is pending for totals, and rows without the rows that they need."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from swarmstore.db.dialects.failures import translated
from swarmstore.db.dialects.functions import database_now_ms
from swarmstore.db.doctor.check_context import Case
from swarmstore.db.doctor.findings import Finding, PendingTotal, finding, many
from swarmstore.db.mapping.total_headers import NOTHING, combine, rollup_part, session_part
from swarmstore.db.operations.copy_mark import is_unfinished
from swarmstore.db.operations.fold_totals import due_at
from swarmstore.db.repositories.facts import OwnerFacts
from swarmstore.db.schema.families import ROLLUPS, SESSIONS, SUMMED
from swarmstore.db.schema.sessions import GLOBAL, Rollup, Scenario, SessionRow
from swarmstore.db.statements import checks
from swarmstore.db.statements.placed_rows import Rows
from swarmstore.errors import CorruptStoreError, CountOverflowError
from swarmstore.model.limits import MAX_TOTAL
from swarmstore.model.pages import in_pages

MANY = 8  # times as many as make a save fold: folding must have failed again and again
_BATCH = 200  # sessions read at once: bounded memory


def counts(case: Case) -> Iterable[Finding]:
    """Tell how much there is, and what is pending."""
    session, diagnosis = case.session, case.diagnosis
    diagnosis.scenarios = session.scalar(select(func.count()).select_from(Scenario))
    diagnosis.sessions = session.scalar(select(func.count()).select_from(SessionRow))
    now = session.scalar(select(database_now_ms())) or 0
    diagnosis.pending = [
        PendingTotal(total, scenario, sessions, max(now - oldest, 0) // 1000)
        for total, scenario, sessions, oldest in session.execute(checks.pending_totals())
    ]
    return ()


def unfinished_copy(case: Case) -> Iterator[Finding]:
    """A copy into this database that ended before its totals came over."""
    if is_unfinished(case.session):
        yield finding(
            "copy-unfinished",
            None,
            "a copy into this database was interrupted: sessions are missing, and the totals are wrong",
            "run the same `swarmstore copy` again, which continues where it stopped; if it is refused "
            "because something was saved here since, copy into an empty database",
        )


def feed(case: Case) -> Iterator[Finding]:
    """Positions beyond the one that is recorded as the last."""
    last, greatest = case.repositories.change_feed.positions(case.session)
    if greatest > last:
        yield finding(
            "feed-behind",
            None,
            f"sessions have positions up to {greatest} in the change feed, but {last} is recorded as the "
            "last: an older swarmstore gave out positions while sessions were removed",
            "run `swarmstore upgrade`, which corrects it; followers whose cursor is refused start again",
        )


def missing_rows(case: Case) -> Iterator[Finding]:
    """Sessions without their scenario, and scenarios without their cached total."""
    for scenario_id, sessions in case.session.execute(checks.sessions_without_scenario()).all():
        yield finding(
            "scenario-missing",
            f"scenario {scenario_id}",
            f"scenario {scenario_id} has {many(sessions, 'session')} but no row, and so no name: "
            "they count in the global total but cannot be loaded",
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
    """Facts whose actions have no names: they count but cannot be shown."""
    for table in checks.tables_by_sequence():
        rows, sequences, smallest = case.session.execute(checks.missing_sequences(table)).one()
        if rows:
            yield finding(
                "sequence-missing",
                table.name,
                f"the actions of {many(rows, 'row')} of {table.name} have no names "
                f"({many(sequences, 'sequence')}, one of them {smallest}), so what they belong to "
                "cannot be loaded",
                f"restore the rows of {case.qualified('action_sequences')} from a backup, or from any store "
                "that learned the same actions: ids are the same in all of them",
            )


def damaged_names(case: Case) -> Iterator[Finding]:
    """Sequences whose names are not those that their id was made from."""
    for key, names in case.repositories.sequences.find_damaged(case.session):
        yield finding(
            "sequence-damaged",
            f"sequence {key}",
            f"the names of action sequence {key} have changed: they are now {names!r}, which have another id",
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
                case.repositories.facts.load(case.session, SESSIONS, Rows.of([row]))
        except DBAPIError as error:
            if not isinstance(translated(error), CorruptStoreError):
                raise
            name = case.scenario_name(row.scenario_id)
            problem = f"session {row.session_id!r} of scenario {name!r} cannot be read"
            advice = "restore a backup, or save these sessions again into a new store"
            yield finding("data-damaged", f"session:{name}:{row.session_id}", problem, advice)


def long_queues(case: Case) -> Iterator[Finding]:
    """Totals that no save has folded for too long.

    Age alone says nothing: a scenario that is used once a month is folded as rarely.
    """
    for one in case.diagnosis.pending:
        most = MANY * due_at(case.settings, one.total)
        if one.sessions > most:
            yield finding(
                "pending-many",
                _named(one),
                f"{one.sessions:,} sessions are pending for {_named(one)}, more than {most:,} "
                f"({MANY} times as many as make a save fold): results include them but take longer",
                "run `swarmstore fold`; if they stay pending, the agents' logs say why folding fails",
            )


def overflowing(case: Case) -> Iterator[Finding]:
    """Sessions that would take a total past 2^63 - 1, by scenario and id."""
    near = _near_the_limit(case.session, case.diagnosis.pending)
    for one in case.diagnosis.pending:
        if one.total not in near:
            continue
        for row in _that_do_not_fit(case, one.total):
            scenario = case.scenario_name(row.scenario_id)
            yield finding(
                "session-overflows",
                f"session:{scenario}:{row.session_id}",
                f"session {row.session_id!r} of scenario {scenario!r} does not fit into {_named(one)}: "
                "a count would pass 2^63 - 1, so that total cannot be loaded",
                "save that total by hand (`save_scenario`, `save_global`): sessions saved later add to it; "
                "until then the session cannot be deleted",
            )


def _named(one: PendingTotal) -> str:
    return "the global total" if one.total == 0 else f"the total of {one.scenario!r}"


def _near_the_limit(session: Session, pending: Sequence[PendingTotal]) -> set[int]:
    """Totals that could not hold the largest count so many times as sessions are pending for any of them.

    However many totals there are, these are few statements, and mostly they find none.
    """
    if not pending:
        return set()
    largest = max(count or 0 for of in checks.largest_pending() for count in session.execute(of).one())
    limit = MAX_TOTAL - largest * max(one.sessions for one in pending)
    above = {"limit": max(limit, 0)}
    near = {total for of in checks.totals_above() for total in session.scalars(of, above)}
    return near if limit >= 0 else near | {one.total for one in pending}


def _that_do_not_fit(case: Case, total: int) -> Iterator[SessionRow]:
    """Those that folding, which takes sessions in order, would leave pending."""
    session, repository = case.session, case.repositories.facts
    part = rollup_part(session.get_one(Rollup, total))
    sums = _counts(repository.load(session, ROLLUPS, Rows.of_totals([total])))
    rows = case.repositories.totals.list_pending(session, total)
    for batch in in_pages(rows, _BATCH):
        facts = repository.load_all(session, SESSIONS, Rows.of(batch))
        for row in batch:
            added = _counts(facts[row.id])
            try:
                after = combine([part, session_part(row)])
            except CountOverflowError:
                after = None
            if after is None or any(sums[key] + count > MAX_TOTAL for key, count in added.items()):
                yield row
            else:
                part = after
                sums.update(added)


def _counts(facts: OwnerFacts) -> Counter[tuple[str, object, int]]:
    """Every count by its kind, key and column; Python's integers have no limit."""
    return Counter(
        {
            (kind, key, place): value
            for kind in SUMMED
            for key, *values in zip(*facts[kind], strict=True)
            for place, value in enumerate(values)
            if isinstance(value, int)
        }
    )
