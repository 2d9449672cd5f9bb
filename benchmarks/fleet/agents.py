"""The agents of one process: each a thread with a store of its own, as a process of its own would have."""

from __future__ import annotations

import random
import time
from functools import partial

from benchmarks.data import snapshots
from benchmarks.fleet.plan import Lived, Plan, in_threads, learned
from swarmstore import LearningSnapshot, LearningStore

_KINDS = 20  # of sessions that a process saves


def agents(plan: Plan, process: int) -> Lived:
    """Let this process's share of the agents live until the end."""
    made = [(each, learned(each)) for each in snapshots(plan.rows, _KINDS)]
    with LearningStore.open(plan.url):
        pass  # what is loaded once is not what a session costs
    mine = range(process, plan.agents, plan.processes)
    return in_threads([partial(_live, plan, number, made) for number in mine])


def _live(plan: Plan, number: int, made: list[tuple[LearningSnapshot, int]], lived: Lived) -> None:
    """One agent after the other: each opens the store, and loads its prior before each of its sessions."""
    chance, scenario = random.Random(number), plan.scenario(number)
    due = plan.begins + chance.uniform(0, plan.every)
    while plan.wait(due):
        with lived.answered("open", lambda: LearningStore.open(plan.url, pool_size=1)) as store:
            for _ in range(plan.lives):
                if not plan.wait(due):
                    break
                lived.answered("load", partial(store.load_scenario, scenario, default=None))
                snapshot, counts = chance.choice(made)
                lived.answered("save", partial(store.save_session, scenario, snapshot, _id(number)))
                lived.sessions[scenario] += 1
                lived.learned[scenario] += counts
                due = max(due + plan.every, time.time())


def _id(number: int) -> str:
    """A session id of this moment that no other agent gives, so that a save can be repeated."""
    seconds, milliseconds = divmod(time.time_ns() // 1_000_000, 1000)
    return f"{seconds:010}.{milliseconds:03}{number:03}"
