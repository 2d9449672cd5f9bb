"""Views as Parquet or CSV files, one a view, all from one moment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

from filelock import FileLock

from swarmstore.analytics.frames.arrow import arrow, schema_of, stream
from swarmstore.contracts.analytics import Analysis, ViewInfo, ViewReader, view_named
from swarmstore.contracts.progress import Progress, telling
from swarmstore.disk import NewFile, holding, is_file, sync_folder, unfinished, use_folder
from swarmstore.errors import ConfigurationError, InvalidValueError
from swarmstore.extras import module_of
from swarmstore.files.layout import LOCK
from swarmstore.model.limits import check_text

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class ViewFile:
    """A file that was written: its view, its name in the folder, and its number of rows."""

    view: str
    file: str
    rows: int


@dataclass(frozen=True, slots=True)
class FramesReport:
    """What an export of views wrote."""

    folder: str
    files: list[ViewFile] = field(default_factory=list)


def export_frames(
    analysis: Analysis,
    folder: Path,
    file_format: str,
    *,
    views: Sequence[str] | None = None,
    scenario: str | None = None,
    progress: Progress | None = None,
) -> FramesReport:
    """Write views into a folder, `VIEW.parquet` or `VIEW.csv` each; see `LearningStore.export_frames`."""
    writing = _writer_of(file_format)
    chosen = _chosen(analysis, views, scenario)
    use_folder(folder)
    report = FramesReport(str(folder))
    with holding(FileLock(folder / LOCK)), ExitStack() as begun:
        for left in unfinished(folder, f".{file_format}"):  # by an export that was killed
            left.unlink()
        for view in chosen:  # refused before anything is written
            is_file(folder / f"{view.name}.{file_format}")

        def write(reader: ViewReader) -> dict[NewFile, ViewFile]:
            begun.close()  # what an attempt before this one had written
            written: dict[NewFile, ViewFile] = {}
            for view in telling(progress, chosen):
                name = f"{view.name}.{file_format}"
                new = begun.enter_context(NewFile(folder / name))
                written[new] = ViewFile(view.name, name, _write(reader, view, scenario, new, writing))
            return written

        for new, file in analysis.read(write).items():  # all of them are whole now
            new.put()
            report.files.append(file)
        sync_folder(folder)
    return report


def _chosen(analysis: Analysis, views: Sequence[str] | None, scenario: str | None) -> list[ViewInfo]:
    """The views to write: those that are named, else all that can be had of the scenario."""
    if views is None:
        if scenario is not None:
            check_text("scenario", scenario)
        return [view for view in analysis.views() if scenario is None or view.has_scenario]
    if isinstance(views, str) or not isinstance(views, Sequence):
        raise InvalidValueError("views", f"must be a list of names of views, not {views!r}")
    return [view_named(analysis, name, scenario) for name in dict.fromkeys(views)]


class _Writer(Protocol):
    def write_batch(self, batch: pa.RecordBatch) -> None: ...


_Writing = Callable[[BinaryIO, "pa.Schema"], AbstractContextManager[_Writer]]
"""Begins to write Arrow batches of a schema to an open file."""


def _write(reader: ViewReader, view: ViewInfo, scenario: str | None, new: NewFile, writing: _Writing) -> int:
    rows = 0
    with writing(new.file, schema_of(view)) as writer, stream(reader, view, scenario) as batches:
        for batch in batches:
            writer.write_batch(batch)
            rows += batch.num_rows
    new.finish()
    return rows


def _writer_of(file_format: str) -> _Writing:
    """What writes a format. Raises ConfigurationError, ExtraMissingError."""
    arrow()
    match file_format:
        case "parquet":
            parquet = module_of("arrow", "pyarrow.parquet")
            return lambda file, schema: parquet.ParquetWriter(file, schema, compression="zstd")
        case "csv":
            return lambda file, schema: nullcontext(CsvWriter(file, schema))
    raise ConfigurationError(f"{file_format!r} is not a file format; use parquet or csv")


class CsvWriter:
    """Writes batches of a schema to a file: names and text are quoted, NULL is nothing at all.

    A double is one to every reader: `1.0`. pyarrow's own writer says `1`, and readers that guess types
    from the first rows take a column of such for integers, then refuse the fraction that follows.
    """

    def __init__(self, file: BinaryIO, schema: pa.Schema) -> None:
        self._file = file
        self._pa = arrow()
        self._compute = module_of("arrow", "pyarrow.compute")
        names = self._quoted(self._pa.array(schema.names, self._pa.large_string()))
        self._file.write((",".join(names.to_pylist()) + "\n").encode())

    def write_batch(self, batch: pa.RecordBatch) -> None:
        """Write the rows of a batch. Raises OSError."""
        if batch.num_rows == 0:
            return
        cells = [self._cells(column) for column in batch.columns]
        lines = self._joined(self._joined(*cells, by=","), "\n", by="")
        # the texts of an array lie one behind the other
        self._file.write(lines.buffers()[2][: self._compute.sum(self._compute.binary_length(lines)).as_py()])

    def _cells(self, column: pa.Array) -> pa.Array:
        pa, compute = self._pa, self._compute
        cells = compute.cast(column, pa.large_string())
        if pa.types.is_string(column.type):
            return self._quoted(cells)
        if pa.types.is_floating(column.type):
            return compute.replace_substring_regex(cells, r"^(-?\d+)$", r"\1.0")
        return cells

    def _quoted(self, cells: pa.Array) -> pa.Array:
        return self._joined(
            '"', self._compute.replace_substring(cells, '"', '""'), '"', by="", null="emit_null"
        )

    def _joined(self, *cells: pa.Array | str, by: str, null: str = "replace") -> pa.Array:
        """The cells of each row in one text."""
        large = self._pa.large_string()
        parts = [self._pa.scalar(cell, large) if isinstance(cell, str) else cell for cell in (*cells, by)]
        return self._compute.binary_join_element_wise(*parts, null_handling=null, null_replacement="")
