"""A session's rows, ready-made, for the peers that write tables: columns by table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from swarmstore.db.dialects.column_types import ExactDouble, Name
from swarmstore.db.mapping.rows import COLUMNS, SnapshotRows
from swarmstore.db.schema.families import SESSIONS, Kind
from swarmstore.db.schema.sessions import HeaderColumns

HEADER = tuple(HeaderColumns.__annotations__)


def _type(kind: Kind, column: str) -> str:
    type_ = SESSIONS.facts[kind].c[column].type
    return "text" if type_ is Name else "double precision" if isinstance(type_, ExactDouble) else "bigint"


TABLES = {
    SESSIONS.facts[kind].name: {column: _type(kind, column) for column in COLUMNS[kind]} for kind in Kind
}


@dataclass(frozen=True, slots=True)
class Prepared:
    """One session: the values of HEADER, and its rows by table in the order of TABLES."""

    header: tuple[Any, ...]
    rows: tuple[Sequence[tuple[Any, ...]], ...]

    def arrays(self) -> list[list[Any]]:
        """Every column of every table."""
        return [
            [row[place] for row in rows]
            for rows, types in zip(self.rows, TABLES.values(), strict=True)
            for place in range(len(types))
        ]


def prepare(rows: SnapshotRows) -> Prepared:
    """The rows that swarmstore makes of a snapshot."""
    return Prepared(
        tuple(rows.header[name] for name in HEADER),
        tuple(list(zip(*rows.facts[kind], strict=True)) for kind in Kind),
    )
