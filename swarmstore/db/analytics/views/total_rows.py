"""What totals are made of when they are read: the rollup, and the sessions pending for it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Integer,
    Subquery,
    Text,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)

from swarmstore.db.analytics.views.description import Expression, Query, ViewColumn, integer, text
from swarmstore.db.analytics.views.per_session import SCENARIOS
from swarmstore.db.dialects.column_types import ExactDouble
from swarmstore.db.schema.declarative import table_of
from swarmstore.db.schema.families import ROLLUPS, SESSIONS, SUMMED, Kind
from swarmstore.db.schema.names import GLOBAL
from swarmstore.db.schema.rollups import Rollup, TotalSource

CACHED = table_of(Rollup)
SOURCES = table_of(TotalSource)
PENDING = SOURCES.c.folded.is_(False)
HOW_MANY = cast(func.count(), BigInteger)
"""Rows of a group, in 64 bits."""
Where = Sequence[ColumnElement[bool]]


def cached(
    *columns: Expression,
    source: FromClause = CACHED,
    total: Expression = CACHED.c.scenario_id,
    where: Where = (),
) -> list[Query]:
    """Rows of `source` with the total that they belong to and its name: of scenarios, of the global one."""
    # an inner join for each: a filter on the name then reaches the keys of every part
    named = select(
        _kind("scenario"), total.label("scenario_id"), SCENARIOS.c.name.label("scenario"), *columns
    )
    nameless = select(
        _kind("global"), total.label("scenario_id"), cast(null(), Text).label("scenario"), *columns
    )
    return [
        named.select_from(source.join(SCENARIOS, SCENARIOS.c.id == total)).where(*where),
        nameless.select_from(source).where(total == literal(GLOBAL, Integer), *where),
    ]


def _kind(name: str) -> ColumnElement[str]:
    return cast(literal(name), Text).label("kind")


def waiting(*columns: Expression, of: FromClause, owner: Expression, where: Where = ()) -> list[Query]:
    """The same for what belongs to sessions pending for the total."""
    joined = SOURCES.join(of, owner == SOURCES.c.session_row_id)
    return cached(*columns, source=joined, total=SOURCES.c.total_scenario_id, where=[PENDING, *where])


def summed(kind: Kind) -> Subquery:
    """Facts of totals: `scenario_id`, `scenario`, key and sums, one row for each key."""
    key, names = SUMMED[kind], SESSIONS.values(kind)
    rollup, session = ROLLUPS.facts[kind], SESSIONS.facts[kind]
    parts = union_all(
        *cached(
            rollup.c[key], *[rollup.c[name] for name in names], source=rollup, total=rollup.c.scenario_id
        ),
        *waiting(
            session.c[key],
            *[session.c[name] for name in names],
            of=session,
            owner=SESSIONS.owner_column(kind),
        ),
    ).subquery("parts")
    group = [*whose(parts), parts.c[key]]
    sums = [total(parts.c[name]).label(name) for name in names]
    return select(*group, *sums).group_by(*group).subquery("total")


def whose(source: FromClause) -> list[Expression]:
    """What tells totals apart. All of it: a filter on any of them is applied before grouping."""
    return [source.c.kind, source.c.scenario_id, source.c.scenario]


def total(column: Expression) -> Expression:
    """A sum of 64 bits; past them it is an error, as it is for `load_scenario`."""
    return func.sum(column) if isinstance(column.type, ExactDouble) else cast(func.sum(column), BigInteger)


def of_total(source: FromClause) -> list[ViewColumn]:
    """Which total a row is of."""
    return [
        text("kind", source.c.kind, "global or scenario"),
        integer("scenario_id", source.c.scenario_id, "scenarios.id, 0 for the global total"),
        text("scenario", source.c.scenario, "The scenario's name, NULL for the global total"),
    ]
