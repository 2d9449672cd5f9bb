"""Files as a user without rights finds them, and as a killed process leaves them."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from swarmstore import LearningStore
from tests.cli.running import run
from tests.snapshots import simple

NOBODY = 65534


@contextmanager
def folder_for_all() -> Iterator[Path]:
    """A new folder that any user may go down to."""
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def as_nobody(work: Callable[[], None]) -> None:
    """Run something in a process of a user without rights of its own."""

    def drop_rights() -> None:
        if os.getuid() == 0:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        work()

    run("scenarios", url="sqlite://")  # loads what that user may not read
    child = multiprocessing.get_context("fork").Process(target=drop_rights)
    child.start()
    child.join(60)
    assert child.exitcode == 0


def open_to_all(folder: Path) -> None:
    """Let any user go down to a folder of pytest's, which lies below the system's for such."""
    for each in (folder, *folder.parents[:-2]):
        each.chmod(each.stat().st_mode | 0o755)


def left_by_a_kill(file: Path) -> None:
    """A store whose last sessions are in its write-ahead log."""

    def save_and_die() -> None:
        store = LearningStore.open(f"sqlite:///{file}")
        store.save_session("s", simple(), "in the log")
        os.kill(os.getpid(), signal.SIGKILL)

    with LearningStore.open(f"sqlite:///{file}") as store:
        store.save_session("s", simple(), "in the file")
    child = multiprocessing.get_context("fork").Process(target=save_and_die)
    child.start()
    child.join(60)
