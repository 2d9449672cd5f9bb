"""How much memory a process has had at most."""

from __future__ import annotations

import resource
import sys
from pathlib import Path


def greatest_memory() -> int:
    """Of this process alone, in bytes: on Linux `getrusage` counts its parent's before it began."""
    status = Path("/proc/self/status")
    if status.exists():
        said = status.read_text().split()
        return 1024 * int(said[said.index("VmHWM:") + 1])
    unit = 1 if sys.platform == "darwin" else 1024
    return unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
