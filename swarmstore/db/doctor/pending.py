"""What waits to be added to cached totals: how much, how long, and what never will be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from swarmstore.db.dialects.functions import database_now_ms
from swarmstore.db.doctor.check_context import Case
from swarmstore.db.doctor.findings import Finding, Waiting, finding
from swarmstore.db.mapping.total_headers import combine, folded_part, session_part
from swarmstore.db.operations.refresh_totals import due_at
from swarmstore.db.repositories.facts import OwnerFacts
from swarmstore.db.schema import FOLDED, SESSIONS, Folded, SessionRow
from swarmstore.db.schema.families import SUMMED
from swarmstore.db.statements import checks
from swarmstore.errors import CountOverflowError
from swarmstore.model.limits import MAX_TOTAL

MANY = 8  # times as many as a save has folded: savers pass the total by, and reading it takes far longer
_BATCH = 200  # sessions read at once: bounded memory


def waiting_totals(session: Session) -> list[Waiting]:
    """The totals that sessions wait for, global first."""
    now = session.scalar(select(database_now_ms())) or 0
    rows = session.execute(checks.waiting_totals())
    return [
        Waiting(total, scenario, sessions, max(now - oldest, 0) // 1000)
        for total, scenario, sessions, oldest in rows
    ]


def long_queues(case: Case) -> Iterator[Finding]:
    """Totals that savers have passed by too often.

    Age alone says nothing: a total that is saved to once a month is folded as seldom.
    """
    for one in case.diagnosis.waiting:
        most = MANY * due_at(case.settings, one.total)
        if one.sessions > most:
            yield finding(
                "waiting-many",
                _named(one),
                f"{one.sessions:,} sessions wait to be folded into {_named(one)}, more than {most:,} "
                f"({MANY} times as many as a save has folded): answers have them, and take longer",
                "run `swarmstore fold`; if they stay, the savers' logs say why folding fails",
            )


def overflowing(case: Case) -> Iterator[Finding]:
    """Sessions that would take a total past 2^63 - 1, by scenario and id."""
    near = _near_the_limit(case.session, case.diagnosis.waiting)
    for one in case.diagnosis.waiting:
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


def _named(one: Waiting) -> str:
    return "the global total" if one.total == 0 else f"the total of {one.scenario!r}"


def _near_the_limit(session: Session, waiting: Sequence[Waiting]) -> set[int]:
    """Totals that could not hold the largest count so many times as sessions wait for any of them.

    However many totals there are, these are few statements, and mostly they find none.
    """
    if not waiting:
        return set()
    largest = max(count or 0 for of in checks.largest_waiting() for count in session.execute(of).one())
    limit = MAX_TOTAL - largest * max(one.sessions for one in waiting)
    above = {"limit": max(limit, 0)}
    near = {total for of in checks.totals_above() for total in session.scalars(of, above)}
    return near if limit >= 0 else near | {one.total for one in waiting}


def _that_do_not_fit(case: Case, total: int) -> Iterator[SessionRow]:
    """Those that folding, which takes sessions in order, would leave waiting."""
    session, repository = case.session, case.repositories.facts
    part = folded_part(session.get_one(Folded, total))
    sums = _counts(repository.load(session, FOLDED, [total])[total])
    rows = case.repositories.totals.list_pending(session, total)
    for start in range(0, len(rows), _BATCH):
        batch = rows[start : start + _BATCH]
        facts = repository.load(session, SESSIONS, [row.id for row in batch])
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
