"""A store's content as tables with typed columns: what frames and files are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class ColumnType(StrEnum):
    """What a column's values are in Python: str, int, float, an aware datetime in UTC, a date, int."""

    TEXT = "text"
    INTEGER = "integer"  # of 64 bits
    DOUBLE = "double"
    TIME = "time"
    DAY = "day"
    UNSIGNED = "unsigned"  # of 64 bits, without a sign


@dataclass(frozen=True, slots=True)
class ColumnInfo:
    """A column: what it says, and in which unit."""

    name: str
    type: ColumnType
    description: str


@dataclass(frozen=True, slots=True)
class ViewInfo:
    """A view: what a row is, and its columns in order."""

    name: str
    description: str
    columns: tuple[ColumnInfo, ...]

    @property
    def has_scenario(self) -> bool:
        """Whether rows say which scenario they are about."""
        return any(column.name == "scenario" for column in self.columns)


Rows = Sequence[Sequence[object]]
"""Rows of values as `ColumnType` says, None where there is none."""
