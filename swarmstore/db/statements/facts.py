"""Statements on facts: read them, add them up, copy, delete. Nothing here runs one."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

import sqlalchemy as sa

from swarmstore.db.dialects.base import Expression, Statement
from swarmstore.db.dialects.column_types import ExactDouble
from swarmstore.db.dialects.functions import insert, one_of, sum_of_doubles
from swarmstore.db.schema.families import KEYS, ROLLUPS, SESSIONS, SUMMED, Family, Kind
from swarmstore.db.schema.sessions import ACTIONS, ActionSequence, TotalSource
from swarmstore.db.statements.placed_rows import row_in, same_row

if TYPE_CHECKING:
    from sqlalchemy.dialects.sqlite import Insert

# how many actions a key has at most
_ACTIONS_IN = {Kind.TRANSITIONS: 2, Kind.NGRAMS: len(ACTIONS), Kind.CONTEXTS: 2, Kind.ACTIONS: 1}


@cache
def facts_of(family: Family, kind: Kind, named: bool = False) -> Statement:
    """`(owner, key, values …)` of the owners in parameter `owners`, by owner and key.

    named: behind the values come the actions of the key, as many as it may have, and rows in any order.
    """
    table, owner, key = family.facts[kind], family.owner_column(kind), family.facts[kind].c[KEYS[kind]]
    values = [table.c[name] for name in family.values(kind)]
    facts = sa.select(owner, key, *values).where(row_in(owner, "owners")).order_by(owner, key)
    return _with_actions(facts, table, kind) if named else facts


def _with_actions(facts: Statement, table: sa.FromClause, kind: Kind) -> Statement:
    """Facts beside the actions of their keys: one answer takes less time than two."""
    if kind not in _ACTIONS_IN:
        return facts
    names = ActionSequence.table
    actions = [names.c[name] for name in ACTIONS[: _ACTIONS_IN[kind]]]
    named = facts.add_columns(*actions).order_by(None)  # which would sort what is joined
    return named.outerjoin_from(table, names, names.c.id == table.c[KEYS[kind]])


@cache
def total_facts(kind: Kind, named: bool = False) -> Statement:
    """`(total, key, values …)`: the folded facts of parameter `total` plus those of `pending`.

    named: as in `facts_of`.
    """
    names = ROLLUPS.values(kind)
    rollup, pending = ROLLUPS.facts[kind], SESSIONS.facts[kind]
    key = SUMMED[kind]
    parts = sa.union_all(
        sa.select(rollup.c[key], *[rollup.c[name] for name in names]).where(
            rollup.c.scenario_id == sa.bindparam("total")
        ),
        sa.select(pending.c[key], *[pending.c[name] for name in names]).where(
            row_in(SESSIONS.owner_column(kind), "pending")
        ),
    ).subquery()
    sums = [added_up(parts.c[name]).label(name) for name in names]
    total = sa.bindparam("total", type_=sa.BigInteger).label("total")
    added = sa.select(total, parts.c[key], *sums).group_by(parts.c[key]).subquery()
    facts = sa.select(*added.c).order_by(added.c.total, added.c[key])
    return _with_actions(facts, added, kind) if named else facts


@cache
def accumulate(dialect: str, source: Family, target: Family, kind: Kind) -> sa.Insert:
    """Add the facts of `owners` in `source`, summed once, to those of each of `targets` in `target`."""
    table, into, key = source.facts[kind], target.facts[kind], SUMMED[kind]
    names = source.values(kind)
    sums = (
        sa.select(table.c[key], *[added_up(table.c[name]).label(name) for name in names])
        .where(row_in(source.owner_column(kind), "owners"))
        .group_by(table.c[key])
        .subquery("sums")
    )
    return _added(insert(dialect, into).from_select(*_for_each_target(target, sums)), into, names)


@cache
def fold_own(dialect: str, kind: Kind, *, first: bool) -> sa.Insert:
    """Add to the rollup of each total in `targets` what those of `owners` have that are pending for it.

    first: the facts of one session for each, as they are; the rollups have none.
    """
    table, into, sources = SESSIONS.facts[kind], ROLLUPS.facts[kind], TotalSource.table
    key, names = table.c[KEYS[kind]], SESSIONS.values(kind)
    owner, total = SESSIONS.owner_column(kind), sources.c.total_scenario_id
    values = [table.c[name] if first else added_up(table.c[name]) for name in names]
    rows = (
        sa.select(total, key, *values)
        .join_from(table, sources, same_row(sources.c.session_row_id, owner))
        .where(row_in(owner, "owners"), one_of(total, "targets"), sources.c.folded.is_(False))
        .order_by(total, key)
    )
    columns = [ROLLUPS.owner, key.name, *names]
    if first:
        return insert(dialect, into).from_select(columns, rows)
    return _added(insert(dialect, into).from_select(columns, rows.group_by(total, key)), into, names)


@cache
def copy(dialect: str, source: Family, target: Family, kind: Kind) -> sa.Insert:
    """Copy the facts of one owner, parameter `owners`, as they are to each of `targets`."""
    table = source.facts[kind]
    names = [KEYS[kind], *source.values(kind)]
    facts = sa.select(*[table.c[name] for name in names]).where(row_in(source.owner_column(kind), "owners"))
    return insert(dialect, target.facts[kind]).from_select(*_for_each_target(target, facts.subquery("facts")))


@cache
def delete_facts(family: Family, kind: Kind) -> sa.Delete:
    """Delete the facts of the owners in parameter `owners`."""
    return sa.delete(family.facts[kind]).where(row_in(family.owner_column(kind), "owners"))


def _added(statement: Insert, into: sa.Table, names: Iterable[str]) -> sa.Insert:
    """Rows that are added to those with the same key.

    An upsert's `+` would turn a missing count into NULL; COALESCE keeps missing and 0 apart.
    """
    return statement.on_conflict_do_update(
        index_elements=[column.name for column in into.primary_key.columns],
        set_={
            name: sa.func.coalesce(
                into.c[name] + statement.excluded[name], into.c[name], statement.excluded[name]
            )
            for name in names
        },
    )


def _for_each_target(target: Family, facts: sa.Subquery) -> tuple[list[str], Statement]:
    """These facts, whose key comes first, as rows of each of `targets`, by key; the columns they go into."""
    header = target.header.table
    (header_id,) = header.primary_key.columns
    owner = {target.owner: header_id}
    if target.has_scenario():
        owner["scenario_id"] = header.c.scenario_id
    key, *_ = facts.c
    rows = sa.select(*owner.values(), *facts.c).select_from(facts.join(header, sa.true()))
    return [*owner, *facts.c.keys()], rows.where(row_in(header_id, "targets")).order_by(key)


def added_up(column: Expression) -> Expression:
    """The sum of a column of facts."""
    # PostgreSQL adds bigints up to a numeric; the cast makes a sum past 64 bits an error
    if isinstance(column.type, ExactDouble):
        return sum_of_doubles(column)
    return sa.cast(sa.func.sum(column), sa.BigInteger)
