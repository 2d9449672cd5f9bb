"""Large stores in little time: saved sessions are copied where they are, by a statement for each table."""

from __future__ import annotations

from sqlalchemy import Subquery, Table, Text, cast, insert, literal, select
from sqlalchemy.orm import Session

from swarmstore import SqlStorage
from swarmstore.db.schema.families import KEYS, SESSIONS
from swarmstore.db.schema.sessions import SessionRow, TotalSource
from tests.helpers.internals import database_of

_ROWS, _SOURCES = SessionRow.table, TotalSource.table
_FIRST = 100_000  # microseconds in ids have six digits


def multiply(storage: SqlStorage, copies: int) -> None:
    """Give every saved session this many copies, which wait for their totals.

    Ids are to be whole seconds, those of copies are in the second after: `1700000000.100001`.
    """
    database_of(storage).write(lambda session: _multiply(session, copies), maintenance=True)


def _multiply(session: Session, copies: int) -> None:
    number = select(literal(_FIRST).label("number")).cte("numbers", recursive=True)
    number = number.union_all(select(number.c.number + 1).where(number.c.number < _FIRST + copies - 1))
    copy_id = (_ROWS.c.session_id + "." + cast(number.c.number, Text)).label("session_id")
    its_own = {"id", "session_id", "position"}
    same = [column for column in _ROWS.c if column.name not in its_own]
    made = (
        select(copy_id, *same).join_from(_ROWS, number, literal(True)).order_by(number.c.number, _ROWS.c.id)
    )
    session.execute(insert(_ROWS).from_select(["session_id", *[column.name for column in same]], made))
    new = _ROWS.alias("new")
    by_id = (new.c.scenario_id == _ROWS.c.scenario_id) & (new.c.session_id == copy_id.element)
    pairs = (
        select(_ROWS.c.id.label("original"), new.c.id.label("copied"))
        .join_from(_ROWS, number, literal(True))
        .join(new, by_id)
        .subquery("pairs")
    )
    for kind, table in SESSIONS.facts.items():
        _copy(session, table, KEYS[kind], pairs)
    _copy(session, _SOURCES, "total_scenario_id", pairs, folded=False)


def _copy(session: Session, table: Table, key: str, pairs: Subquery, folded: bool | None = None) -> None:
    given = {"session_row_id": pairs.c.copied}
    if folded is not None:
        given["folded"] = literal(folded)
    columns = [given.get(column.name, column) for column in table.c]
    rows = select(*columns).join_from(pairs, table, table.c.session_row_id == pairs.c.original)
    # in the order of the key, as they are kept
    rows = rows.order_by(pairs.c.copied, table.c[key])
    session.execute(insert(table).from_select([column.name for column in table.c], rows))
