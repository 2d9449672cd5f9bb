"""Reading a view as an analyst does, and what its values have to be on each database."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from swarmstore import SqlStorage
from swarmstore.contracts.analytics import ColumnType
from swarmstore.db.analytics.views import VIEWS
from swarmstore.db.analytics.views.description import View
from tests.db.views.facts import Row
from tests.helpers.internals import database_of

# ids are each database's own, and the rest is not told by any call
UNKNOWN = {"scenario_id", "session_row_id", "saved_at", "contributors", "waiting", "newest_saved_at"}


def read(storage: SqlStorage, view: View, where: str = "") -> list[Row]:
    """A view's rows in its order; values of each type as Python's own."""
    sqlite = database_of(storage).engine.dialect.name == "sqlite"
    place = view.name if sqlite else f"{database_of(storage).settings.schema}.{view.name}"
    order = ", ".join(f"{name} NULLS FIRST" for name in view.order)
    query = text(f"SELECT * FROM {place} {where} ORDER BY {order}")
    rows = database_of(storage).read(lambda session: session.execute(query).mappings().all())
    types = {column.name: column.type for column in view.columns}
    native = _on_sqlite if sqlite else _on_postgresql
    return [{name: native(types[name], value) for name, value in row.items()} for row in rows]


def _on_sqlite(type_: ColumnType, value: Any) -> Any:
    if value is None:
        return None
    match type_:
        case ColumnType.TIME:
            assert value.endswith("Z")
            return datetime.fromisoformat(value)
        case ColumnType.DAY:
            return date.fromisoformat(value)
        case ColumnType.UNSIGNED:
            return int(_checked(value, str))
        case _:
            return _checked(value, _PLAIN[type_])


def _on_postgresql(type_: ColumnType, value: Any) -> Any:
    if value is None:
        return None
    match type_:
        case ColumnType.TIME:
            return _checked(value, datetime).astimezone(UTC)
        case ColumnType.DAY:
            return _checked(value, date)
        case ColumnType.UNSIGNED:
            return int(_checked(value, Decimal))
        case _:
            return _checked(value, _PLAIN[type_])


_PLAIN: dict[ColumnType, type] = {ColumnType.TEXT: str, ColumnType.INTEGER: int, ColumnType.DOUBLE: float}


def _checked(value: Any, type_: type) -> Any:
    assert type(value) is type_
    return value


def answers(storage: SqlStorage) -> dict[str, list[Row]]:
    """All views' rows, without what no call tells."""
    return {
        view.name: [
            {name: v for name, v in row.items() if name not in UNKNOWN} for row in read(storage, view)
        ]
        for view in VIEWS.values()
    }
