"""Starting processes, killing some of them at random, and letting others go on where they were."""

from __future__ import annotations

import random
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from swarmstore import LearningStore
from tests.soak.checking import wait_for_the_killed
from tests.soak.going_back import back_up
from tests.soak.journal import Followed, Known, Window, has_paused
from tests.soak.processes import Changer, Follower, Place, Share

_GLANCE = 0.01  # seconds between looks at the processes
_BESIDE = 0.3  # how often with a worker one of those beside them is killed, too


@dataclass(frozen=True)
class Plan:
    """How many processes, how many saves each, how many kills in all, seconds until it is given up.

    followers, changers: how many processes follow the store, or change what is in it.
    restores: how often it goes back to a backup.
    """

    processes: int = 8
    saves: int = 300
    kills: int = 48
    seconds: float = 300.0
    seed: int = 1
    followers: int = 2
    changers: int = 1
    restores: int = 1


@dataclass(slots=True)
class Run:
    """What happened: what all journals say, how many were killed, the time it took, what else went wrong.

    cut_off: how many of the killed ones were within a save. beside: how many others were killed.
    """

    known: Known = field(default_factory=Known)
    followed: list[Followed] = field(default_factory=list)
    windows: list[Window] = field(default_factory=list)
    kills: int = 0
    cut_off: int = 0
    beside: int = 0
    seconds: float = 0.0
    failures: list[str] = field(default_factory=list)


def run(url: str, folder: Path, plan: Plan) -> Run:
    """Let all workers save all of their numbers, while random ones are killed in random saves.

    Others follow the store and change it meanwhile, are killed as well, and it goes back to backups.
    """
    done, running = Run(), _Running(url, folder, plan)
    begun = time.monotonic()
    try:
        running.go(done)
    finally:
        running.end()
    done.seconds = time.monotonic() - begun
    changed = [*running.shares, *running.changers]
    done.known = Known.read([file for place in changed for file in place.journals], done.windows)
    done.followed = [Followed.read(follower.journals) for follower in running.followers]
    followed = Known.read(file for follower in running.followers for file in follower.journals)
    done.failures += done.known.failures + followed.failures
    saves = plan.processes * plan.saves
    if never := saves - sum(number <= saves for number in done.known.begun):
        done.failures.append(f"{never} saves were never begun")
    return done


class _Running:
    def __init__(self, url: str, folder: Path, plan: Plan) -> None:
        self._url, self._folder, self._plan = url, folder, plan
        self._ends_following, self._ends_changing = folder / "end following", folder / "end changing"
        self._pauses = folder / "pause"
        self._saved, self._stopped = threading.Event(), threading.Event()
        self._deadline = time.monotonic() + plan.seconds
        self._chance = random.Random(plan.seed)
        each, saves = plan.saves, plan.processes * plan.saves
        numbers = [range(1 + start, 1 + start + each) for start in range(0, saves, each)]
        self.shares = [Share(f"worker {n}", folder, share) for n, share in enumerate(numbers)]
        self.followers = [
            Follower(f"follower {n}", folder, self._ends_following) for n in range(plan.followers)
        ]
        self.changers = [
            Changer(f"changer {n}", folder, self._ends_changing, self._pauses, saves * (n + 1) * 1000)
            for n in range(plan.changers)
        ]
        self._beside: list[Place] = [*self.followers, *self.changers]

    def go(self, done: Run) -> None:
        for place in [*self.shares, *self._beside]:
            place.start(self._url)
        going_back = threading.Thread(target=self._go_back, args=(done,))
        going_back.start()
        try:
            if self._watch(done):
                self._saved.set()
                going_back.join(max(0.0, self._deadline - time.monotonic()))
        finally:
            self._stopped.set()
            going_back.join()
        self._ends_changing.touch()
        if self._wait_for(self.changers, done):
            if done.kills:
                with LearningStore.open(self._url) as store:
                    wait_for_the_killed(store)
            self._ends_following.touch()
            self._wait_for(self.followers, done)

    def end(self) -> None:
        for place in [*self.shares, *self._beside]:
            place.kill()

    def _watch(self, done: Run) -> bool:
        """Kill workers until the rest has ended; whether it has."""
        # when so many saves have begun; the last quarter is for those who take over
        moments = sorted(self._moment(0, 0.75) for _ in range(self._plan.kills))
        working = list(self.shares)
        while working := [share for share in working if not _has_ended(share, done)]:
            if self._is_late(working, "workers", done):
                return False
            time.sleep(self._chance.uniform(0, 2 * _GLANCE))
            seen = {share: share.glance() for share in self.shares} if moments else {}
            if moments and sum(begun for begun, _ in seen.values()) >= moments[0]:
                within = [share for share in working if seen[share][1]]
                if within and self._replace(self._chance.choice(within), done, working):
                    del moments[0]
                    if self._beside and self._chance.random() < _BESIDE:
                        self._replace_beside(self._chance.choice(self._beside), done)
        return True

    def _moment(self, least: float, most: float) -> int:
        """A number of saves that is between these shares of all."""
        saves = self._plan.processes * self._plan.saves
        return self._chance.randint(int(saves * least), int(saves * most))

    def _replace(self, share: Share, done: Run, working: list[Share]) -> bool:
        """Kill a worker and let another one go on, if anything is left; whether it was there to be killed."""
        if not share.kill():
            return False
        known = Known.read(share.journals[-1:])
        done.kills += 1
        done.cut_off += known.within is not None
        if share.goes_on(known):
            share.start(self._url)
        else:
            working.remove(share)
        return True

    def _replace_beside(self, place: Place, done: Run) -> None:
        if place.kill():
            done.beside += 1
            place.start(self._url)

    def _wait_for(self, places: Sequence[Place], done: Run) -> bool:
        """Wait until processes that were asked to end have done so; whether they have."""
        waited_for = list(places)
        while waited_for := [place for place in waited_for if not _has_ended(place, done)]:
            if self._is_late(waited_for, "processes beside them", done):
                return False
            time.sleep(_GLANCE)
        return True

    def _is_late(self, places: Sequence[Place], what: str, done: Run) -> bool:
        if late := time.monotonic() > self._deadline:
            done.failures.append(f"{len(places)} {what} had not ended after {self._plan.seconds:g} s")
        return late

    def _go_back(self, done: Run) -> None:
        """Make backups and restore them while all others live on."""
        chance = random.Random(self._plan.seed)
        step = self._plan.processes * self._plan.saves * 3 // 4 // max(1, self._plan.restores)
        try:
            for number in range(self._plan.restores):
                backup = number * step + chance.randint(step // 10, step // 2)
                restore = chance.randint(backup, min(backup, number * step + step // 2) + step // 4)
                if not self._go_back_once(backup, restore, done):
                    return
        except Exception:  # noqa: BLE001 - whatever it is, the run has failed
            done.failures.append(traceback.format_exc())

    def _go_back_once(self, backup: int, restore: int, done: Run) -> bool:
        """Go back by what happens between these numbers of saves; False when the run ends before."""
        if not self._comes(lambda: self._has_come(backup)):
            return False
        self._pauses.touch()  # or it would have to be told which removals were undone
        try:
            if not self._comes(lambda: all(map(_is_still, self.changers))):
                return False
            begin = time.monotonic()
            take_back = back_up(self._url, self._folder)
            if not self._comes(lambda: self._has_come(restore)):
                return False
            take_back()
            done.windows.append(Window(begin, time.monotonic()))
        finally:
            self._pauses.unlink()
        return True

    def _has_come(self, moment: int) -> bool:
        return self._saved.is_set() or sum(share.glance()[0] for share in self.shares) >= moment

    def _comes(self, is_there: Callable[[], bool]) -> bool:
        """Wait for something; False when the run ends before."""
        while not is_there():
            if self._stopped.wait(_GLANCE):
                return False
        return True


def _is_still(changer: Changer) -> bool:
    return changer.exitcode is not None or has_paused(changer.journals[-1])


def _has_ended(place: Place, done: Run) -> bool:
    code = place.exitcode
    if code is None:
        return False
    if code != 0:
        done.failures.append(f"{place} ended with {code}, and nobody had killed it")
    return True
