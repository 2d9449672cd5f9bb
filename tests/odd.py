"""Odd things in the place of a file or a folder, and a user who may read less than root."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pytest

LINK = "it is a link, which is not followed"


def link(path: Path) -> None:
    """To what was there, which is moved elsewhere."""
    elsewhere = outside(path) / f"{len(list(outside(path).iterdir()))}-{path.name}"
    if path.exists():
        shutil.move(path, elsewhere)
    path.symlink_to(elsewhere)


def outside(path: Path) -> Path:
    """A folder beside the store that the path is in."""
    base = next(parent for parent in path.parents if parent.name == "store")
    folder = base.with_name("outside")
    folder.mkdir(exist_ok=True)
    return folder


def pipe(path: Path) -> None:
    _remove(path)
    os.mkfifo(path)


def a_socket(path: Path) -> None:
    _remove(path)
    before = Path.cwd()
    os.chdir(path.parent)  # the name of a socket must be short
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(before)


def folder(path: Path) -> None:
    _remove(path)
    path.mkdir()


def loop(path: Path) -> None:
    _remove(path)
    path.symlink_to(path.name)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


IN_PLACE_OF_A_FILE: dict[str, tuple[Callable[[Path], None], str]] = {
    "link": (link, LINK),
    "loop": (loop, LINK),
    "pipe": (pipe, "it is a named pipe, not a file"),
    "socket": (a_socket, "it is a socket, not a file"),
    "folder": (folder, "it is a folder, not a file"),
}
IN_PLACE_OF_A_FOLDER: dict[str, tuple[Callable[[Path], None], str]] = {
    "link": (link, LINK),
    "loop": (loop, LINK),
    "pipe": (pipe, "it is a named pipe, not a folder"),
    "socket": (a_socket, "it is a socket, not a folder"),
}


@contextmanager
def in_time(seconds: int = 30) -> Iterator[None]:
    """Fail what waits for ever."""

    def give_up(_signal: int, _frame: FrameType | None) -> None:
        raise TimeoutError(f"still waiting after {seconds} seconds")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def unprivileged() -> list[str]:
    """What to put before a command so that permissions count; skips where there is no way."""
    if os.geteuid() != 0:
        return []
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        pytest.skip("needs a user other than root, or the program setpriv")
    command = [setpriv, "--reuid=65534", "--regid=65534", "--clear-groups"]
    tried = subprocess.run(
        [*command, sys.executable, "-c", "import swarmstore"], capture_output=True, text=True, check=False
    )
    if tried.returncode:
        pytest.skip(f"user 65534 cannot run swarmstore here: {tried.stderr.strip()[-200:]}")
    return command
