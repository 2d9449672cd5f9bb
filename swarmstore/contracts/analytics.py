"""What an analyst's tools need of a backend: its views as rows, and what a report says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, TypeVar

from swarmstore.errors import ConfigurationError, UnknownViewError
from swarmstore.model.limits import check_text

if TYPE_CHECKING:
    from swarmstore.contracts.report_findings import Findings


_Result = TypeVar("_Result")


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


class ViewReader(Protocol):
    """Views at one moment: whatever is read through it, nothing changes in between."""

    def batches(self, view: str, scenario: str | None, size: int) -> Iterator[Rows]:
        """A view's rows in its own order, at most `size` at once; of one scenario where one is given."""


class Analysis(Protocol):
    """The reading side of a backend, for tools that look at much of it."""

    def views(self) -> Sequence[ViewInfo]:
        """All views."""

    def reading(self) -> AbstractContextManager[ViewReader]:
        """A transaction that reads views and ends with the block: for what cannot be read twice."""

    def read(self, work: Callable[[ViewReader], _Result]) -> _Result:
        """Give what `work` makes of views.

        It begins anew where the database has to end a transaction, as a standby has to now and then.
        """

    def findings(self, scenario: str | None) -> Findings:
        """What the store has learned, or one scenario of it, counted and ranked where it is.

        Raises SnapshotNotFoundError for a scenario of which nothing is saved.
        """


def view_named(analysis: Analysis, name: str, scenario: str | None) -> ViewInfo:
    """What is known of a view from which rows of a scenario, or all, are wanted.

    Raises UnknownViewError; ConfigurationError for a scenario of a view that has none; InvalidTextError.
    """
    if scenario is not None:
        check_text("scenario", scenario)
    check_text("view", name)
    known = {view.name: view for view in analysis.views()}
    if name not in known:
        raise UnknownViewError(f"{name!r} is no view; there are {', '.join(known)}")
    if scenario is not None and not known[name].has_scenario:
        raise ConfigurationError(f"{name} is not about scenarios; ask for it without one")
    return known[name]
