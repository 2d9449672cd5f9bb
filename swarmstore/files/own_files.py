"""Files that a store in use keeps in its folder, beside upstream's files.

parts.swarmstore.json       beside a total: what it is made of, which its own file does not tell
removed.swarmstore.json     in a scenario's folder: what is kept of sessions removed of late

The first belongs to one version of the total, which it names by its hash: if another program has written
the total since, its parts are unknown.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from swarmstore.disk import make_folder, read_bytes, write_bytes
from swarmstore.errors import SnapshotFormatError
from swarmstore.files.sidecars import content_hash, content_of
from swarmstore.model.json import codec
from swarmstore.model.keys import SessionKey
from swarmstore.model.removed_sessions import Entry, RemovedSessions
from swarmstore.model.session_ids import SessionId
from swarmstore.model.snapshot import LearningSnapshot
from swarmstore.model.total_parts import Place, TotalParts

_PARTS = "parts.swarmstore.json"
_REMOVED = "removed.swarmstore.json"
_entries = msgspec.json.Decoder(list[Entry])


class _Record(msgspec.Struct):
    of: str
    whole: str | None
    foreign: bool
    baseline: tuple[int, int, str] | None
    sessions: list[tuple[str, str, int, int]]
    last: int


def read_parts(total: Path, base: Path, is_there: Callable[[SessionKey], bool]) -> TotalParts:
    """Return what the total in this file is made of. is_there: tells whether a session exists.

    Raises SnapshotFormatError, OSError.
    """
    content = content_of(total, base)
    if content is None:
        return TotalParts()
    with suppress(FileNotFoundError, msgspec.DecodeError):
        record = msgspec.json.decode(read_bytes(total.with_name(_PARTS), within=base), type=_Record)
        if record.of == content_hash(content).hex():
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
    write_bytes(path.with_name(_PARTS), msgspec.json.encode(record))
    write_bytes(path, text.encode())


def remove_total(path: Path) -> None:
    """Remove a total, and what it was made of. Raises OSError."""
    path.with_name(_PARTS).unlink(missing_ok=True)
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


def read_removed(scenario_folder: Path, base: Path) -> RemovedSessions:
    """Read what is known of a scenario's removed sessions. Raises SnapshotFormatError, OSError."""
    path = scenario_folder / _REMOVED
    try:
        return RemovedSessions(_entries.decode(read_bytes(path, within=base)))
    except FileNotFoundError:
        return RemovedSessions()
    except msgspec.DecodeError as error:
        raise SnapshotFormatError(
            f"{path}: {error}; if you delete it, a repeated save of a removed session counts again"
        ) from error


def write_removed(scenario_folder: Path, base: Path, removed: RemovedSessions) -> None:
    """Write what is known of removed sessions. Raises OSError."""
    make_folder(scenario_folder, base)
    write_bytes(scenario_folder / _REMOVED, msgspec.json.encode(removed.entries()))
