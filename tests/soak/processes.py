"""The places in a soak that one process after the other works in, as each is killed."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path

from tests.soak.beside import change, follow
from tests.soak.journal import Known, glance
from tests.soak.worker import given_id, work

# one process that has everything imported, from which others are forked within milliseconds
_PROCESSES = (
    multiprocessing.get_context("forkserver")
    if "forkserver" in multiprocessing.get_all_start_methods()
    else multiprocessing.get_context("spawn")
)
_PROCESSES.set_forkserver_preload(["tests.soak.worker", "tests.soak.beside"])


class Place:
    """What is done by one process after the other, each with a journal of its own."""

    def __init__(self, name: str, folder: Path) -> None:
        self.journals: list[Path] = []
        self._name, self._folder = name, folder
        self._process: BaseProcess | None = None
        self._asking = threading.Lock()  # only one at a time may ask how a process has ended

    def __str__(self) -> str:
        return self._name

    def start(self, url: str) -> None:
        """Let a new process go on."""
        raise NotImplementedError

    def _start(self, target: Callable[..., None], url: str, *given: object) -> None:
        journal = self._folder / f"{self._name.replace(' ', '-')}-{len(self.journals)}.journal"
        self.journals.append(journal)
        self._process = _PROCESSES.Process(target=target, args=(url, journal, *given))
        self._process.start()

    @property
    def exitcode(self) -> int | None:
        """How the process that was started last ended, None as long as it runs."""
        with self._asking:
            return None if self._process is None else self._process.exitcode

    def kill(self) -> bool:
        """End the process wherever it is; whether it had not ended by itself."""
        if self._process is None:
            return False
        with self._asking:
            self._process.kill()
            self._process.join()
            return (self._process.exitcode or 0) < 0


class Share(Place):
    """One worker's share of the numbers, whoever works on it."""

    def __init__(self, name: str, folder: Path, numbers: range) -> None:
        super().__init__(name, folder)
        self._numbers = numbers
        self._next = numbers[0]

    def start(self, url: str) -> None:
        """Let a new process work on what is left."""
        self._start(work, url, self._next, self._numbers[-1])

    def glance(self) -> tuple[int, bool]:
        """How many of the share's saves have begun, and whether its process is within one."""
        begun, within = glance(self.journals[-1])
        return self._next - self._numbers[0] + begun, within

    def goes_on(self, known: Known) -> bool:
        """Whether there is something left after a kill; a save with an id of its own is repeated.

        known: what the killed process's journal says.
        """
        self._next = max(known.begun, default=self._next - 1) + 1
        if known.within is not None and given_id(known.within) is not None:
            self._next = known.within
        return self._next <= self._numbers[-1]


class Follower(Place):
    """Whoever follows the store from where the one before was killed. asked: the file that ends it."""

    def __init__(self, name: str, folder: Path, asked: Path) -> None:
        super().__init__(name, folder)
        self._asked = asked

    def start(self, url: str) -> None:
        """Let a new process follow."""
        self._start(follow, url, tuple(self.journals), self._asked)


class Changer(Place):
    """Whoever removes, replaces and imports sessions, the latter from number `first` on."""

    def __init__(self, name: str, folder: Path, asked: Path, pauses: Path, first: int) -> None:
        super().__init__(name, folder)
        self._asked, self._pauses, self._first = asked, pauses, first

    def start(self, url: str) -> None:
        """Let a new process change what it finds."""
        self._start(change, url, tuple(self.journals), self._asked, self._pauses, self._first)
