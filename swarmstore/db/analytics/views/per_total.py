"""Views of totals: what `load_scenario` and `load_global` answer, what is not folded yet included.

A total is made of its rollup and of the sessions pending for it, when it is read.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from swarmstore.db.analytics.views.description import (
    Expression,
    Query,
    View,
    ViewColumn,
    integer,
    plain,
    text,
    time,
    view,
)
from swarmstore.db.analytics.views.fact_views import described, key_names, named
from swarmstore.db.analytics.views.per_session import NAMES, ROWS, SCENARIOS
from swarmstore.db.analytics.views.rates import rate_of_episodes
from swarmstore.db.dialects.column_types import ExactDouble
from swarmstore.db.dialects.view_functions import time_of, time_of_ms
from swarmstore.db.mapping.total_headers import SUMMED_COLUMNS
from swarmstore.db.schema.families import ROLLUPS, SESSIONS, SUMMED, Kind
from swarmstore.db.schema.sessions import GLOBAL, Rollup, TotalSource
from swarmstore.db.statements.placed_rows import same_row

CACHED = Rollup.table
SOURCES = TotalSource.table
PENDING = SOURCES.c.folded.is_(False)
HOW_MANY = sa.cast(sa.func.count(), sa.BigInteger)
"""Rows of a group, in 64 bits."""
Where = Sequence[sa.ColumnElement[bool]]
_OF_ONE = ("scenario_name", "task_description", "phase", "group_id", "current_strategy")
_HEADER = ("version", "created_at", *_OF_ONE, *SUMMED_COLUMNS)


def per_total() -> list[View]:
    """The total itself, then its facts by kind."""
    return [_totals(), *map(_facts, SUMMED), _switches()]


def _facts(kind: Kind) -> View:
    name, comment = NAMES[kind]
    facts = summed(kind)
    columns = [*of_total(facts), *described(kind, facts)]
    order = f"kind scenario {key_names(kind)}"
    return view(f"total_{name}", f"{comment}, in totals", order, named(kind, facts), columns)


def _totals() -> View:
    row = _ranked_parts()
    alone = row.c.contributors == 1
    created = sa.case((alone, row.c.created_at), else_=row.c.newest_saved_at_ms // 1000)
    return view(
        "totals",
        "Totals of scenarios, and the global one",
        "kind scenario",
        row,
        [
            *of_total(row),
            integer("contributors", row.c.contributors, "Sessions and parts from elsewhere that count in it"),
            integer("waiting", row.c.waiting, "Sessions among them that the rollup does not have yet"),
            time(
                "created_at",
                time_of(created),
                "When its newest session was saved; of a single one, its own time",
            ),
            time("newest_saved_at", time_of_ms(row.c.newest_saved_at_ms), "When its newest part was saved"),
            text("task_description", row.c.task_description, "The task of its newest part"),
            *[
                text(
                    name,
                    sa.case((alone, row.c[name])),
                    f"{CACHED.c[name].comment}; NULL when there are several",
                )
                for name in ("phase", "group_id", "current_strategy")
            ],
            *plain(CACHED, *SUMMED_COLUMNS, of=row),
            rate_of_episodes(row),
        ],
        where=[row.c.place == 1],
    )


def _ranked_parts() -> sa.Subquery:
    """The parts of each total, the newest first, each with the sums over all of them."""
    kept = [name for name in _HEADER if name not in SUMMED_COLUMNS]
    parts = sa.union_all(
        *cached(
            CACHED.c.contributors,
            sa.literal(0, sa.Integer).label("waiting"),
            CACHED.c.newest_session_row,
            CACHED.c.newest_saved_at_ms,
            *[CACHED.c[name] for name in _HEADER],
            where=[CACHED.c.contributors > 0],
        ),
        *waiting(
            sa.literal(1, sa.Integer).label("contributors"),
            sa.literal(1, sa.Integer).label("waiting"),
            ROWS.c.id.label("newest_session_row"),
            ROWS.c.saved_at_ms.label("newest_saved_at_ms"),
            *[ROWS.c[name] for name in _HEADER],
            of=ROWS,
            owner=ROWS.c.id,
        ),
    ).subquery("parts")
    by_total = whose(parts)
    newest = [sa.func.coalesce(parts.c.newest_session_row, 0).desc(), parts.c.newest_saved_at_ms.desc()]
    sums = [
        sa.cast(sa.func.sum(parts.c[name]).over(partition_by=by_total), sa.BigInteger).label(name)
        for name in ("contributors", "waiting", *SUMMED_COLUMNS)
    ]
    place = sa.func.row_number().over(partition_by=by_total, order_by=newest).label("place")
    columns = [*by_total, *sums, parts.c.newest_saved_at_ms, *[parts.c[name] for name in kept], place]
    return sa.select(*columns).subquery("total")


def _switches() -> View:
    facts = _switches_of_one()
    return view(
        "total_strategy_switches",
        "Changes of selection strategy in totals of one session; those of many have none",
        f"kind scenario {key_names(Kind.SWITCHES)}",
        facts,
        [*of_total(facts), *described(Kind.SWITCHES, facts)],
    )


def _switches_of_one() -> sa.Subquery:
    rollup, session = ROLLUPS.facts[Kind.SWITCHES], SESSIONS.facts[Kind.SWITCHES]
    columns = ["ordinal", *SESSIONS.values(Kind.SWITCHES)]
    # joined, not asked for each row: where tables are spread no EXISTS sees another server's rows
    waits = (
        sa.select(SOURCES.c.total_scenario_id, HOW_MANY.label("sessions"))
        .where(PENDING)
        .group_by(SOURCES.c.total_scenario_id)
        .subquery("waits")
    )
    empty = sa.select(CACHED.c.scenario_id).where(CACHED.c.contributors == 0).subquery("empty")
    of_folded = cached(
        *[rollup.c[name] for name in columns],
        source=rollup.join(CACHED, CACHED.c.scenario_id == rollup.c.scenario_id).outerjoin(
            waits, waits.c.total_scenario_id == rollup.c.scenario_id
        ),
        total=rollup.c.scenario_id,
        where=[CACHED.c.contributors == 1, waits.c.sessions.is_(None)],
    )
    of_pending = cached(
        *[session.c[name] for name in columns],
        source=SOURCES.join(session, same_row(SESSIONS.owner_column(Kind.SWITCHES), SOURCES.c.session_row_id))
        .join(empty, empty.c.scenario_id == SOURCES.c.total_scenario_id)
        .join(waits, waits.c.total_scenario_id == SOURCES.c.total_scenario_id),
        total=SOURCES.c.total_scenario_id,
        where=[PENDING, waits.c.sessions == 1],
    )
    return sa.union_all(*of_folded, *of_pending).subquery("total")


def cached(
    *columns: Expression,
    source: sa.FromClause = CACHED,
    total: Expression = CACHED.c.scenario_id,
    where: Where = (),
) -> list[Query]:
    """Rows of `source` with the total that they belong to and its name: of scenarios, of the global one."""
    # an inner join for each: a filter on the name then reaches the keys of every part
    named = sa.select(
        _kind("scenario"), total.label("scenario_id"), SCENARIOS.c.name.label("scenario"), *columns
    )
    nameless = sa.select(
        _kind("global"), total.label("scenario_id"), sa.cast(sa.null(), sa.Text).label("scenario"), *columns
    )
    return [
        named.select_from(source.join(SCENARIOS, SCENARIOS.c.id == total)).where(*where),
        nameless.select_from(source).where(total == sa.literal(GLOBAL, sa.Integer), *where),
    ]


def _kind(name: str) -> sa.ColumnElement[str]:
    return sa.cast(sa.literal(name), sa.Text).label("kind")


def waiting(*columns: Expression, of: sa.FromClause, owner: sa.Column[int], where: Where = ()) -> list[Query]:
    """The same for what belongs to sessions pending for the total."""
    joined = SOURCES.join(of, same_row(owner, SOURCES.c.session_row_id))
    return cached(*columns, source=joined, total=SOURCES.c.total_scenario_id, where=[PENDING, *where])


def summed(kind: Kind) -> sa.Subquery:
    """Facts of totals: `scenario_id`, `scenario`, key and sums, one row for each key."""
    key, names = SUMMED[kind], SESSIONS.values(kind)
    rollup, session = ROLLUPS.facts[kind], SESSIONS.facts[kind]
    parts = sa.union_all(
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
    return sa.select(*group, *sums).group_by(*group).subquery("total")


def whose(source: sa.FromClause) -> list[Expression]:
    """What tells totals apart. All of it: a filter on any of them is applied before grouping."""
    return [source.c.kind, source.c.scenario_id, source.c.scenario]


def total(column: Expression) -> Expression:
    """A sum of 64 bits; past them it is an error, as it is for `load_scenario`."""
    added = sa.func.sum(column)
    return added if isinstance(column.type, ExactDouble) else sa.cast(added, sa.BigInteger)


def of_total(source: sa.FromClause) -> list[ViewColumn]:
    """Which total a row is of."""
    return [
        text("kind", source.c.kind, "global or scenario"),
        integer("scenario_id", source.c.scenario_id, "scenarios.id, 0 for the global total"),
        text("scenario", source.c.scenario, "The scenario's name, NULL for the global total"),
    ]
