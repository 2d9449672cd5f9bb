"""Settings for tests that would wait for a disk: nothing of a test outlives a power cut."""

from __future__ import annotations

import os

from swarmstore import Settings

NO_FSYNC = Settings(synchronous="off")


def wait_for_no_disk() -> None:
    """From now on in this process, as the tests' PostgreSQL with `fsync=off`."""
    os.fsync = os.fstat  # type: ignore[assignment] # refuses what is no open file, as it does
