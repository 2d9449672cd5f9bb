"""What tools for analysts need of a backend: its views as rows, and the findings of a report."""

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
    """The type of a column. Its values in Python: str, int, float, an aware datetime in UTC, a date, int."""

    TEXT = "text"
    INTEGER = "integer"  # of 64 bits
    DOUBLE = "double"
    TIME = "time"
    DAY = "day"
    UNSIGNED = "unsigned"  # of 64 bits, without a sign


@dataclass(frozen=True, slots=True)
class ColumnInfo:
    """A column, with its meaning and unit."""

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
    """The views at one moment: everything that is read through it belongs together."""

    def batches(self, view: str, scenario: str | None, size: int) -> Iterator[Rows]:
        """Iterate over a view's rows in its order, at most `size` at once, or over those of a scenario."""


class Analysis(Protocol):
    """The reading side of a backend, for tools that look at much of it."""

    def views(self) -> Sequence[ViewInfo]:
        """List all views."""

    def reading(self) -> AbstractContextManager[ViewReader]:
        """Begin a transaction that reads views, once; it ends with the `with` block."""

    def read(self, work: Callable[[ViewReader], _Result]) -> _Result:
        """Give what `work` makes of views.

        It begins anew where the database has to end a transaction, as a standby has to now and then.
        """

    def findings(self, scenario: str | None) -> Findings:
        """Collect what the store, or one scenario of it, has learned, counted and ranked by the backend.

        Raises SnapshotNotFoundError for a scenario of which nothing is saved.
        """


def view_named(analysis: Analysis, name: str, scenario: str | None) -> ViewInfo:
    """Look up a view from which the rows of a scenario, or all rows, are wanted.

    Raises UnknownViewError; ConfigurationError for a scenario of a view that has none; InvalidTextError.
    """
    if scenario is not None:
        check_text("scenario", scenario)
    check_text("view", name)
    known = {view.name: view for view in analysis.views()}
    if name not in known:
        raise UnknownViewError(f"{name!r} is not a view; there are {', '.join(known)}")
    if scenario is not None and not known[name].has_scenario:
        raise ConfigurationError(f"{name} is not about scenarios; ask for it without one")
    return known[name]
