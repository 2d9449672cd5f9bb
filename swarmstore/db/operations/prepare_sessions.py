"""Sessions of files made into rows where there is no database: in a process that only reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from swarmstore.contracts.imports import PreparedBatch, PreparedFile, SessionFile
from swarmstore.db.connection import paused_gc
from swarmstore.db.mapping.content_digest import content_digest
from swarmstore.db.mapping.rows import Names, sequence_id, to_rows
from swarmstore.model.memo import Memo

_REMEMBERED = 100_000  # some 25 MB of names


class Preparation:
    """Makes batches whose files hold rows, and which need the names not told of before."""

    def __init__(self) -> None:
        self._ids: Memo[Names, int] = Memo(self._id_of, _REMEMBERED)
        self._new = set[Names]()

    def __call__(self, files: Sequence[SessionFile]) -> PreparedBatch:
        """Make the rows of these sessions."""
        prepared = []
        with paused_gc.put_off():
            for file in files:
                rows = to_rows(file.snapshot, self._ids)
                source = replace(file.source, content=content_digest(rows))
                prepared.append(PreparedFile(source, file.scenario, file.session_id, rows))
        told, self._new = self._new, set()
        return PreparedBatch(prepared, told)

    def _id_of(self, names: Names) -> int:
        self._new.add(names)
        return sequence_id(names)
