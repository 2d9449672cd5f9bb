"""What goes into a store from elsewhere, and out of it to elsewhere: the part of `LearningStore`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from swarmstore.contracts.capabilities import CopyReport, copyable, import_target_of
from swarmstore.contracts.progress import Progress, check_progress
from swarmstore.errors import ConfigurationError
from swarmstore.model.limits import check_flag, check_path
from swarmstore.store.opened import Opened

if TYPE_CHECKING:  # an agent needs none of it
    from swarmstore.transfer.exporter import ExportReport
    from swarmstore.transfer.importing import ImportReport, Repeated, TotalsFrom
    from swarmstore.transfer.traces.ingest import IngestReport


class Exchange(Opened):
    """Imports, ingests, exports and copies of a store."""

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
        """Import upstream's folder of JSON files; see `swarmstore.transfer.importing.whole_store`.

        Raises ConfigurationError on a backend that keeps no ledger of imports.
        """
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
        totals too; one that has fewer changes nothing, and the report says so. docs/files.md says
        what a run is, and which forms of a file make no difference.

        One run is one episode; `SessionCounter` and `read_trace` in `swarmstore.recording` say what
        is counted. Lines that are no events are reported and left out. Any number of processes may
        ingest the same traces.

        Raises TraceError when nothing tells how the run ended, or what does contradicts the trace or
        the arguments; ConfigurationError on a backend that keeps no ledger of imports.
        """
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
        """Write the store as upstream's folder of JSON files; see `transfer.exporter.export_store`.

        Raises ConfigurationError for a folder that holds anything but an export of this store, OSError.
        """
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
