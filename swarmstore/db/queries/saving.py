"""Statements that write a session: its own row, or on PostgreSQL the whole. Nothing here runs one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import CTE, Select, Table, bindparam, literal, select, true

from swarmstore.db.arrays import given_rows
from swarmstore.db.dialects import POSTGRESQL, database_now_ms, insert
from swarmstore.db.queries.totals import waiting_columns
from swarmstore.db.rows import COLUMNS, SnapshotRows
from swarmstore.db.tables import SESSIONS, SessionRow, TotalSource, table_of
from swarmstore.db.tables.families import Kind


@cache
def session(dialect: str, header: tuple[str, ...], limit: int = 0) -> Any:
    """Write a session's own row; its row id, no row where its id is taken.

    header: the columns of `sessions` that have parameters. limit: above 0 it also says how many
    sessions waited before this one; see `waiting_columns`.
    """
    table = table_of(SessionRow)
    return (
        insert(dialect, table)
        .values(saved_at_ms=database_now_ms(), **{name: bindparam(name) for name in header})
        .on_conflict_do_nothing(index_elements=["scenario_id", "session_id"])
        .returning(table.c.id, *(waiting_columns(limit) if limit else ()))
    )


@cache
def sessions(header: tuple[str, ...]) -> Any:
    """Write the own rows of many sessions from arrays, on PostgreSQL.

    Row id, scenario and session id of each whose id was free.
    """
    table = table_of(SessionRow)
    given = given_rows("given", {name: table.c[name].type for name in header})
    chosen = select(*[given.c[name] for name in header], database_now_ms())
    return (
        insert(POSTGRESQL, table)
        .from_select([*header, "saved_at_ms"], chosen)
        .on_conflict_do_nothing(index_elements=["scenario_id", "session_id"])
        .returning(table.c.id, table.c.scenario_id, table.c.session_id)
    )


@cache
def session_with_facts(header: tuple[str, ...], limit: int = 0) -> Select[*tuple[int, ...]]:
    """Write a session, its facts and its sources; its row id, no row where its id is taken.

    limit: as `session` has it.

    For a database that takes arrays and writes in WITH. The parameters of facts and sources are
    `arrays`.
    """
    new = session(POSTGRESQL, header).returning(table_of(SessionRow).c.scenario_id).cte("new")
    facts = [_rows(new, SESSIONS.facts[kind], COLUMNS[kind], f"{kind}_") for kind in Kind]
    sources = _rows(new, table_of(TotalSource), ["total_scenario_id"], "", folded=False)
    counts = waiting_columns(limit) if limit else ()
    return select(new.c.id, *counts).add_cte(*facts, sources)


def arrays(rows: SnapshotRows, totals: Sequence[int]) -> dict[str, Sequence[Any]]:
    """The parameters of `session_with_facts` for facts and sources."""
    facts = {f"{kind}_{name}": values for kind in Kind for name, values in rows.columns(kind).items()}
    return facts | {"total_scenario_id": totals}


def _rows(new: CTE, table: Table, columns: Sequence[str], prefix: str, **constants: Any) -> CTE:
    """Rows of a table that belong to the new session, from arrays."""
    given = given_rows(f"given_{table.name}", {name: table.c[name].type for name in columns}, prefix)
    values = [*[given.c[name] for name in columns], *map(literal, constants.values())]
    chosen = select(new.c.id, new.c.scenario_id, *values).select_from(new.join(given, true()))
    names = ["session_row_id", "scenario_id", *columns, *constants]
    added: CTE = insert(POSTGRESQL, table).from_select(names, chosen).cte(f"added_{table.name}")
    return added
