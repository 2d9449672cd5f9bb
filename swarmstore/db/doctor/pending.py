"""What is pending for cached totals: how much, how long, and what never will be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from swarmstore.db.dialects.functions import database_now_ms
from swarmstore.db.doctor.check_context import Case
from swarmstore.db.doctor.findings import Finding, PendingTotal, finding
from swarmstore.db.mapping.total_headers import combine, rollup_part, session_part
from swarmstore.db.operations.fold_totals import due_at
from swarmstore.db.repositories.facts import OwnerFacts
from swarmstore.db.schema.families import ROLLUPS, SESSIONS, SUMMED
from swarmstore.db.schema.sessions import Rollup, SessionRow
from swarmstore.db.statements import checks
from swarmstore.errors import CountOverflowError
from swarmstore.model.limits import MAX_TOTAL

MANY = 8  # times as many as a save has folded: savers pass the total by, and reading it takes far longer
_BATCH = 200  # sessions read at once: bounded memory


def pending_totals(session: Session) -> list[PendingTotal]:
    """The totals that sessions are pending for, global first."""
    now = session.scalar(select(database_now_ms())) or 0
    rows = session.execute(checks.pending_totals())
    return [
        PendingTotal(total, scenario, sessions, max(now - oldest, 0) // 1000)
        for total, scenario, sessions, oldest in rows
    ]


def long_queues(case: Case) -> Iterator[Finding]:
    """Totals that savers have passed by too often.

    Age alone says nothing: a total that is saved to once a month is folded as seldom.
    """
    for one in case.diagnosis.pending:
        most = MANY * due_at(case.settings, one.total)
        if one.sessions > most:
            yield finding(
                "pending-many",
                _named(one),
                f"{one.sessions:,} sessions are pending for {_named(one)}, more than {most:,} "
                f"({MANY} times as many as a save has folded): answers have them, and take longer",
                "run `swarmstore fold`; if they stay, the savers' logs say why folding fails",
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
    sums = _counts(repository.load(session, ROLLUPS, total))
    rows = case.repositories.totals.list_pending(session, total)
    for start in range(0, len(rows), _BATCH):
        batch = rows[start : start + _BATCH]
        facts = repository.load_all(session, SESSIONS, [row.id for row in batch])
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
