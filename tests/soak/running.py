"""Starting workers, killing some of them within a save, and letting others go on where they were."""

from __future__ import annotations

import multiprocessing
import random
import time
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path

from tests.soak.journal import Known, glance
from tests.soak.worker import given_id, work

# one process that has everything imported, from which workers are forked within milliseconds
_PROCESSES = (
    multiprocessing.get_context("forkserver")
    if "forkserver" in multiprocessing.get_all_start_methods()
    else multiprocessing.get_context("spawn")
)
_PROCESSES.set_forkserver_preload(["tests.soak.worker"])
_GLANCE = 0.01  # seconds between looks at the workers


@dataclass(frozen=True)
class Plan:
    """How many processes, how many saves each, how many kills in all, seconds until it is given up."""

    processes: int = 8
    saves: int = 300
    kills: int = 48
    seconds: float = 300.0
    seed: int = 1


@dataclass(slots=True)
class Run:
    """What happened: all journals, how many were killed, the time it took, what else went wrong.

    cut_off: how many of the killed ones were within a save.
    """

    journals: list[Path] = field(default_factory=list)
    kills: int = 0
    cut_off: int = 0
    seconds: float = 0.0
    failures: list[str] = field(default_factory=list)


class _Share:
    """One worker's share of the numbers, whoever works on it."""

    def __init__(self, name: str, folder: Path, numbers: range) -> None:
        self.journals: list[Path] = []
        self.process: BaseProcess | None = None
        self._name, self._folder, self._numbers = name, folder, numbers
        self._next = numbers[0]

    def __str__(self) -> str:
        return f"worker {self._name}"

    def start(self, url: str) -> None:
        """Let a new process work on what is left."""
        journal = self._folder / f"{self._name}-{len(self.journals)}.journal"
        self.journals.append(journal)
        self.process = _PROCESSES.Process(target=work, args=(url, journal, self._next, self._numbers[-1]))
        self.process.start()

    def glance(self) -> tuple[int, bool]:
        """How many of the share's saves have begun, and whether its process is within one."""
        begun, within = glance(self.journals[-1])
        return self._next - self._numbers[0] + begun, within

    def kill(self) -> bool:
        """End the process wherever it is; whether it had not ended by itself."""
        if self.process is None:
            return False
        self.process.kill()
        self.process.join()
        return (self.process.exitcode or 0) < 0

    def goes_on(self, known: Known) -> bool:
        """Whether there is something left after a kill; a save with an id of its own is repeated.

        known: what the killed process's journal says.
        """
        self._next = max(known.begun, default=self._next - 1) + 1
        if known.within is not None and given_id(known.within) is not None:
            self._next = known.within
        return self._next <= self._numbers[-1]


def run(url: str, folder: Path, plan: Plan) -> Run:
    """Let all workers save all of their numbers, while random ones are killed in random saves."""
    numbers = [
        range(1 + worker * plan.saves, 1 + (worker + 1) * plan.saves) for worker in range(plan.processes)
    ]
    shares = [_Share(str(worker), folder, share) for worker, share in enumerate(numbers)]
    done = Run()
    begun = time.monotonic()
    try:
        for share in shares:
            share.start(url)
        _watch(shares, url, plan, done)
    finally:
        for share in shares:
            share.kill()
    done.seconds = time.monotonic() - begun
    done.journals = [journal for share in shares for journal in share.journals]
    known = Known.read(done.journals)
    done.failures += known.failures
    if never := plan.processes * plan.saves - len(known.begun):
        done.failures.append(f"{never} saves were never begun")
    return done


def _watch(shares: list[_Share], url: str, plan: Plan, done: Run) -> None:
    chance = random.Random(plan.seed)
    # when so many saves have begun; the last quarter is for those who take over
    last = plan.processes * plan.saves * 3 // 4
    moments = sorted(chance.randint(0, last) for _ in range(plan.kills))
    end = time.monotonic() + plan.seconds
    working = list(shares)
    while working := [share for share in working if not _has_ended(share, done)]:
        if time.monotonic() > end:
            done.failures.append(f"{len(working)} workers had not ended after {plan.seconds:g} s")
            return
        time.sleep(chance.uniform(0, 2 * _GLANCE))
        seen = {share: share.glance() for share in shares} if moments else {}
        if moments and sum(begun for begun, _ in seen.values()) >= moments[0]:
            within = [share for share in working if seen[share][1]]
            if within and _replace(chance.choice(within), url, done, working):
                del moments[0]


def _replace(share: _Share, url: str, done: Run, working: list[_Share]) -> bool:
    """Kill a worker and let another one go on, if anything is left; whether it was there to be killed."""
    if not share.kill():
        return False
    known = Known.read(share.journals[-1:])
    done.kills += 1
    done.cut_off += known.within is not None
    if share.goes_on(known):
        share.start(url)
    else:
        working.remove(share)
    return True


def _has_ended(share: _Share, done: Run) -> bool:
    code = None if share.process is None else share.process.exitcode
    if code is None:
        return False
    if code != 0:
        done.failures.append(f"{share} ended with {code}, and nobody had killed it")
    return True
