"""Reading views as they are: row by row from one snapshot, in batches, whatever their size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from swarmstore.db.failures import translated
from swarmstore.db.findings import findings_in
from swarmstore.db.queries.views import INFOS, rows_of
from swarmstore.db.transactions import Database
from swarmstore.findings import Findings
from swarmstore.tabular import Rows, ViewInfo


class SqlViewReader:
    """A `ViewReader` on one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def batches(self, view: str, scenario: str | None, size: int) -> Iterator[Rows]:
        """A view's rows in its own order, at most `size` at once."""
        return self._batches(rows_of(view, scenario), size)

    def _batches(self, statement: Select[*tuple[Any, ...]], size: int) -> Iterator[Rows]:
        streamed = {"stream_results": True, "max_row_buffer": size}
        try:
            with self._session.connection().execute(statement, execution_options=streamed) as result:
                yield from result.partitions(size)
        except SQLAlchemyError as error:
            raise translated(error) from error


class SqlAnalysis:
    """The `Analysis` of a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def views(self) -> Sequence[ViewInfo]:
        """All views."""
        return INFOS

    @contextmanager
    def reading(self) -> Iterator[SqlViewReader]:
        """A transaction that reads views and ends with the block."""
        with self._database.snapshot() as session:
            yield SqlViewReader(session)

    def findings(self, scenario: str | None) -> Findings:
        """What the store has learned, or one scenario of it."""
        with self._database.snapshot() as session:
            return findings_in(session, scenario)
