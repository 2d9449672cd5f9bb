"""The versions of snapshots and models: a newer one may hold what this code would drop."""

from __future__ import annotations

from swarmstore.errors import CountOutOfRangeError

SNAPSHOT_VERSION = 1
MODEL_VERSION = 1


def check_version(version: int, newest: int) -> None:
    """Refuse a newer version. Raises CountOutOfRangeError."""
    if version > newest:
        problem = f"{version} is newer than {newest}, which this swarmstore knows; upgrade swarmstore"
        raise CountOutOfRangeError("version", problem)
