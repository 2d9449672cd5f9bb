"""What goes into a store from elsewhere, and out of it to elsewhere: the part of `LearningStore`."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from swarmstore.contracts.capabilities import CopyReport, analysis_of, copyable, import_target_of
from swarmstore.contracts.progress import Progress, check_progress
from swarmstore.errors import ConfigurationError
from swarmstore.loading import loading
from swarmstore.model.limits import check_flag, check_path
from swarmstore.store.opened import Opened

if TYPE_CHECKING:  # an agent needs none of it
    import pyarrow as pa

    from swarmstore.analytics.frames.table_files import FramesReport
    from swarmstore.transfer.exporter import ExportReport
    from swarmstore.transfer.importing import ImportReport, Repeated, TotalsFrom
    from swarmstore.transfer.traces.ingest import IngestReport


class Exchange(Opened):
    """Imports, ingests, exports and copies of a store, its views for other tools, and its report."""

    def import_store(
        self,
        folder: str | Path,
        *,
        origin: str | None = None,
        totals: TotalsFrom = "files",
        repeated: Repeated = "skip",
        progress: Progress | None = None,
        reader_process: bool | None = None,
    ) -> ImportReport:
        """Import upstream's folder of JSON files; again it imports only new or changed files.

        folder: has `scenarios/` or `global_stats.json` in it.
        origin: the store's name in the ledger. Without one, a store is known by what its sessions
            hold, and one that was never imported is named after its folder.
        totals: `files` takes totals as the files say and does not count sessions again, `sessions`
            counts the sessions. Both report where the files' totals differ from their sessions, and
            add up the totals that no file has.
        repeated: what becomes of sessions that are a total saved again, or another session under a
            second id: `skip` leaves them out, also of the totals; `count` imports them like others;
            `fail` raises before anything is imported.
        progress: called after every file.
        reader_process: whether another process reads the sessions while this one saves them; by default
            one does for a large store, where there is a second processor.

        An export of the very store it is imported into brings back sessions that are gone without
        counting them again, and counts those that were added to it since, whatever `totals` says.

        A file that cannot be read or held is reported and stops nothing, and so is a folder. Links below
        the folder are reported and not followed. Raises ConfigurationError for what is no store, and on
        a backend that keeps no ledger of imports, OriginConflictError for one that only partly holds
        what was imported under its name or path, OriginModeError, RepeatedSessionError,
        ReaderEndedError, InvalidValueError, and what the database raises.
        """
        with loading():
            from swarmstore.transfer.importing import import_store

        return import_store(
            import_target_of(self._storage),
            check_path("folder", folder),
            origin=origin,
            totals=totals,
            repeated=repeated,
            progress=check_progress(progress),
            reader_process=None if reader_process is None else check_flag("reader_process", reader_process),
        )

    def ingest(
        self,
        trace: str | Path,
        *,
        record: str | Path | None = None,
        scenario: str | None = None,
        success: bool | None = None,
        created_at: int | None = None,
    ) -> IngestReport:
        """Convert an event trace of SwarmEngine (JSON lines, plain or gzip) into a session, each run once.

        record: the engine's record of the run, by default `learn_stats_record-SEED.json` beside
            `trace-SEED.jsonl`. It tells scenario, outcome, time, the run's id and number of actions.
        scenario, success: instead of a record; with one they must agree with it.
        created_at: the time of the run, seconds since 1970, by default the file's. Without record
            and time, equal traces of one scenario are taken for the same run, and so is one that
            begins with all actions of another.

        A trace that has more actions than the store has of its run takes the place of that part, in
        totals too; one that has fewer changes nothing, and the report says so. docs/reference/files.md says
        what a run is, and which forms of a file make no difference.

        One run is one episode; `swarmstore.recording.session_counter` says what
        is counted. Lines that are no events are reported and left out. Any number of processes may
        ingest the same traces.

        Raises TraceError when nothing tells how the run ended, or what does contradicts the trace or
        the arguments; ConfigurationError on a backend that keeps no ledger of imports.
        """
        with loading():
            from swarmstore.transfer.traces.ingest import ingest_trace

        return ingest_trace(
            import_target_of(self._storage),
            check_path("trace", trace),
            record=None if record is None else check_path("record", record),
            scenario=scenario,
            success=success,
            created_at=created_at,
        )

    def export_store(self, folder: str | Path, *, progress: Progress | None = None) -> ExportReport:
        """Write the store as upstream's folder of JSON files; again it writes only what has changed.

        folder: missing, empty, or an earlier export of this store.
        progress: called after every session and every total.

        Sessions are read one at a time. Those that the store no longer has are removed. A store in use
        is exported scenario by scenario as it is then; the next export adds what was saved meanwhile.

        What cannot be read is reported and stops nothing. Raises ConfigurationError for a folder that
        holds anything else, before anything is written; OSError; and what the backend raises.
        """
        with loading():
            from swarmstore.transfer.exporter import export_store

        return export_store(self._storage, check_path("folder", folder), progress=check_progress(progress))

    def copy_to(self, target: Exchange, *, progress: Progress | None = None) -> CopyReport:
        """Make an empty database the same store as this one, or bring such a copy up to date.

        Everything comes over as it is: sessions, totals with their parts, offline models, the ledger
        of imports, positions. Followers go on there with the cursors that they have.

        target: a store on an empty database, or on a copy of this store that nothing was saved in.
        progress: called with the sessions that are there.

        A copy that was interrupted is completed by the next one. This store may be used meanwhile:
        the copy is what it was at one moment near the end of the call. The target's role must own
        its tables. Raises ConfigurationError for any other target, before anything is changed.
        """
        if not isinstance(target, Exchange):
            raise ConfigurationError(
                f"target is a {type(target).__name__}; give a store: copy_to(LearningStore.open(url))"
            )
        return copyable(self._storage).copy_to(target._storage, progress=check_progress(progress))

    def frame(self, view: str, *, scenario: str | None = None) -> pa.Table:
        """A view's rows as an Arrow table: `.to_pandas()`, or `polars.from_arrow(…)`, goes on from there.

        view: its name; UnknownViewError lists all there are. scenario: only its rows.

        Integers are int64, an action set's hash uint64, doubles float64, times microseconds in UTC;
        NULL is null, and an empty name is "". Raises UnknownViewError, ExtraMissingError without
        `pip install 'swarmstore[arrow]'`, and ConfigurationError on a backend without views.
        """
        with loading():
            from swarmstore.analytics.frames.arrow import frame

        return frame(analysis_of(self._storage), view, scenario)

    def frame_batches(
        self, view: str, *, scenario: str | None = None
    ) -> AbstractContextManager[pa.RecordBatchReader]:
        """`frame` as a stream, however many rows: `with store.frame_batches("sessions") as batches:`.

        Within the block one connection is in use, for at most `maintenance_seconds`. DuckDB and
        polars read the stream directly. Raises what `frame` does.
        """
        with loading():
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
        with loading():
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
        with loading():
            from swarmstore.analytics.report.page import write_report

        write_report(analysis_of(self._storage), check_path("path", path), scenario)
