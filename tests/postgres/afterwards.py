"""Removing what a run of tests made, also when it is killed and cannot do so itself."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

_FOLDER = """
import pathlib, shutil, sys, time
sys.stdin.read()
for _ in range(100):  # a server that is just ending still writes there
    shutil.rmtree(sys.argv[1], ignore_errors=True)
    if not pathlib.Path(sys.argv[1]).exists():
        break
    time.sleep(0.1)
"""
_CONTAINERS = """
import sys, docker
sys.stdin.read()
for container in docker.from_env().containers.list(all=True, filters={"label": sys.argv[1]}):
    container.remove(force=True, v=True)
"""


def folder_removed(folder: Path) -> contextlib.AbstractContextManager[None]:
    """Remove the folder at the end of the block, or of this process."""
    return _afterwards(_FOLDER, str(folder))


def containers_removed(label: str) -> contextlib.AbstractContextManager[None]:
    """Remove the containers with the label at the end of the block, or of this process."""
    return _afterwards(_CONTAINERS, label)


@contextlib.contextmanager
def _afterwards(script: str, argument: str) -> Iterator[None]:
    """Let a process of its own wait for the end of a pipe that only this process holds.

    The pipe ends however this process does. A session of its own, so that Ctrl-C does not reach it.
    """
    command = [sys.executable, "-P", "-c", script, argument]
    quiet = subprocess.DEVNULL
    waiting = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=quiet, stderr=quiet, start_new_session=True
    )
    with waiting:  # leaving it closes the pipe and waits
        yield
