"""What loading a scenario's total costs, with nothing, half and all of the folding threshold waiting."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing

from benchmarks.data import snapshots
from benchmarks.databases import Databases
from benchmarks.measuring import Result, interleaved
from benchmarks.peers.orm import PlainOrm
from swarmstore import LearningSnapshot, LearningStore, Settings
from tests.helpers.internals import forget_totals

KEPT_FOLDED = 10_000  # no fold by itself: the case decides what is pending


def loading(databases: Databases, rounds: int) -> Iterator[Result]:
    """A total of some 1,800 keys; the peer decodes the same total from JSON.

    A process that has loaded the total before asks whether it is the same; one that has not, and one
    that finds it changed, pays for the first time: what that may cost is a line of `life`.
    """
    threshold = Settings().fold_at
    for waiting, bound in ((0, 1.5), (threshold // 2, 4.0), (threshold, 8.0)):
        with ExitStack() as stack:
            yield _one(stack, databases, rounds, waiting, bound)


def _one(stack: ExitStack, databases: Databases, rounds: int, waiting: int, bound: float) -> Result:
    url = databases.new()
    store = stack.enter_context(LearningStore.open(url, fold_at=KEPT_FOLDED))
    made = list(snapshots(700, 40 + waiting))
    for snapshot in made[:40]:
        store.save_session("scenario", snapshot)
    store.fold()
    for snapshot in made[40:]:
        store.save_session("scenario", snapshot)
    orm = stack.enter_context(closing(PlainOrm(url)))
    total = store.load_scenario("scenario")
    text = total.to_json()
    arms = {
        "swarmstore": lambda: store.load_scenario("scenario"),
        "swarmstore, first time": lambda: _first_time(store),
        "JSON": lambda: LearningSnapshot.from_json(text),
        "ORM": orm.load_total,
    }
    result = Result(f"load_scenario, {_keys(total)} keys, {waiting} waiting, {databases.kind}")
    result.timings = interleaved(arms, rounds)
    result.at_most(f"load, {waiting} waiting, of decoding JSON", "swarmstore", "JSON", bound)
    if not waiting:
        result.faster("load, faster than the ORM", "swarmstore", "ORM", 4)
        result.faster("first load, faster than the ORM", "swarmstore, first time", "ORM", 4)
    return result


def _first_time(store: LearningStore) -> LearningSnapshot:
    """As by a process that knows the names of actions, and not this total."""
    forget_totals(store.storage)
    return store.load_scenario("scenario")


def _keys(total: LearningSnapshot) -> int:
    episodes, ngrams = total.episode_transitions, total.ngram_stats
    transitions = episodes.success_transitions.keys() | episodes.failure_transitions.keys()
    grams = len(ngrams.trigrams) + len(ngrams.quadgrams)
    return len(transitions) + grams + len(total.contextual_stats) + len(total.action_stats)
