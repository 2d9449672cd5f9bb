"""What analysts and their tools take out of a store: the part of `LearningStore`."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from swarmstore.contracts.capabilities import analysis_of
from swarmstore.contracts.progress import Progress, check_progress
from swarmstore.model.limits import check_path
from swarmstore.store.opened import Opened

if TYPE_CHECKING:  # an agent needs none of it
    import pyarrow as pa

    from swarmstore.analytics.frames.table_files import FramesReport


class Insight(Opened):
    """Views of a store for other tools, and its report."""

    def frame(self, view: str, *, scenario: str | None = None) -> pa.Table:
        """A view's rows as an Arrow table: `.to_pandas()`, or `polars.from_arrow(…)`, goes on from there.

        view: its name; UnknownViewError lists all there are. scenario: only its rows.

        Integers are int64, an action set's hash uint64, doubles float64, times microseconds in UTC;
        NULL is null, and an empty name is "". Raises UnknownViewError, ExtraMissingError without
        `pip install 'swarmstore[arrow]'`, and ConfigurationError on a backend without views.
        """
        from swarmstore.analytics.frames.arrow import frame

        return frame(analysis_of(self._storage), view, scenario)

    def frame_batches(
        self, view: str, *, scenario: str | None = None
    ) -> AbstractContextManager[pa.RecordBatchReader]:
        """`frame` as a stream, however many rows: `with store.frame_batches("sessions") as batches:`.

        Within the block one connection is in use, for at most `maintenance_seconds`. DuckDB and
        polars read the stream directly. Raises what `frame` does.
        """
        from swarmstore.analytics.frames.arrow import frame_batches

        return frame_batches(analysis_of(self._storage), view, scenario)

    def export_frames(
        self,
        folder: str | Path,
        file_format: str,
        *,
        views: Sequence[str] | None = None,
        scenario: str | None = None,
        progress: Progress | None = None,
    ) -> FramesReport:
        """Write views into a folder, each as `VIEW.parquet` or `VIEW.csv`, all from one moment.

        file_format: `parquet` or `csv`. views: by default all, with a scenario all that are about
        scenarios. progress: called after every view.

        Rows are streamed. Files are put in place together once all of them are whole; other files
        in the folder stay as they are. Raises what `frame` does, and OSError.
        """
        from swarmstore.analytics.frames.table_files import export_frames

        return export_frames(
            analysis_of(self._storage),
            check_path("folder", folder),
            file_format,
            views=views,
            scenario=scenario,
            progress=check_progress(progress),
        )

    def report(self, path: str | Path, *, scenario: str | None = None) -> None:
        """Write what the store has learned, or one scenario, as one HTML file with charts.

        It needs no network and runs no script. Long lists are cut, and say how much is not shown.

        Raises SnapshotNotFoundError for a scenario of which nothing is saved, ExtraMissingError without
        `pip install 'swarmstore[report]'`, ConfigurationError on a backend without views, OSError.
        """
        from swarmstore.analytics.report.page import write_report

        write_report(analysis_of(self._storage), check_path("path", path), scenario)
