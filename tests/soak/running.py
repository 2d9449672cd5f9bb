"""Starting workers, killing some of them, and letting others go on where they were."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.soak.journal import Known
from tests.soak.worker import given_id


@dataclass(frozen=True)
class Plan:
    """How many processes, how many saves each, how many kills in all, seconds until it is given up."""

    processes: int = 8
    saves: int = 300
    kills: int = 24
    seconds: float = 600.0
    seed: int = 1


@dataclass(slots=True)
class Run:
    """What happened: numbers of kills, the time it took, and what failed without being killed."""

    journals: list[Path]
    kills: int = 0
    seconds: float = 0.0
    failures: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Share:
    """One worker's share of the numbers, whoever works on it."""

    journal: Path
    next: int
    last: int
    process: subprocess.Popen[str] | None = None

    def start(self, url: str) -> None:
        given = [url, str(self.journal), str(self.next), str(self.last)]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.soak.worker", *given], stderr=subprocess.PIPE, text=True
        )

    def goes_on(self) -> bool:
        """Whether there is something left after a kill; a save with an id of its own is repeated."""
        known = Known.read([self.journal] if self.journal.exists() else [])
        self.next = max((*known.begun, self.next - 1)) + 1
        if self.next - 1 in known.begun - known.returned.keys() and given_id(self.next - 1) is not None:
            self.next -= 1
        return self.next <= self.last


def run(url: str, folder: Path, plan: Plan) -> Run:
    """Let all workers save all of their numbers, while random ones are killed at random moments."""
    chance = random.Random(plan.seed)
    shares = [
        _Share(folder / f"journal-{worker}", worker * plan.saves + 1, (worker + 1) * plan.saves)
        for worker in range(plan.processes)
    ]
    done = Run([share.journal for share in shares])
    begun = time.monotonic()
    for share in shares:
        share.start(url)
    waiting = list(shares)
    next_kill = begun + chance.uniform(0.3, 1.0)
    while waiting:
        time.sleep(0.01)
        now = time.monotonic()
        if now - begun > plan.seconds:
            done.failures.append(f"{len(waiting)} processes had not ended after {plan.seconds:g} s")
            for share in waiting:
                _end(share)
            break
        if done.kills < plan.kills and now > next_kill:
            share = chance.choice(waiting)
            _end(share)
            done.kills += 1
            next_kill = now + chance.uniform(0.05, 0.6)
            if share.goes_on():
                share.start(url)
        waiting = [share for share in waiting if not _has_ended(share, done)]
    done.seconds = time.monotonic() - begun
    done.journals = [journal for journal in done.journals if journal.exists()]
    return done


def _end(share: _Share) -> None:
    if share.process is not None:
        share.process.kill()
        share.process.communicate()


def _has_ended(share: _Share, done: Run) -> bool:
    process = share.process
    if process is None or process.poll() is None:
        return False
    if process.returncode > 0:
        said = process.stderr.read().strip() if process.stderr is not None else ""
        done.failures.append(f"{share.journal.name} ended with {process.returncode}:\n{said}")
    if process.stderr is not None:
        process.stderr.close()
    return True
