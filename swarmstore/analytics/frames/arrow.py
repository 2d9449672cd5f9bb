"""Views as Arrow: one table, or batches of rows as they come from the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING

from swarmstore.contracts.analytics import Analysis, ColumnType, Rows, ViewInfo, ViewReader, view_named
from swarmstore.extras import module_of

if TYPE_CHECKING:
    import pyarrow as pa

BATCH = 20_000
"""Rows in memory at once."""


def frame(analysis: Analysis, view: str, scenario: str | None) -> pa.Table:
    """A view's rows as one Arrow table; see `LearningStore.frame`."""
    arrow()  # nothing is opened where it is missing
    info = view_named(analysis, view, scenario)

    def read(reader: ViewReader) -> pa.Table:
        with stream(reader, info, scenario) as batches:
            return batches.read_all()

    return analysis.read(read)


@contextmanager
def frame_batches(analysis: Analysis, view: str, scenario: str | None) -> Iterator[pa.RecordBatchReader]:
    """A view's rows as a stream; see `LearningStore.frame_batches`."""
    arrow()
    info = view_named(analysis, view, scenario)
    with analysis.reading() as reader, stream(reader, info, scenario) as batches:
        yield batches


@contextmanager
def stream(reader: ViewReader, view: ViewInfo, scenario: str | None) -> Iterator[pa.RecordBatchReader]:
    """The rows of a view in batches, until the block ends."""
    schema = schema_of(view)
    rows = reader.batches(view.name, scenario, BATCH)
    batches = arrow().RecordBatchReader.from_batches(schema, (_batch(schema, some) for some in rows))
    with batches:
        yield batches


def schema_of(view: ViewInfo) -> pa.Schema:
    """The Arrow types of a view; its words, and those of its columns, are metadata."""
    pa = arrow()
    types = {
        ColumnType.INTEGER: pa.int64(),
        ColumnType.UNSIGNED: pa.uint64(),
        ColumnType.DOUBLE: pa.float64(),
        ColumnType.TEXT: pa.string(),
        ColumnType.TIME: pa.timestamp("us", tz="UTC"),
        ColumnType.DAY: pa.date32(),
    }
    fields = [
        pa.field(column.name, types[column.type], metadata={"description": column.description})
        for column in view.columns
    ]
    return pa.schema(fields, metadata={"description": view.description})


def arrow() -> ModuleType:
    """The library. Raises ExtraMissingError."""
    return module_of("arrow", "pyarrow")


def _batch(schema: pa.Schema, rows: Rows) -> pa.RecordBatch:
    pa = arrow()
    arrays = [
        pa.array(values, type=field.type)
        for field, values in zip(schema, zip(*rows, strict=True), strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)
