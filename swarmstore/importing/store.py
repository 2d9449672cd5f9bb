"""Importing a store: what it is, and its files in their order."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Literal, NamedTuple, get_args

from swarmstore.discrepancy import Progress
from swarmstore.disk import reason_of
from swarmstore.errors import ConfigurationError, InvalidValueError, OriginModeError, SnapshotFormatError
from swarmstore.files.layout import FileKind, StoreFile, walk_store
from swarmstore.files.sidecars import MARKER, Marker, read_marker
from swarmstore.importing.beside import reading
from swarmstore.importing.reading import Contents, SessionReader
from swarmstore.importing.report import ImportReport
from swarmstore.importing.taking import Importer
from swarmstore.ledger import ImportTarget
from swarmstore.model.validation import check_short_text

TotalsFrom = Literal["files", "sessions"]

_LOT_SESSIONS = 128  # saved in one transaction, or as many as have
_LOT_BYTES = 8_000_000  # in their files
_MANY_BYTES = 50_000_000  # in files take longer to read than a process takes to begin


def import_store(
    target: ImportTarget,
    folder: Path,
    *,
    origin: str | None = None,
    totals: TotalsFrom = "files",
    progress: Progress | None = None,
    reader_process: bool | None = None,
) -> ImportReport:
    """Import a store file by file; a repeat changes nothing, a grown store adds what is new.

    folder: has `scenarios/` or `global_stats.json` in it.
    origin: the store's name in the ledger. Without one, a store some of whose sessions were
        imported before is taken for the same one, and any other is named after its folder.
    totals: `files` takes totals as the files say and does not count sessions again, `sessions`
        counts the sessions and reports where the files' totals differ.
    progress: called after every file.
    reader_process: whether another process reads the sessions while this one saves them; by default
        one does for a large store, where there is a second processor.

    An export of the very store it is imported into brings back sessions that are gone without
    counting them again, and counts those that were added to it since, whatever `totals` says.

    A file that cannot be read or held is reported and stops nothing, and so is a folder. Links below
    the folder are reported and not followed. Raises ConfigurationError for what is no store,
    OriginModeError, ReaderEndedError, InvalidValueError, and what the database raises.
    """
    if totals not in get_args(TotalsFrom):
        raise InvalidValueError("totals", f"{totals!r} is neither 'files' nor 'sessions'")
    if folder.exists() and not folder.is_dir():
        raise ConfigurationError(f"{folder} is no folder; give the folder that has scenarios/ in it")
    files, marker = list(walk_store(folder)), _marker(target, folder)
    if isinstance(marker, StoreFile):
        files.insert(0, marker)
        marker = None
    if not files and marker is None and not (folder / "scenarios").is_dir():
        raise ConfigurationError(f"{folder} is no store: it has neither global_stats.json nor scenarios/")
    name = _name(target, folder, files) if origin is None else check_short_text("origin", origin)
    report = ImportReport(name, from_here=marker is not None and _is_from_here(target, marker, name, files))
    importer = Importer(target, report, counted=totals == "sessions" and not report.from_here)
    steps = list(_steps(files))
    lots = (list(map(importer.wanted, step.files)) for step in steps if step.is_lot)
    if reader_process is None:
        reader_process = sum(step.size for step in steps if step.is_lot) >= _MANY_BYTES and _processors() > 1
    done = 0
    try:
        with reading(partial(SessionReader, name, target.preparation), lots, beside=reader_process) as found:
            for step in steps:
                if step.is_lot:
                    importer.take_sessions(step.files, next(found))
                else:
                    importer.take(*step.files)
                for _ in step.files:
                    done += 1
                    if progress is not None:
                        progress(done, len(files))
        return importer.finish()
    finally:
        importer.wait()


class _Step(NamedTuple):
    """Sessions that are saved together, or one other file. size: bytes."""

    files: Sequence[StoreFile]
    size: int
    is_lot: bool


def _steps(files: Iterable[StoreFile]) -> Iterator[_Step]:
    lot, size = list[StoreFile](), 0
    for file in files:
        is_session = file.kind is FileKind.SESSION and file.problem is None
        if is_session:
            lot.append(file)
            size += _size(file)
        if lot and (not is_session or len(lot) >= _LOT_SESSIONS or size >= _LOT_BYTES):
            yield _Step(lot, size, is_lot=True)
            lot, size = [], 0
        if not is_session:
            yield _Step([file], 0, is_lot=False)
    if lot:
        yield _Step(lot, size, is_lot=True)


def _size(file: StoreFile) -> int:
    try:
        return file.path.stat().st_size
    except OSError:  # reading it will say why
        return 0


def _processors() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _marker(target: ImportTarget, folder: Path) -> Marker | StoreFile | None:
    """What marks the folder as an export, or that this cannot be read.

    Raises ConfigurationError where it may be an export of the target itself, which would be counted
    twice without it.
    """
    path = folder / MARKER
    try:
        return read_marker(folder)
    except (OSError, SnapshotFormatError) as error:
        reason = reason_of(error, path) if isinstance(error, OSError) else str(error)
        said = f"{path}: {reason}" if isinstance(error, OSError) else reason
    if not target.is_empty():
        raise ConfigurationError(
            f"{said}. That file says which store this is an export of, and without it an export of this "
            "very store would count twice; repair it, or remove it if this comes from elsewhere"
        )
    return StoreFile(FileKind.GLOBAL, path, MARKER, problem=reason)


def _is_from_here(target: ImportTarget, marker: Marker, origin: str, files: Sequence[StoreFile]) -> bool:
    """Whether the target is the store that was exported, so that its totals count all that already.

    A copy of it that was empty, or emptied, takes the totals as any other store does.
    """
    if marker.store != target.identity() or target.is_empty():
        return False
    totals = {file.relative for file in files if file.kind in {FileKind.SCENARIO, FileKind.GLOBAL}}
    return not totals & target.entries(origin).keys()


def _name(target: ImportTarget, folder: Path, files: Sequence[StoreFile]) -> str:
    """The origin under which this very store was imported before, else the folder's path."""
    default = str(folder.resolve())
    known = target.origins()
    sessions = {f.relative: f for f in files if f.kind is FileKind.SESSION and f.problem is None}
    for origin in () if default in known else known:
        entries = target.entries(origin)
        digests = {path: _digest(sessions[path]) for path in entries.keys() & sessions.keys()}
        same = [digest == entries[path].digest for path, digest in digests.items() if digest is not None]
        if all(same) and same:
            return origin
        if any(same):
            raise OriginModeError(
                f"{folder} shares sessions with the imported store {origin!r} and contradicts others of it; "
                "say with --as (origin=) under which name to import it"
            )
    return check_short_text("origin", default)


def _digest(file: StoreFile) -> bytes | None:
    try:
        return Contents.read(file).digest
    except OSError:
        return None
