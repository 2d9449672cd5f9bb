"""The view of what totals are made of: sessions by where they come from, and parts from elsewhere."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Integer, Text, and_, case, cast, func, literal, null, union_all

from swarmstore.db.analytics.views.description import Query, View, integer, text, time, view
from swarmstore.db.analytics.views.per_session import ROWS
from swarmstore.db.analytics.views.per_total import (
    CACHED,
    HOW_MANY,
    PENDING,
    SOURCES,
    cached,
    of_total,
    total,
    whose,
)
from swarmstore.db.dialects.view_functions import time_of_ms
from swarmstore.db.mapping.total_headers import SUMMED_COLUMNS
from swarmstore.db.schema.baselines import HAND, IMPORT_PREFIX, PRUNED, Baseline
from swarmstore.db.schema.imports import COPIES, ImportedFile
from swarmstore.db.statements.placed_rows import same_row
from swarmstore.model.total_parts import PartKind

_CARRIED, _FILES = Baseline.table, ImportedFile.table


def origins() -> list[View]:
    """Parts of totals, which add up to them."""
    parts = union_all(*_sessions(), *_carried()).subquery("parts")
    group = [*whose(parts), parts.c.part, parts.c.origin]
    return [
        view(
            "total_origins",
            "What totals are made of: one row for each kind and origin of parts, which add up to the total",
            "kind scenario part origin",
            parts,
            [
                *of_total(parts),
                text(
                    "part",
                    parts.c.part,
                    "sessions that are saved, import: a total in imported files, hand: a total saved as one, "
                    "baseline: what sessions removed since had added",
                ),
                text("origin", parts.c.origin, "The import that it comes from, NULL for all else"),
                integer("contributors", HOW_MANY, "Sessions in it, 1 for other kinds of parts"),
                integer("waiting", total(parts.c.waiting), "Sessions that the rollup lacks"),
                time(
                    "newest_saved_at", time_of_ms(func.max(parts.c.saved_at_ms)), "When the newest was saved"
                ),
                *[
                    integer(name, total(parts.c[name]), str(CACHED.c[name].comment))
                    for name in SUMMED_COLUMNS
                ],
            ],
            group_by=group,
        )
    ]


def _sessions() -> list[Query]:
    became = and_(_FILES.c.session_row_id == ROWS.c.id, _FILES.c.origin != literal(COPIES))
    from_files = SOURCES.join(ROWS, same_row(ROWS.c.id, SOURCES.c.session_row_id)).outerjoin(_FILES, became)
    return cached(
        _part(literal(PartKind.SESSIONS.value)),
        _FILES.c.origin.label("origin"),
        case((PENDING, 1), else_=0).label("waiting"),
        ROWS.c.saved_at_ms.label("saved_at_ms"),
        *[ROWS.c[name] for name in SUMMED_COLUMNS],
        source=from_files,
        total=SOURCES.c.total_scenario_id,
    )


def _carried() -> list[Query]:
    origin = _CARRIED.c.origin
    kinds = {HAND: PartKind.HAND.value, PRUNED: PartKind.BASELINE.value}
    of_import = func.substr(origin, literal(len(IMPORT_PREFIX) + 1, Integer), type_=Text)
    return cached(
        _part(case(kinds, value=origin, else_=PartKind.IMPORT.value)),
        case((origin.in_(kinds), cast(null(), Text)), else_=of_import).label("origin"),
        literal(0, Integer).label("waiting"),
        _CARRIED.c.newest_saved_at_ms.label("saved_at_ms"),
        *[_CARRIED.c[name] for name in SUMMED_COLUMNS],
        source=_CARRIED,
        total=_CARRIED.c.scenario_id,
    )


def _part(kind: ColumnElement[str]) -> ColumnElement[str]:
    return cast(kind, Text).label("part")
