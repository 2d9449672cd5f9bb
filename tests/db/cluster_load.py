"""Writers, readers and followers on a Citus cluster at once: what each must never see."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from swarmstore import LearningSnapshot, LearningStore, SessionKey
from tests.snapshots import simple

WRITERS = 8
SCENARIOS = 16


def session_of(writer: int) -> LearningSnapshot:
    """A session that adds 1 to what its writer alone counts."""
    snapshot = simple(1)
    snapshot.episode_transitions.success_transitions["W", str(writer)] = 1
    snapshot.action_stats[f"W{writer}"] = snapshot.action_stats["A"]
    return snapshot


def counts_in(total: LearningSnapshot) -> list[int]:
    """What a total has of each writer."""
    found = total.episode_transitions.success_transitions
    return [found.get(("W", str(writer)), 0) for writer in range(WRITERS)]


@dataclass
class Load:
    """What writers have begun and what was acknowledged, and what others saw that cannot be."""

    stop_at_first: bool = False
    removes: bool = True
    begun: list[int] = field(default_factory=lambda: [0] * WRITERS)
    acknowledged: list[int] = field(default_factory=lambda: [0] * WRITERS)
    saved: set[tuple[str, str]] = field(default_factory=set)
    removed: set[tuple[str, str]] = field(default_factory=set)
    wrong: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)
    reads: int = 0
    over: threading.Event = field(default_factory=threading.Event)
    nothing_more: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def saw(self, what: str, example: object) -> None:
        """Note something that cannot be."""
        with self._lock:
            self.wrong[what] += 1
            self.examples.append(f"{what}: {example}")
        if self.stop_at_first:
            self.over.set()

    def save(self, store: LearningStore, writer: int) -> None:
        """Save sessions in scenarios at random until it is over."""
        chosen = random.Random(writer)
        while not self.over.is_set():
            self.begun[writer] += 1
            scenario = f"s{chosen.randrange(SCENARIOS)}"
            session_id = store.save_session(scenario, session_of(writer))
            self.acknowledged[writer] += 1
            with self._lock:
                self.saved.add((scenario, str(session_id)))

    def read(self, store: LearningStore, until: int) -> None:
        """Load the global total until there are so many reads."""
        before = [0] * WRITERS
        while self.reads < until and not self.over.is_set():
            least = [max(pair) for pair in zip(before, self.acknowledged, strict=True)]
            total = store.load_global()
            most, counts = list(self.begun), counts_in(total)
            self.reads += 1  # of some that are counted at once one may get lost, and is one more
            for what, is_wrong in {
                "below what was acknowledged": any(n < low for n, low in zip(counts, least, strict=True)),
                "above what was begun": any(n > high for n, high in zip(counts, most, strict=True)),
                "going back": any(n < low for n, low in zip(counts, before, strict=True)),
                "parts that disagree": total.metadata.session_count != sum(counts),
            }.items():
                if is_wrong:
                    self.saw(what, (least, counts, most))
            before = counts

    def remove(self, store: LearningStore, *, pruning: bool = True) -> None:
        """Prune or delete, in scenarios at random, until it is over."""
        chosen = random.Random(WRITERS)
        while not self.over.is_set():
            scenario = f"s{chosen.randrange(SCENARIOS)}"
            if pruning and chosen.random() < 0.5:
                store.prune(scenario, keep_latest=3)
            elif ids := store.list_sessions(scenario):
                self.removed.add((scenario, str(ids[-1])))
                store.storage.delete(SessionKey(scenario, ids[-1]))

    def follow(self, store: LearningStore, until: int) -> None:
        """Follow the store to its end; what was missed, or seen twice, is noted. So many end the others."""
        seen, cursor, place, last = Counter[tuple[str, str]](), None, 0, False
        while not last:
            last = self.nothing_more.is_set()
            for change in store.changes(cursor):
                seen[change.scenario, str(change.session_id)] += 1
                cursor, before, place = change.cursor, place, int(change.cursor.split(".")[1])
                if place > before + 1 and not self.removes:
                    self.saw("a gap", (before, place))
            if len(seen) >= until:
                self.over.set()
        for what, which in {
            "missed": self.saved - self.removed - seen.keys(),
            "seen twice": {one for one, times in seen.items() if times > 1},
        }.items():
            if which:
                self.saw(what, sorted(which))


@contextmanager
def at_once(load: Load, ends: threading.Event, *works: Callable[[], object]) -> Iterator[None]:
    """Run these in threads beside the block, whose end `ends` them; what fails ends all, and is noted."""

    def run(work: Callable[[], object]) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - whatever it is
            load.saw("an error", f"{type(error).__name__} {error}")
            load.over.set()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        ends.set()
        for thread in threads:
            thread.join(120)
