"""How much memory a process has had at most."""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path


def greatest_memory() -> int:
    """Of this process alone, in bytes: on Linux `getrusage` counts its parent's before it began."""
    if Path("/proc/self/status").exists():
        return _greatest_of(os.getpid())
    unit = 1 if sys.platform == "darwin" else 1024
    return unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def greatest_memory_of_children() -> int:
    """Of those that run now, all together, in bytes. Linux only."""
    children = [path.read_text().split() for path in Path("/proc/self/task").glob("*/children")]
    return sum(_greatest_of(int(child)) for of_thread in children for child in of_thread)


def _greatest_of(process: int) -> int:
    said = Path(f"/proc/{process}/status").read_text().split()
    return 1024 * int(said[said.index("VmHWM:") + 1])
