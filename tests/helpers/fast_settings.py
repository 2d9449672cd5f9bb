"""Settings for tests that would wait for a disk."""

from __future__ import annotations

from swarmstore import Settings

NO_FSYNC = Settings(synchronous="off")  # nothing of a test outlives a power cut
