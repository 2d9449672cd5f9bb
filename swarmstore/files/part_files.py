"""`parts.swarmstore.json` beside a total: what the total is made of, which its own file does not tell.

It is for the total that it was written for, and names it by its hash: where another program has written
the total since, nothing is known of its parts.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from swarmstore.disk import make_folder, read_bytes, write_bytes
from swarmstore.files.sidecars import content_hash
from swarmstore.model.json import codec
from swarmstore.model.keys import SessionKey
from swarmstore.model.session_ids import SessionId
from swarmstore.model.snapshot import LearningSnapshot
from swarmstore.model.total_parts import Place, TotalParts

_FILE = "parts.swarmstore.json"


class _Record(msgspec.Struct):
    of: str
    whole: str | None
    foreign: bool
    baseline: tuple[int, int, str] | None
    sessions: list[tuple[str, str, int, int]]
    last: int


def read_parts(total: Path, base: Path, is_there: Callable[[SessionKey], bool]) -> TotalParts:
    """What the total in this file is made of; is_there: whether there is a session.

    Raises SnapshotFormatError, OSError.
    """
    try:
        content = read_bytes(total, within=base)
    except FileNotFoundError:
        return TotalParts()
    try:
        record = msgspec.json.decode(read_bytes(total.with_name(_FILE), within=base), type=_Record)
    except (FileNotFoundError, msgspec.DecodeError):
        record = None
    if record is not None and record.of == content_hash(content).hex():
        parts = _parts_of(record)
        if all(map(is_there, parts.sessions)):
            return parts
    return TotalParts(whole=codec.read_snapshot(LearningSnapshot, total, within=base), foreign=True)


def write_total(path: Path, base: Path, text: str, parts: TotalParts) -> None:
    """Write a total, and what it is made of. Raises OSError."""
    record = _Record(
        content_hash(text.encode()).hex(),
        None if parts.whole is None else parts.whole.to_json(),
        parts.foreign,
        None if parts.baseline is None else (*parts.baseline[0], parts.baseline[1].to_json()),
        [(key.scenario, str(key.session_id), *place) for key, place in parts.sessions.items()],
        parts.last,
    )
    make_folder(path.parent, base)
    write_bytes(path.with_name(_FILE), msgspec.json.encode(record))
    write_bytes(path, text.encode())


def remove_total(path: Path) -> None:
    """Remove a total, and what it was made of. Raises OSError."""
    path.with_name(_FILE).unlink(missing_ok=True)
    path.unlink(missing_ok=True)


def _parts_of(record: _Record) -> TotalParts:
    baseline = record.baseline
    return TotalParts(
        None if record.whole is None else LearningSnapshot.from_json(record.whole),
        record.foreign,
        None if baseline is None else (Place(*baseline[:2]), LearningSnapshot.from_json(baseline[2])),
        {
            SessionKey(scenario, SessionId(session_id)): Place(*place)
            for scenario, session_id, *place in record.sessions
        },
        record.last,
    )
