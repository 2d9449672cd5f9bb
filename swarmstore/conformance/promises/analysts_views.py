"""Analysts read views whose rows are as the columns say, all of one moment."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial

import pytest

from swarmstore.conformance.able_backends import AnalysableBackend
from swarmstore.conformance.capability import Capability
from swarmstore.conformance.promise import Promise, needs
from swarmstore.conformance.samples import model, simple, varied
from swarmstore.conformance.shorthand import session
from swarmstore.contracts.analytics import Analysis, ColumnType, Rows, ViewReader
from swarmstore.errors import SnapshotNotFoundError

TYPES: dict[ColumnType, type] = {
    ColumnType.TEXT: str,
    ColumnType.INTEGER: int,
    ColumnType.DOUBLE: float,
    ColumnType.TIME: datetime,
    ColumnType.DAY: date,
    ColumnType.UNSIGNED: int,
}


def rows(reader: ViewReader, view: str, scenario: str | None = None, size: int = 1000) -> Rows:
    """All rows of a view."""
    return [row for batch in reader.batches(view, scenario, size) for row in batch]


@needs(Capability.ANALYTICS)
class AnalystsViews(Promise):
    """What `analysis` gives."""

    @pytest.fixture
    def analysis(self, backend: AnalysableBackend) -> Analysis:
        """The reading side of a backend with a few sessions and a model."""
        for text in ("1700000000", "1700000001", "abc"):
            backend.save(session(text), varied())
            backend.save(session(text, "t"), simple(2))
        backend.save_offline_model("s", model())
        return backend.analysis()

    def test_views_and_columns_are_described(self, analysis: Analysis) -> None:
        """Each view has a name of its own and says what a row is, as each of its columns does."""
        views = analysis.views()
        assert len({view.name for view in views}) == len(views) > 0
        for view in views:
            assert view.description
            assert len({column.name for column in view.columns}) == len(view.columns) > 0
            assert all(column.description for column in view.columns)

    def test_a_value_is_of_the_type_of_its_column(self, analysis: Analysis) -> None:
        """A row has a value for each column, of its type or None, and times are in UTC."""
        with analysis.reading() as reader:
            for view in analysis.views():
                for row in rows(reader, view.name):
                    assert len(row) == len(view.columns)
                    for column, value in zip(view.columns, row, strict=True):
                        assert value is None or type(value) is TYPES[column.type], column
                        if isinstance(value, datetime):
                            assert value.utcoffset() == timedelta(0), column

    @pytest.mark.parametrize("size", [1, 2, 1000])
    def test_batches_are_no_larger_than_asked_for(self, analysis: Analysis, size: int) -> None:
        """Rows come in the order of their view, whatever fits a batch."""
        with analysis.reading() as reader:
            for view in analysis.views():
                batches = list(reader.batches(view.name, None, size))
                assert all(0 < len(batch) <= size for batch in batches)
                assert [[*row] for batch in batches for row in batch] == [
                    [*row] for row in rows(reader, view.name)
                ]

    def test_a_scenario_has_its_own_rows(self, analysis: Analysis) -> None:
        """Rows of one scenario are those of the view that name it."""
        with analysis.reading() as reader:
            for view in analysis.views():
                if view.has_scenario:
                    place = [column.name for column in view.columns].index("scenario")
                    own = [[*row] for row in rows(reader, view.name) if row[place] == "t"]
                    assert [[*row] for row in rows(reader, view.name, "t")] == own

    def test_work_on_views_gives_what_it_makes_of_them(self, analysis: Analysis) -> None:
        """Work sees the same rows as whoever reads them one batch after the other."""
        for view in analysis.views():
            with analysis.reading() as reader:
                expected = [[*row] for row in rows(reader, view.name)]
            assert [[*row] for row in analysis.read(partial(rows, view=view.name))] == expected

    def test_findings_tell_what_was_learned(self, analysis: Analysis) -> None:
        """Sessions are counted in all scenarios or in one, and an unknown scenario has no findings."""
        assert analysis.findings(None).sessions == 6
        assert analysis.findings("t").sessions == 3
        with pytest.raises(SnapshotNotFoundError):
            analysis.findings("nowhere")
