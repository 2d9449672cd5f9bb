"""`removed.swarmstore.json` in a scenario's folder: what is kept of sessions removed of late."""

from __future__ import annotations

from pathlib import Path

import msgspec

from swarmstore.disk import make_folder, read_bytes, write_bytes
from swarmstore.errors import SnapshotFormatError
from swarmstore.model.removed_sessions import Entry, RemovedSessions

_FILE = "removed.swarmstore.json"
_decoder = msgspec.json.Decoder(list[Entry])


def read_removed(scenario_folder: Path, base: Path) -> RemovedSessions:
    """What a scenario's folder keeps of removed sessions. Raises SnapshotFormatError, OSError."""
    path = scenario_folder / _FILE
    try:
        return RemovedSessions(_decoder.decode(read_bytes(path, within=base)))
    except FileNotFoundError:
        return RemovedSessions()
    except msgspec.DecodeError as error:
        raise SnapshotFormatError(
            f"{path}: {error}; delete it, and saves of removed sessions that are repeated count again"
        ) from error


def write_removed(scenario_folder: Path, base: Path, removed: RemovedSessions) -> None:
    """Keep what is known of removed sessions. Raises OSError."""
    make_folder(scenario_folder, base)
    write_bytes(scenario_folder / _FILE, msgspec.json.encode(removed.entries()))
