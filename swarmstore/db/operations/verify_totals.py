"""Checks that cached totals are what they are made of, and sessions what was saved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from operator import add

from sqlalchemy import select
from sqlalchemy.orm import Session

from swarmstore.contracts.capabilities import Discrepancy
from swarmstore.contracts.progress import Progress, telling
from swarmstore.db.connection.transactions import Work
from swarmstore.db.dialects.base import Values
from swarmstore.db.dialects.functions import one_of
from swarmstore.db.mapping.content_digest import content_digest
from swarmstore.db.mapping.rows import COLUMNS, SnapshotRows
from swarmstore.db.mapping.total_headers import (
    HEADER_COLUMNS,
    NOTHING,
    SUMMED_COLUMNS,
    Part,
    combine,
    header_of,
    part_of,
    rollup_part,
)
from swarmstore.db.repositories.all import Repositories
from swarmstore.db.repositories.carried_parts import baseline_part
from swarmstore.db.repositories.facts import FactRepository
from swarmstore.db.repositories.unsettled_sources import settle
from swarmstore.db.schema.baselines import IMPORT_PREFIX, Baseline
from swarmstore.db.schema.families import BY_SEQUENCE, KEYS, ROLLUPS, SESSIONS, SUMMED, Kind
from swarmstore.db.schema.imports import ImportedFile
from swarmstore.db.schema.sessions import GLOBAL, Rollup, Scenario, SessionRow, TotalSource
from swarmstore.db.statements.checks import expected_facts
from swarmstore.db.statements.placed_rows import Placed, Rows, same_row
from swarmstore.db.statements.sessions import of_rows
from swarmstore.errors import NotPermittedError
from swarmstore.model.pages import in_pages

_BATCH = 200  # sessions read at once: bounded memory
_PAGE = 2_000  # headers read at once
_TOTALS = 50  # read at once
_TOLERANCE = 1e-9  # of all that was added: doubles add up to another last digit in another order


def verify(repositories: Repositories, *, deep: bool, progress: Progress | None) -> list[Discrepancy]:
    """Compare every total, each in one snapshot of the database, and with `deep` every session.

    Some at once, so that the number of statements hardly grows with that of scenarios.
    """
    database = repositories.database
    if database.is_spread:
        with suppress(NotPermittedError):
            database.write(settle)
    of_totals = select(Rollup.scenario_id, Scenario.name).outerjoin(
        Scenario, Scenario.id == Rollup.scenario_id
    )
    in_order = of_totals.order_by(Rollup.scenario_id)
    names = database.read(lambda session: dict(session.execute(in_order).all()))
    everything = select(SessionRow.id, SessionRow.scenario_id).order_by(SessionRow.id)
    rows = database.read(lambda s: s.execute(everything).all()) if deep else []
    found: list[Discrepancy] = []
    checks: list[Work[list[Discrepancy]]] = [
        *[
            partial(_check_totals, repositories, dict(page))
            for page in in_pages(list(names.items()), _TOTALS)
        ],
        partial(_check_imported, names),
        *[partial(_check_sessions, repositories.facts, names, page) for page in in_pages(rows, _BATCH)],
    ]
    for check in telling(progress, checks):
        found += database.read(check, maintenance=True)
    return found


def _check_totals(
    repositories: Repositories, names: Mapping[int, str | None], session: Session
) -> list[Discrepancy]:
    found = {total: list[Discrepancy]() for total in names}
    for total, *difference in _differing_headers(session, list(names)):
        found[total].append(Discrepancy(names[total], None, "header", (), *difference))
    cached = repositories.facts.load_all(session, ROLLUPS, Rows.of_totals(list(names)))
    for kind in SUMMED:
        sums = session.execute(expected_facts(kind), {"totals": list(names)})
        expected = {(total, row[0]): row for total, *row in sums}
        rows = {(total, row[0]): row for total in names for row in zip(*cached[total][kind], strict=True)}
        differing = [
            (total, key, *difference)
            for total, key in sorted(rows.keys() | expected.keys(), key=lambda one: (one[0], str(one[1])))
            for difference in _differences(kind, rows.get((total, key)), expected.get((total, key)))
        ]
        by_sequence = kind in BY_SEQUENCE
        ids = {key for _, key, *_ in differing} if by_sequence else set()
        actions_of = repositories.sequences.load(session, ids)
        for total, key, *difference in differing:
            actions = actions_of[key] if by_sequence else (key,)
            found[total].append(Discrepancy(names[total], None, kind, actions, *difference))
    return [one for of_total in found.values() for one in of_total]


def _differences(kind: Kind, found: Values | None, expected: Values | None) -> Iterator[tuple[str, str, str]]:
    """`(column, found, expected)` where two rows of one key differ; a missing row is `none`."""
    nothing = (None,) * len(COLUMNS[kind])
    # behind its columns the expected row has what was added to its greatest sum, whatever the sign
    for name, is_, should in zip(COLUMNS[kind], found or nothing, expected or nothing, strict=False):
        if name == KEYS[kind] or is_ == should:
            continue
        if name == "kpi_total" and found and expected and abs(is_ - should) <= _TOLERANCE * expected[-1]:
            continue
        yield name, _shown(is_), _shown(should)


def _shown(value: object) -> str:
    return "none" if value is None else str(value)


def _differing_headers(session: Session, totals: Sequence[int]) -> Iterator[tuple[int, str, str, str]]:
    """`(total, column, found, expected)` where a cached header is not what it is made of."""
    expected = dict.fromkeys(totals, NOTHING)
    for total, parts in _parts(session, totals):
        expected[total] = combine([expected[total], *parts])
    cached = (
        select(Rollup).where(one_of(Rollup.scenario_id.expression, "totals")).order_by(Rollup.scenario_id)
    )
    for rollup in session.scalars(cached, {"totals": totals}):
        should = expected[rollup.scenario_id].columns()
        for name, value in rollup_part(rollup).columns().items():
            if value != should[name]:
                yield rollup.scenario_id, name, _shown(value), _shown(should[name])


def _parts(session: Session, totals: Sequence[int]) -> Iterator[tuple[int, list[Part]]]:
    """All parts and folded sessions of these totals, a page in memory at a time.

    Sessions in any order: a cursor in the order of ids lets PostgreSQL walk the whole table.
    """
    carried = select(Baseline).where(one_of(Baseline.scenario_id.expression, "totals")).order_by(Baseline.id)
    for baseline in session.scalars(carried, {"totals": totals}):
        yield baseline.scenario_id, [baseline_part(baseline)]
    header = [getattr(SessionRow, name) for name in HEADER_COLUMNS]
    counted = (
        select(TotalSource.total_scenario_id, SessionRow.id, SessionRow.saved_at_ms, *header)
        .join(SessionRow, same_row(TotalSource.table.c.session_row_id, SessionRow.table.c.id))
        .where(one_of(TotalSource.total_scenario_id.expression, "totals"), TotalSource.folded.is_(True))
    )
    read = session.execute(counted, {"totals": totals}, execution_options={"yield_per": _PAGE})
    for page in read.partitions():
        parts = defaultdict[int, list[Part]](list)
        for total, row_id, *rest in page:
            parts[total].append(part_of(1, row_id, *rest))
        yield from parts.items()


def _check_imported(names: Mapping[int, str | None], session: Session) -> list[Discrepancy]:
    """Imported totals that cover less than the sessions imported with them.

    More is no fault: sessions may have been removed, there or here.
    """
    columns = [getattr(SessionRow, name) for name in SUMMED_COLUMNS]
    imported = select(ImportedFile.origin, SessionRow.scenario_id, *columns).join(
        SessionRow, SessionRow.id == ImportedFile.session_row_id
    )
    sums = defaultdict[tuple[str, int], list[int]](lambda: [0] * len(columns))
    for origin, scenario_id, *counts in session.execute(imported.where(ImportedFile.counted.is_(False))):
        for total in (scenario_id, GLOBAL):
            sums[origin, total] = list(map(add, sums[origin, total], counts))
    parts = select(Baseline).where(Baseline.origin.startswith(IMPORT_PREFIX, autoescape=True))
    found = list[Discrepancy]()
    for part in session.scalars(parts.order_by(Baseline.scenario_id, Baseline.id)):
        origin = part.origin.removeprefix(IMPORT_PREFIX)
        for name, expected in zip(SUMMED_COLUMNS, sums[origin, part.scenario_id], strict=True):
            is_ = getattr(part, name)
            if is_ < expected:
                scenario = names.get(part.scenario_id)
                found.append(Discrepancy(scenario, None, "import", (origin,), name, str(is_), str(expected)))
    return found


def _check_sessions(
    repository: FactRepository,
    names: Mapping[int, str | None],
    page: Sequence[Placed],
    session: Session,
) -> list[Discrepancy]:
    rows = session.scalars(of_rows(), Rows.of(page).named("ids")).all()
    facts = repository.load_all(session, SESSIONS, Rows.of(rows))
    found = list[Discrepancy]()
    for row in rows:
        digest = content_digest(SnapshotRows(header_of(row), facts[row.id]), row.digest_version)
        if digest != row.content_digest:
            scenario, difference = names.get(row.scenario_id), (digest.hex(), row.content_digest.hex())
            found.append(Discrepancy(scenario, row.session_id, "content", (), "digest", *difference))
    return found
