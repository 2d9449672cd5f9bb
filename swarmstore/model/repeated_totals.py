"""Sessions that equal a total: priors that were saved again.

SwarmEngine loads a scenario's total as its prior, and may save it again as a session. Such a session
makes everything count twice: 5 → 10 → 20 → 40. It has the metadata of its run and no statistics of actions,
so only what was learned can be compared.

Fingerprints are compared: the sum of each count times the hash of its key. The fingerprint of a sum is the
sum of the fingerprints, so no sum has to be kept. Two different contents have the same fingerprint about once
in 2^61 cases.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from itertools import chain, starmap, zip_longest
from operator import add, mul, sub

from swarmstore.model.snapshot import LearningSnapshot

_Fingerprint = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Learned:
    """What a snapshot learned, as fingerprints. They can be compared within one process."""

    runs: _Fingerprint = ()
    actions: _Fingerprint = ()
    episodes: _Fingerprint = (0, 0)

    @classmethod
    def by(cls, snapshot: LearningSnapshot) -> Learned:
        """Of one snapshot."""
        runs, transitions = _runs(snapshot), snapshot.episode_transitions
        episodes = (transitions.success_episodes, transitions.failure_episodes) if any(runs) else (0, 0)
        return cls(runs, _actions(snapshot), episodes)

    def __bool__(self) -> bool:
        return any(self.runs) or any(self.actions)

    def __add__(self, more: Learned) -> Learned:
        return self._combined(add, more)

    def __sub__(self, less: Learned) -> Learned:
        return self._combined(sub, less)

    def is_as(self, total: Learned) -> bool:
        """Whether it is what a total learned.

        Transitions, n-grams and episodes are compared, and actions where there are no transitions:
        upstream's totals do not keep the rest.
        """
        if any(self.runs):
            return (self.runs, self.episodes) == (total.runs, total.episodes)
        return self.actions == total.actions

    def without_actions(self) -> Learned:
        """What totals keep of it, to be looked up among others."""
        return Learned(self.runs, (), self.episodes)

    def _combined(self, how: Callable[[int, int], int], other: Learned) -> Learned:
        pairs = ((self.runs, other.runs), (self.actions, other.actions), (self.episodes, other.episodes))
        return Learned(*(tuple(starmap(how, zip_longest(*pair, fillvalue=0))) for pair in pairs))


class TotalsBefore:
    """The sum of what one scenario's sessions learned, in their order.

    base: what its total has of other sessions, such as pruned ones.
    sessions: how many were added up.
    """

    def __init__(self, base: Learned = Learned(), sessions: int = 0) -> None:
        self.learned = base
        self._only: LearningSnapshot | None = None
        self._sessions = sessions

    def is_repeated_by(self, session: LearningSnapshot, learned: Learned) -> bool:
        """Tell whether the next session learned exactly what all before it did together, and count it.

        A session that learned nothing is not a repeat. Because short runs are often alike, a second
        session of one episode is a repeat only if it equals the first one in everything.
        """
        if not learned:
            return False
        several = self._sessions > 1 or sum(self.learned.episodes) > 1
        repeated = learned.is_as(self.learned) and (several or session == self._only)
        self.learned += learned
        self._sessions += 1
        self._only = session if self._sessions == 1 else None
        return repeated


def _runs(session: LearningSnapshot) -> _Fingerprint:
    """Of transitions and n-grams, apart for successes and failures."""
    transitions = session.episode_transitions
    prints: list[int] = []
    for counts in (transitions.success_transitions, transitions.failure_transitions):
        prints += _fingerprints(counts, [counts.values()])
    for grams in session.ngram_stats.by_length():
        counted = list(chain.from_iterable(grams.values()))
        prints += _fingerprints(grams, [counted[::2], counted[1::2]])
    return tuple(prints)


def _actions(session: LearningSnapshot) -> _Fingerprint:
    stats = session.action_stats
    columns = [
        [getattr(of_action, what) for of_action in stats.values()]
        for what in ("visits", "successes", "failures")
    ]
    return _fingerprints(stats, columns)


def _fingerprints(keys: Iterable[Hashable], columns: Iterable[Iterable[int]]) -> _Fingerprint:
    """Of each column of counts with these keys."""
    hashes = list(map(hash, keys))
    return tuple(sum(map(mul, hashes, counts)) for counts in columns)
