"""Statements that write a session: its own row, or on PostgreSQL the whole. Nothing here runs one.

What a process remembers may have become wrong: somebody restored a backup, upgraded the tables, or
removed the session that is saved again. So the statement that writes a session's row looks again
for all that it relies on, and writes nothing where something is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import chain

import sqlalchemy as sa

from swarmstore.db.dialects.base import Expression, Statement, Values, dialect_named
from swarmstore.db.dialects.functions import database_now_ms, insert
from swarmstore.db.dialects.packed_arrays import given_rows
from swarmstore.db.mapping.rows import COLUMNS, SnapshotRows
from swarmstore.db.schema.families import BY_SEQUENCE, SESSIONS, Kind
from swarmstore.db.schema.sessions import ActionSequence, RemovedSession, Scenario, SessionRow, TotalSource
from swarmstore.db.statements.compatibility import is_compatible
from swarmstore.db.statements.sessions import id_by_hash
from swarmstore.db.statements.totals import pending_columns
from swarmstore.model.removed_sessions import Fate

_SESSIONS, _REMOVED, _SOURCES = SessionRow.table, RemovedSession.table, TotalSource.table


@cache
def session(dialect: str, header: tuple[str, ...], limit: int = 0) -> sa.Insert:
    """Write a session's own row into the scenario with parameter `name_hash`.

    Returns no row where the id is taken, or where something is missing that the session relies on:
    the scenario, the names of its actions (`sequence_ids`), or tables that this code may use. Nor
    where it was saved before with the same token, and removed since, or the same content was forgotten
    under this id. Else its row id, its scenario, and whether the same content was removed under this
    id: then totals have it already.

    header: the columns of `sessions` that have parameters. limit: above 0 it also says how many
    sessions waited before this one; see `pending_columns`.
    """
    chosen = sa.select(Scenario.table.c.id, *header_values(header), database_now_ms())
    return (
        insert(dialect, _SESSIONS)
        .from_select(["scenario_id", *header, "saved_at_ms"], chosen.where(*what_it_relies_on(dialect)))
        .on_conflict_do_nothing(index_elements=["scenario_id", "session_id"])
        .returning(
            _SESSIONS.c.id,
            _SESSIONS.c.scenario_id,
            counts_already(),
            *(pending_columns(limit) if limit else ()),
        )
    )


def header_values(header: Sequence[str]) -> list[Expression]:
    """The parameters of a session's own row."""
    return [sa.bindparam(name, type_=_SESSIONS.c[name].type) for name in header]


def what_it_relies_on(dialect: str) -> tuple[sa.ColumnElement[bool], ...]:
    """What has to be there, and not to be there, of a session that is written into a row of scenarios."""
    was_forgotten = _REMOVED.c.fate == sa.literal_column(f"'{Fate.FORGOTTEN}'")
    saved_and_removed = _of_this_id(_REMOVED).where(
        sa.or_(_REMOVED.c.write_token == sa.bindparam("write_token"), sa.and_(was_forgotten, _same_content()))
    )
    return (
        Scenario.table.c.name_hash == sa.bindparam("name_hash"),
        is_compatible(),
        dialect_named(dialect).every_id_is_in(ActionSequence.table.c.id, "sequence_ids"),
        # of the same snapshot as what was removed: one that goes in between is found at the next attempt
        ~_of_this_id(_SESSIONS).exists(),
        ~saved_and_removed.exists(),
    )


def counts_already() -> sa.Label[bool]:
    """Whether the same content was removed under this id."""
    return _of_this_id(_REMOVED).where(_same_content()).exists().label("counts_already")


def _same_content() -> sa.ColumnElement[bool]:
    return _REMOVED.c.content_digest == sa.bindparam("content_digest")


def names_in(*some: SnapshotRows) -> set[int]:
    """The ids of all names of actions in snapshots: parameter `sequence_ids`, by `all_of_ids`."""
    return set(chain.from_iterable(rows.facts[kind][0] for rows in some for kind in BY_SEQUENCE))


@cache
def sessions(dialect: str, header: tuple[str, ...], *, from_arrays: bool) -> sa.Insert:
    """Write the own rows of many sessions, for whom all that they rely on is there.

    Row id, scenario and session id of each whose id was free. from_arrays: the parameters are columns.
    """
    new = insert(dialect, _SESSIONS)
    if from_arrays:
        given = given_rows("given", {name: _SESSIONS.c[name].type for name in header})
        chosen = sa.select(*[given.c[name] for name in header], database_now_ms())
        new = new.from_select([*header, "saved_at_ms"], chosen)
    else:
        values: dict[str, Expression] = {name: sa.bindparam(name) for name in header}
        new = new.values(saved_at_ms=database_now_ms(), **values)
    new = new.on_conflict_do_nothing(index_elements=["scenario_id", "session_id"])
    return new.returning(_SESSIONS.c.id, _SESSIONS.c.scenario_id, _SESSIONS.c.session_id)


@cache
def session_with_facts(dialect: str, header: tuple[str, ...], counted: bool, limit: int = 0) -> Statement:
    """Write a session, its facts and its sources; what `session` returns.

    For a database that takes arrays and writes in WITH. The parameters of facts are `arrays`.
    """
    new = session(dialect, header, limit).cte("new")
    rows = [_rows(dialect, new, SESSIONS.facts[kind], COLUMNS[kind], f"{kind}_") for kind in Kind]
    if counted:
        rows.append(_sources(dialect, new))
    return sa.select(*new.c).add_cte(*rows)


def arrays(rows: SnapshotRows) -> dict[str, Values]:
    """The parameters of `session_with_facts` for facts."""
    return {f"{kind}_{name}": values for kind in Kind for name, values in rows.columns(kind).items()}


def _rows(dialect: str, new: sa.CTE, table: sa.Table, columns: Sequence[str], prefix: str) -> sa.CTE:
    """Rows of a table that belong to the new session, from arrays."""
    given = given_rows(f"given_{table.name}", {name: table.c[name].type for name in columns}, prefix)
    values = [given.c[name] for name in columns]
    chosen = sa.select(new.c.id, new.c.scenario_id, *values).select_from(new.join(given, sa.true()))
    return added(dialect, table, ["session_row_id", "scenario_id", *columns], chosen)


def _sources(dialect: str, new: sa.CTE) -> sa.CTE:
    """The new session in the global total and its scenario's, unless they have it already."""
    totals: Sequence[sa.ColumnElement[int]] = (sa.literal_column("0"), new.c.scenario_id)
    in_each = [
        sa.select(new.c.id, total, new.c.scenario_id, sa.literal(False)).where(~new.c.counts_already)
        for total in totals
    ]
    names = ["session_row_id", "total_scenario_id", "scenario_id", "folded"]
    return added(dialect, _SOURCES, names, sa.union_all(*in_each))


def added(dialect: str, table: sa.Table, names: Sequence[str], chosen: sa.SelectBase) -> sa.CTE:
    """Rows that a statement adds to a table beside the session's own."""
    rows: sa.CTE = insert(dialect, table).from_select(names, chosen).cte(f"added_{table.name}")
    return rows


def _of_this_id(table: sa.FromClause) -> Statement:
    of_this_id = table.c.session_id == sa.bindparam("session_id")
    return (
        sa.select(sa.literal_column("1"))
        .select_from(table)
        .where(table.c.scenario_id == id_by_hash(), of_this_id)
    )
