"""Reading views as they are: row by row from one snapshot, in batches, whatever their size."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from swarmstore.contracts.analytics import Rows, ViewInfo
from swarmstore.contracts.report_findings import Findings
from swarmstore.db.analytics.report_data import findings_in
from swarmstore.db.analytics.view_statements import rows_of
from swarmstore.db.analytics.views import VIEWS
from swarmstore.db.connection.transactions import Database
from swarmstore.db.dialects.failures import translated
from swarmstore.db.mapping.total_headers import SUMMED_COLUMNS
from swarmstore.db.schema.sessions import Scenario
from swarmstore.errors import CountOverflowError, first_of
from swarmstore.model.keys import ScenarioKey, TotalKey
from swarmstore.model.total_parts import PartKind, TotalPart

_ORIGINS = VIEWS["total_origins"].statement.subquery("total_origins").c
_Result = TypeVar("_Result")
_SHOWN = ("part", "origin", "contributors", "waiting", *SUMMED_COLUMNS)


class SqlViewReader:
    """A `ViewReader` on one transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def batches(self, view: str, scenario: str | None, size: int) -> Iterator[Rows]:
        """A view's rows in its own order, at most `size` at once."""
        statement = rows_of(view, scenario)
        streamed = {"stream_results": True, "max_row_buffer": size}
        with self.session.connection().execute(statement, execution_options=streamed) as result:
            yield from result.partitions(size)


class _LentViewReader(SqlViewReader):
    """One whose rows go straight to the caller, and so do its errors."""

    def batches(self, view: str, scenario: str | None, size: int) -> Iterator[Rows]:
        try:
            yield from super().batches(view, scenario, size)
        except SQLAlchemyError as error:
            raise translated(error) from error


class SqlAnalysis:
    """The `Analysis` of a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def views(self) -> Sequence[ViewInfo]:
        """All views."""
        return list(VIEWS.values())

    @contextmanager
    def reading(self) -> Iterator[SqlViewReader]:
        """A transaction that reads views and ends with the block."""
        with self._naming_overflows(), self._database.snapshot() as session:
            yield _LentViewReader(session)

    def read(self, work: Callable[[SqlViewReader], _Result]) -> _Result:
        """Give what `work` makes of views, in a transaction that is begun again when it may succeed."""
        with self._naming_overflows():
            return self._database.read(lambda session: work(SqlViewReader(session)), maintenance=True)

    def findings(self, scenario: str | None) -> Findings:
        """What the store has learned, or one scenario of it."""
        return self.read(lambda reader: findings_in(reader.session, scenario))

    @contextmanager
    def _naming_overflows(self) -> Iterator[None]:
        """Say of which scenario a total is that no view can sum up, as the database does not."""
        try:
            yield
        except CountOverflowError as error:
            in_order = select(Scenario.name).order_by(Scenario.name)
            names = self._database.read(lambda session: session.scalars(in_order).all())
            found = [repr(name) for name in names if self._overflows(name)]
            named = f"the total of scenario {first_of(found)}" if found else "the global total"
            raise CountOverflowError(
                f"a count in {named} passes 2^63 - 1; ask for other "
                "scenarios by name, or replace that total; `swarmstore doctor` names the sessions"
            ) from error

    def _overflows(self, scenario: str) -> bool:
        def sum_up(session: Session) -> None:
            for view in VIEWS.values():
                if view.has_scenario and view.name.startswith("total"):
                    session.execute(rows_of(view.name, scenario)).all()

        try:
            self._database.read(sum_up, maintenance=True)
        except CountOverflowError:
            return True
        return False


def sources(session: Session, key: TotalKey) -> list[TotalPart]:
    """What a total is made of, by kind and origin, as `total_origins` tells analysts."""
    which = _ORIGINS.scenario == key.scenario if isinstance(key, ScenarioKey) else _ORIGINS.kind == "global"
    found = select(*[_ORIGINS[name] for name in _SHOWN]).where(which)
    in_order = found.order_by(_ORIGINS.part, _ORIGINS.origin.asc().nulls_first())
    return [TotalPart(PartKind(kind), *rest) for kind, *rest in session.execute(in_order)]
