"""The part of `LearningStore` that moves data into a store and out of it."""

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
        """Import a folder of SwarmEngine's JSON files. Run again, it imports only new or changed files.

        folder: a folder that contains `scenarios/` or `global_stats.json`.
        origin: the name to record the store under. Without one, a store that was imported before is
            recognised by the content of its sessions, and a new one is named after its folder.
        totals: `files` takes totals from their files and does not count the sessions again; `sessions`
            counts the sessions. Both report where a file's total differs from its sessions, and
            add up the totals that have no file.
        repeated: what to do with sessions that are a total saved again, or a copy of another session:
            `skip` leaves them out, of the totals as well; `count` imports them like others;
            `fail` raises before anything is imported.
        progress: called after every file.
        reader_process: whether another process reads the sessions while this one saves them. By default
            it does for a large store if there is a second processor.

        An export that is imported into the store it was made from brings back removed sessions without
        counting them again, and counts the sessions that were added to it, whatever `totals` says.

        Files and folders that cannot be read or stored are reported and skipped, and so are links below
        the folder. Raises ConfigurationError for a folder that is not a store and on a backend that keeps
        no ledger of imports, OriginConflictError for a folder that holds only a part of what was imported
        under its name or path, OriginModeError, RepeatedSessionError, ReaderEndedError,
        InvalidValueError, and the errors of the database.
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
        """Convert an event trace of SwarmEngine into a session. Each run is imported once.

        trace: a file of JSON lines, plain or compressed with gzip.
        record: the engine's record of the run, by default `learn_stats_record-SEED.json` beside
            `trace-SEED.jsonl`. It contains scenario, outcome, time, the run's id and number of actions.
        scenario, success: the scenario and outcome, if there is no record. If there is one, they must
            agree with it.
        created_at: the time of the run in seconds since 1970, by default the file's. Without record
            and time, equal traces of one scenario are taken for the same run, and so is a trace that
            begins with all actions of another one.

        A trace with more actions than the store has of its run replaces that session, in the totals
        too. One with fewer changes nothing, and the report says so. docs/reference/files.md explains
        what a run is, and which differences between files do not matter.

        One run is one episode; `swarmstore.recording.session_counter` says what is counted. Invalid
        lines are reported and skipped. Any number of processes may ingest the same traces.

        Raises TraceError if the outcome of the run is unknown, or contradicts the trace or the
        arguments, and ConfigurationError on a backend that keeps no ledger of imports.
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
        """Write the store as a folder of SwarmEngine's JSON files. Run again, it writes only what changed.

        folder: a folder that does not exist, is empty, or is an earlier export of this store.
        progress: called after every session and every total.

        Sessions are read one at a time. Files of sessions that the store no longer has are removed. A
        store in use is exported scenario by scenario, and the next export adds what was saved meanwhile.

        What cannot be read is reported and skipped. Raises ConfigurationError, before anything is
        written, for a folder with other content; OSError; and the errors of the backend.
        """
        with loading():
            from swarmstore.transfer.exporter import export_store

        return export_store(self._storage, check_path("folder", folder), progress=check_progress(progress))

    def copy_to(self, target: Exchange, *, progress: Progress | None = None) -> CopyReport:
        """Copy this store into an empty database, or bring such a copy up to date.

        The copy has everything under the same keys: sessions, totals with their parts, offline models,
        the ledger of imports and positions. Followers can continue there with their cursors.

        target: a store on an empty database, or on a copy of this store in which nothing was saved.
        progress: called with the number of sessions copied so far.

        An interrupted copy is completed by the next call. This store may be in use meanwhile: the copy
        shows it at one moment near the end of the call. The target's role must own its tables. Raises
        ConfigurationError for any other target, before anything is changed.
        """
        if not isinstance(target, Exchange):
            raise ConfigurationError(
                f"target is a {type(target).__name__}; give a store: copy_to(LearningStore.open(url))"
            )
        return copyable(self._storage).copy_to(target._storage, progress=check_progress(progress))

    def frame(self, view: str, *, scenario: str | None = None) -> pa.Table:
        """Read a view as an Arrow table, for `.to_pandas()` or `polars.from_arrow(…)`.

        view: its name. The message of UnknownViewError lists all views.
        scenario: only the rows of this scenario.

        Integers are int64, the hash of an action set is uint64, doubles are float64, and times are
        microseconds in UTC. NULL is null, and an empty name is "". Raises UnknownViewError,
        ExtraMissingError without `pip install 'swarmstore[arrow]'`, and ConfigurationError on a backend
        without views.
        """
        with loading():
            from swarmstore.analytics.frames.arrow import frame

        return frame(analysis_of(self._storage), view, scenario)

    def frame_batches(
        self, view: str, *, scenario: str | None = None
    ) -> AbstractContextManager[pa.RecordBatchReader]:
        """Stream a view of any size: `with store.frame_batches("transitions") as batches:`.

        The block holds one connection, for at most `maintenance_seconds`. DuckDB and polars read the
        stream directly. Takes and raises the same as `frame`.
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
        """Write views into a folder, each as `VIEW.parquet` or `VIEW.csv`, as they are at one moment.

        file_format: `parquet` or `csv`.
        views: the names of the views. By default all, or with a scenario all that are about scenarios.
        scenario: only the rows of this scenario.
        progress: called after every view.

        Rows are streamed. The files are put in place together once all are complete; other files
        in the folder stay. Raises the same as `frame`, and OSError.
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
        """Write a report with charts as one HTML file.

        scenario: only this scenario. By default the report is about all of them.

        The page needs no network and runs no script. Long lists are cut, and say how much is not shown.

        Raises SnapshotNotFoundError if nothing is saved for the scenario, ExtraMissingError without
        `pip install 'swarmstore[report]'`, ConfigurationError on a backend without views, OSError.
        """
        with loading():
            from swarmstore.analytics.report.page import write_report

        write_report(analysis_of(self._storage), check_path("path", path), scenario)
