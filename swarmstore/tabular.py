"""A store's content as tables with typed columns: what frames and files are made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable


class ColumnType(StrEnum):
    """What a column's values are in Python: int, int, float, str, bool, an aware datetime in UTC."""

    INTEGER = "integer"  # of 64 bits
    UNSIGNED = "unsigned"  # of 64 bits, without a sign
    DOUBLE = "double"
    TEXT = "text"
    FLAG = "flag"
    TIME = "time"


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


Rows = Sequence[Sequence[Any]]
"""Rows of values as `ColumnType` says, None where there is none."""


class ViewReader(Protocol):
    """Views at one moment: whatever is read through it, nothing changes in between."""

    def batches(self, view: str, scenario: str | None, size: int) -> Iterator[Rows]:
        """A view's rows in its own order, at most `size` at once; of one scenario where one is given.

        Raises UnknownViewError, and ConfigurationError for a scenario of a view that has none.
        """


@runtime_checkable
class Tabular(Protocol):
    """A backend whose content analysts can read as views."""

    def views(self) -> Sequence[ViewInfo]:
        """All views, by name."""

    def reading_views(self) -> AbstractContextManager[ViewReader]:
        """A transaction that reads views and ends with the block."""
