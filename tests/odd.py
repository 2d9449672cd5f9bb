"""Odd things in the place of a file or a folder, and a user who may read less than root."""

from __future__ import annotations

import os
import shutil
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

LINK = "it is a link, which is not followed"
NOBODY = 65534


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
    """Fail what is pending for ever."""

    def give_up(_signal: int, _frame: FrameType | None) -> None:
        raise TimeoutError(f"still waiting after {seconds} seconds")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def as_nobody(*folders: Path) -> Iterator[None]:
    """Let permissions count in the block: root is another user there, who owns these folders."""
    root = os.geteuid() == 0
    if root:
        for folder in folders:
            for each in (folder, *folder.rglob("*")):
                os.chown(each, NOBODY, NOBODY, follow_symlinks=False)
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)
