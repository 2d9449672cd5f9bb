"""Checks that cached totals are what they are made of, and sessions what was saved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import partial
from operator import add

from sqlalchemy import select
from sqlalchemy.orm import Session

from swarmstore.db.digest import content_digest
from swarmstore.db.facts import load_facts
from swarmstore.db.headers import carried_part, combine, folded_part, header_of, session_part
from swarmstore.db.queries.checks import expected_facts
from swarmstore.db.rows import COLUMNS, Row, SnapshotRows
from swarmstore.db.scenarios import GLOBAL
from swarmstore.db.sequences import Sequences
from swarmstore.db.tables import (
    FOLDED,
    SESSIONS,
    Carried,
    Folded,
    ImportedFile,
    Scenario,
    SessionRow,
    TotalSource,
)
from swarmstore.db.tables.carried import IMPORT_PREFIX
from swarmstore.db.tables.families import KEYS, SUMMED, Kind
from swarmstore.db.transactions import Database, Work
from swarmstore.discrepancy import Discrepancy, Progress

_BATCH = 200  # sessions read at once: bounded memory
_OF_IMPORTED = ("session_count", "total_episodes", "total_actions", "success_episodes", "failure_episodes")
_TOLERANCE = 1e-9  # of all that was added: doubles add up to another last digit in another order


def verify(
    database: Database, sequences: Sequences, *, deep: bool, progress: Progress | None
) -> list[Discrepancy]:
    """Compare every total, each in one snapshot of the database, and with `deep` every session."""
    names = database.read(_names_of_totals)
    everything = select(SessionRow.id).order_by(SessionRow.id)
    rows = database.read(lambda s: list(s.scalars(everything))) if deep else []
    batches = [rows[start : start + _BATCH] for start in range(0, len(rows), _BATCH)]
    found: list[Discrepancy] = []
    checks: list[Work[list[Discrepancy]]] = [
        *[partial(_check_total, sequences, total, name) for total, name in names.items()],
        partial(_check_imported, names),
        *[partial(_check_sessions, names, batch) for batch in batches],
    ]
    for done, check in enumerate(checks, start=1):
        found += database.read(check, patient=True)
        if progress is not None:
            progress(done, len(checks))
    return found


def _names_of_totals(session: Session) -> dict[int, str | None]:
    statement = select(Folded.scenario_id, Scenario.name).outerjoin(
        Scenario, Scenario.id == Folded.scenario_id
    )
    return {total: name for total, name in session.execute(statement.order_by(Folded.scenario_id))}  # noqa: C416


def _check_total(
    sequences: Sequences, total: int, scenario: str | None, session: Session
) -> list[Discrepancy]:
    found = list(_check_header(session, total, scenario))
    cached = load_facts(session, FOLDED, [total])[total]
    for kind in SUMMED:
        expected = {row[0]: row for row in session.execute(expected_facts(kind), {"total": total})}
        rows = {row[0]: row for row in zip(*cached[kind], strict=True)}
        differing = [
            (key, *difference)
            for key in sorted(rows.keys() | expected.keys(), key=str)
            for difference in _differences(kind, rows.get(key), expected.get(key))
        ]
        by_sequence = SUMMED[kind] == "sequence_id"
        names = sequences.resolve(session, {key for key, *_ in differing} if by_sequence else set())
        for key, value, is_, should in differing:
            actions = names[key] if by_sequence else (key,)
            found.append(Discrepancy(scenario, None, kind, actions, value, is_, should))
    return found


def _differences(
    kind: Kind, found: Row | None, expected: Sequence[object] | None
) -> Iterator[tuple[str, str, str]]:
    """`(column, found, expected)` where two rows of one key differ; a missing row is `none`."""
    for place, name in enumerate(COLUMNS[kind]):
        is_ = None if found is None else found[place]
        should = None if expected is None else expected[place]
        if name == KEYS[kind] or is_ == should:
            continue
        if name == "kpi_total" and found is not None and expected is not None:
            added: float = expected[-1]  # type: ignore[assignment]
            if abs(is_ - should) <= _TOLERANCE * added:  # type: ignore[operator]
                continue
        yield name, _shown(is_), _shown(should)


def _shown(value: object) -> str:
    return "none" if value is None else str(value)


def _check_header(session: Session, total: int, scenario: str | None) -> Iterator[Discrepancy]:
    carried = session.scalars(select(Carried).where(Carried.scenario_id == total).order_by(Carried.id))
    counted = session.scalars(
        select(SessionRow)
        .join(TotalSource, TotalSource.session_row_id == SessionRow.id)
        .where(TotalSource.total_scenario_id == total, TotalSource.folded.is_(True))
        .order_by(SessionRow.id)
    )
    expected = combine([*map(carried_part, carried), *map(session_part, counted)]).columns()
    found = folded_part(session.get_one(Folded, total)).columns()
    for name, value in found.items():
        if value != expected[name]:
            yield Discrepancy(scenario, None, "header", (), name, _shown(value), _shown(expected[name]))


def _check_imported(names: dict[int, str | None], session: Session) -> list[Discrepancy]:
    """Imported totals that cover less than the sessions imported with them.

    More is no fault: sessions may have been removed, there or here.
    """
    columns = [getattr(SessionRow, name) for name in _OF_IMPORTED]
    imported = select(ImportedFile.origin, SessionRow.scenario_id, *columns).join(
        SessionRow, SessionRow.id == ImportedFile.session_row_id
    )
    sums = defaultdict[tuple[str, int], list[int]](lambda: [0] * len(columns))
    for origin, scenario_id, *counts in session.execute(imported.where(ImportedFile.counted.is_(False))):
        for total in (scenario_id, GLOBAL):
            sums[origin, total] = list(map(add, sums[origin, total], counts))
    parts = select(Carried).where(Carried.origin.startswith(IMPORT_PREFIX, autoescape=True))
    found = list[Discrepancy]()
    for part in session.scalars(parts.order_by(Carried.scenario_id, Carried.id)):
        origin = part.origin.removeprefix(IMPORT_PREFIX)
        for name, expected in zip(_OF_IMPORTED, sums[origin, part.scenario_id], strict=True):
            is_ = getattr(part, name)
            if is_ < expected:
                scenario = names.get(part.scenario_id)
                found.append(Discrepancy(scenario, None, "import", (origin,), name, str(is_), str(expected)))
    return found


def _check_sessions(
    names: dict[int, str | None], row_ids: Sequence[int], session: Session
) -> list[Discrepancy]:
    rows = session.scalars(select(SessionRow).where(SessionRow.id.in_(row_ids)).order_by(SessionRow.id)).all()
    facts = load_facts(session, SESSIONS, [row.id for row in rows])
    digests = {
        row: content_digest(SnapshotRows(header_of(row), facts[row.id]), row.digest_version) for row in rows
    }
    return [
        Discrepancy(
            names.get(row.scenario_id),
            row.session_id,
            "content",
            (),
            "digest",
            digest.hex(),
            row.content_digest.hex(),
        )
        for row, digest in digests.items()
        if digest != row.content_digest
    ]
