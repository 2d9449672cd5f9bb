"""Sessions that equal the totals before them.

SwarmEngine loads a scenario's total as its prior, and saves it again as a session of its own: such
a session adds everything up twice, 5 → 10 → 20 → 40.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable

from swarmstore.model.snapshot import LearningSnapshot


class TotalsBefore:
    """The sum of what one scenario's sessions learned, in their order."""

    def __init__(self) -> None:
        self._runs: Counter[Hashable] = Counter()
        self._actions: Counter[Hashable] = Counter()
        self._only: LearningSnapshot | None = None
        self._sessions = 0

    def is_repeated_by(self, session: LearningSnapshot) -> bool:
        """Whether the next session learned just what all before it did together; then count it.

        Transitions, n-grams and episodes are compared, and actions where there are no transitions:
        upstream's totals do not keep the rest. A session that learned nothing repeats nothing, and
        short runs are often alike: a second run of one episode must be the very first in all.
        """
        runs, actions = _runs(session), _actions(session)
        if not runs and not actions:
            return False
        same = runs == self._runs if runs else actions == self._actions
        several = self._sessions > 1 or self._runs[True] + self._runs[False] > 1
        repeated = same and (several or session == self._only)
        self._runs.update(runs)
        self._actions.update(actions)
        self._sessions += 1
        self._only = session if self._sessions == 1 else None
        return repeated


def _runs(session: LearningSnapshot) -> dict[Hashable, int]:
    episodes, ngrams = session.episode_transitions, session.ngram_stats
    counted: dict[Hashable, int] = {}
    for good, transitions in ((True, episodes.success_transitions), (False, episodes.failure_transitions)):
        counted |= {(good, *key): count for key, count in transitions.items()}
    for grams in (ngrams.trigrams, ngrams.quadgrams):
        for key, counts in grams.items():
            counted |= {(good, *key): count for good, count in zip((True, False), counts, strict=True)}
    seen = _seen(counted)
    return seen and seen | _seen({True: episodes.success_episodes, False: episodes.failure_episodes})


def _actions(session: LearningSnapshot) -> dict[Hashable, int]:
    counted: dict[Hashable, int] = {}
    for action, stats in session.action_stats.items():
        for what in ("visits", "successes", "failures"):
            counted[what, action] = getattr(stats, what)
    return _seen(counted)


def _seen(counted: dict[Hashable, int]) -> dict[Hashable, int]:
    return {key: count for key, count in counted.items() if count}
