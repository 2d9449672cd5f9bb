"""What goes on beside the agents: a follower, an analyst, and somebody who removes old sessions."""

from __future__ import annotations

import random
from collections import Counter
from functools import partial
from itertools import count

from benchmarks.fleet.plan import Lived, Plan, in_threads
from swarmstore import Change, GlobalKey, LearningStore, TimeDecay

_LOOKS, _QUESTIONS, _REMOVALS = 0.5, 1.0, 5.0  # seconds between two


def beside(plan: Plan, cursor: str | None) -> Lived:
    """Follow from a cursor on, ask and remove until the end, all in one process."""
    return in_threads([partial(_follow, plan, cursor), partial(_ask, plan), partial(_remove, plan)])


def _follow(plan: Plan, cursor: str | None, lived: Lived) -> None:
    """Count the sessions that are new, and those that come twice; `follow` times a look at what is new."""
    seen = Counter[tuple[str, str]]()
    with LearningStore.open(plan.url, pool_size=1) as store:
        for look in count(1):
            if not plan.wait(plan.begins + look * _LOOKS):
                break
            for change in lived.answered("follow", partial(_new, store, cursor)):
                seen[change.scenario, change.session_id] += 1
                cursor = change.cursor
    lived.numbers["followed"] = len(seen)
    lived.numbers["followed twice"] = sum(seen.values()) - len(seen)
    lived.cursor = cursor


def _new(store: LearningStore, cursor: str | None) -> list[Change]:
    return list(store.changes(cursor))


def _ask(plan: Plan, lived: Lived) -> None:
    chance = random.Random(1)
    with LearningStore.open(plan.url, pool_size=1) as store:
        for question in count(1):
            if not plan.wait(plan.begins + question * _QUESTIONS):
                return
            scenario = plan.scenario(chance.randrange(plan.scenarios))
            lived.answered("load_global", partial(store.storage.load, GlobalKey()))
            lived.answered("merge", partial(store.merge_sessions, scenario, TimeDecay(100), latest=100))
            lived.answered("summaries", store.summaries)


def _remove(plan: Plan, lived: Lived) -> None:
    with LearningStore.open(plan.url, pool_size=1) as store:
        for round_ in count(1):
            for number in range(plan.scenarios):
                if not plan.wait(plan.begins + round_ * _REMOVALS):
                    return
                prune = partial(store.prune, plan.scenario(number), keep_latest=plan.keep)
                lived.numbers["pruned"] += lived.answered("prune", prune)
