"""Importing a store: what it is, and its files in their order."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Literal, NamedTuple, get_args

from swarmstore.contracts.imports import ImportTarget, SourceFile
from swarmstore.contracts.progress import Progress
from swarmstore.disk import reason_of
from swarmstore.errors import (
    ConfigurationError,
    InvalidValueError,
    RepeatedSessionError,
    SnapshotFormatError,
    first_of,
)
from swarmstore.files.layout import GLOBAL, FileKind, StoreFile, walk_store
from swarmstore.files.sidecars import MARKER, Marker, read_marker
from swarmstore.transfer.importing.file_totals import scenarios_without_total
from swarmstore.transfer.importing.folder_identity import contents_by_scenario, find_origin
from swarmstore.transfer.importing.import_report import ImportReport
from swarmstore.transfer.importing.importer import Importer
from swarmstore.transfer.importing.reader_process import reading
from swarmstore.transfer.importing.session_reader import SessionReader

TotalsFrom = Literal["files", "sessions"]
Repeated = Literal["skip", "count", "fail"]

_BATCH_BYTES = 8_000_000  # in the files of one transaction, or it has `batch` sessions before
_MANY_BYTES = 50_000_000  # in files take longer to read than a process takes to begin


def import_store(
    target: ImportTarget,
    folder: Path,
    *,
    origin: str | None = None,
    totals: TotalsFrom = "files",
    repeated: Repeated = "skip",
    progress: Progress | None = None,
    reader_process: bool | None = None,
    batch: int = 128,
) -> ImportReport:
    """Import a store, at most `batch` sessions in a transaction; `LearningStore.import_store` says how."""
    if totals not in get_args(TotalsFrom):
        raise InvalidValueError("totals", f"{totals!r} is neither 'files' nor 'sessions'")
    if repeated not in get_args(Repeated):
        raise InvalidValueError("repeated", f"{repeated!r} is none of 'skip', 'count' and 'fail'")
    files, marker = _walk(target, folder)
    is_export = marker is not None and marker.store == target.identity() and not target.is_empty()
    store = find_origin(target, folder, files, origin, from_here=is_export)
    moved = {(file.scenario, store.file(file).scenario) for file in files if file.problem is None}
    files = list(map(store.file, files))
    report = ImportReport(
        store.origin,
        store.known_as,
        from_here=is_export and not _has_totals(store.ledger, files),
        moved=sorted(pair for pair in moved if pair[0] != pair[1]),
    )
    importer = Importer(target, report, store, counted=totals == "sessions" and not report.from_here)
    adds_up = marker is None and totals == "files"  # an export has all totals that its store had
    make_reader = partial(
        SessionReader,
        target.preparation,
        files,
        origin=store.origin,
        leave_out=repeated != "count",
        contents=contents_by_scenario(store.ledger),
        without_total=scenarios_without_total(files) if adds_up else frozenset(),
    )
    steps = list(_steps(files, batch))
    if repeated == "fail":
        _refuse_repeats(make_reader(), steps, importer)
    batches = (list(map(importer.wanted, step.files)) for step in steps if step.is_batch)
    if reader_process is None:
        reader_process = sum(step.size for step in steps) >= _MANY_BYTES and _processors() > 1
    done = 0
    with reading(make_reader, batches, beside=reader_process) as found:
        for step in steps:
            if step.is_batch:
                importer.take_sessions(step.files, next(found))
            else:
                importer.take(*step.files)
            for _ in step.files:
                done += 1
                if progress is not None:
                    progress(done, len(files))
    return importer.finish(without_global=adds_up and all(file.relative != GLOBAL for file in files))


def _walk(target: ImportTarget, folder: Path) -> tuple[list[StoreFile], Marker | None]:
    """The files of a folder, and what marks it as an export. Raises ConfigurationError for no store."""
    if folder.exists() and not folder.is_dir():
        raise ConfigurationError(f"{folder} is not a folder; give the folder that has scenarios/ in it")
    files = list(walk_store(folder))
    try:
        marker = read_marker(folder)
    except (OSError, SnapshotFormatError) as error:
        return [_unreadable_marker(target, folder / MARKER, error), *files], None
    if not files and marker is None and not (folder / "scenarios").is_dir():
        raise ConfigurationError(f"{folder} is not a store: it has neither global_stats.json nor scenarios/")
    return files, marker


class _Step(NamedTuple):
    """Sessions that are saved together, or one other file. size: bytes."""

    files: Sequence[StoreFile]
    size: int
    is_batch: bool


def _steps(files: Iterable[StoreFile], most: int) -> Iterator[_Step]:
    batch, size = list[StoreFile](), 0
    for file in files:
        is_session = file.kind is FileKind.SESSION and file.problem is None
        if is_session:
            batch.append(file)
            size += _size(file)
        if batch and (not is_session or len(batch) >= most or size >= _BATCH_BYTES):
            yield _Step(batch, size, is_batch=True)
            batch, size = [], 0
        if not is_session:
            yield _Step([file], 0, is_batch=False)
    if batch:
        yield _Step(batch, size, is_batch=True)


def _size(file: StoreFile) -> int:
    try:
        return file.path.stat().st_size
    except OSError:  # reading it will say why
        return 0


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _unreadable_marker(target: ImportTarget, path: Path, error: Exception) -> StoreFile:
    """Raises ConfigurationError where the target itself may have been exported there, to be counted twice."""
    reason = reason_of(error, path)
    if not target.is_empty():
        said = f"{path}: {reason}" if isinstance(error, OSError) else reason
        raise ConfigurationError(
            f"{said}. That file says which store this is an export of, and without it an export of this "
            "very store would count twice; repair it, or remove it if this comes from elsewhere"
        )
    return StoreFile(FileKind.GLOBAL, path, MARKER, problem=reason)


def _has_totals(ledger: Mapping[str, SourceFile], files: Sequence[StoreFile]) -> bool:
    """Whether totals of this folder were imported: of an export, into its store when that was empty."""
    totals = {file.relative for file in files if file.kind in {FileKind.SCENARIO, FileKind.GLOBAL}}
    return not totals.isdisjoint(ledger)


def _refuse_repeats(reader: SessionReader, steps: Iterable[_Step], importer: Importer) -> None:
    """Raises RepeatedSessionError where sessions would be left out."""
    found = [
        f"{file.session_id} of {file.scenario}"
        for step in steps
        if step.is_batch
        for file, of_file in zip(
            step.files, reader.read(list(map(importer.wanted, step.files))).files, strict=True
        )
        if of_file.left_out is not None
    ]
    if found:
        raise RepeatedSessionError(
            f"nothing was imported: {len(found):,} sessions are totals that were saved again or copies of "
            f"other sessions: {first_of(found)}; leave them out with --repeated skip, or import them with "
            "--repeated count (repeated=)"
        )
