"""Arrow batches as CSV in which a double is a double to every reader: `1.0`.

pyarrow's own writer says `1`, and readers that guess types from the first rows take a column of such
for integers, then refuse the fraction that follows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from swarmstore.extras import module_of

if TYPE_CHECKING:
    import pyarrow as pa


class CsvWriter:
    """Writes batches of a schema to a file: names and text are quoted, NULL is nothing at all."""

    def __init__(self, file: BinaryIO, schema: pa.Schema) -> None:
        self._file = file
        self._pa = module_of("arrow", "pyarrow")
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
