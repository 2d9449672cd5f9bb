"""Sessions that equal the totals before them.

SwarmEngine loads a scenario's total as its prior, and saves it again as a session of its own: such
a session adds everything up twice, 5 → 10 → 20 → 40.

What was learned is compared by fingerprints: each count times its key's hash, added up. The
fingerprint of a sum is the sum of fingerprints, so that no sum needs to be kept, and two that
differ have the same one about once in 2^61 times.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from itertools import chain
from operator import add, mul

from swarmstore.model.snapshot import LearningSnapshot
from swarmstore.model.stats import EpisodeTransitions

_Fingerprint = tuple[int, ...]


class TotalsBefore:
    """The sum of what one scenario's sessions learned, in their order."""

    def __init__(self) -> None:
        self._runs: _Fingerprint = ()
        self._actions: _Fingerprint = ()
        self._episodes = (0, 0)
        self._only: LearningSnapshot | None = None
        self._sessions = 0

    def is_repeated_by(self, session: LearningSnapshot) -> bool:
        """Whether the next session learned just what all before it did together; then count it.

        Transitions, n-grams and episodes are compared, and actions where there are no transitions:
        upstream's totals do not keep the rest. A session that learned nothing repeats nothing, and
        short runs are often alike: a second run of one episode must be the very first in all.
        """
        runs, actions = _runs(session), _actions(session)
        if not any(runs) and not any(actions):
            return False
        episodes = _episodes(session.episode_transitions) if any(runs) else (0, 0)
        same = (runs, episodes) == (self._runs, self._episodes) if any(runs) else actions == self._actions
        several = self._sessions > 1 or sum(self._episodes) > 1
        repeated = same and (several or session == self._only)
        self._runs = _sum(self._runs, runs)
        self._actions = _sum(self._actions, actions)
        self._episodes = (self._episodes[0] + episodes[0], self._episodes[1] + episodes[1])
        self._sessions += 1
        self._only = session if self._sessions == 1 else None
        return repeated


def _episodes(transitions: EpisodeTransitions) -> tuple[int, int]:
    return transitions.success_episodes, transitions.failure_episodes


def _runs(session: LearningSnapshot) -> _Fingerprint:
    """Of transitions and n-grams, apart for successes and failures."""
    transitions, ngrams = session.episode_transitions, session.ngram_stats
    prints: list[int] = []
    for counts in (transitions.success_transitions, transitions.failure_transitions):
        prints += _fingerprints(counts, [counts.values()])
    for grams in (ngrams.trigrams, ngrams.quadgrams):
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


def _sum(before: _Fingerprint, more: _Fingerprint) -> _Fingerprint:
    return tuple(map(add, before, more)) if before else more
