"""What to do next: the actions that followed another one, and how well that went."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from swarmstore.model.confidence import wilson
from swarmstore.model.limits import check_actions
from swarmstore.model.stats import EpisodeTransitions, Pair


@dataclass(frozen=True, slots=True)
class NextAction:
    """An action that may follow another one, and what is known of it there.

    The figures are those of the view `next_actions`. If nothing was counted, the counts are 0, the rate
    and the probability are None, and the bounds are 0 and 1: the view has NULL there, also for the one
    count of a pair that never followed in episodes that succeeded, or that failed.

    success_count, failure_count: how often it followed in episodes that succeeded, and that failed.
    success_rate: the share of successes, 0 to 1.
    probability: its share among all actions that followed, 0 to 1.
    wilson_low, wilson_high: the bounds of the success rate with 95 % confidence.
    """

    action: str
    success_count: int
    failure_count: int
    success_rate: float | None
    probability: float | None
    wilson_low: float
    wilson_high: float

    @property
    def observations(self) -> int:
        """How often it followed."""
        return self.success_count + self.failure_count


def next_actions(
    transitions: EpisodeTransitions, action: str, candidates: Iterable[str] | None = None
) -> list[NextAction]:
    """List what may follow an action, the most certain to work first; see `LearningSnapshot.next_actions`."""
    good = _after(action, transitions.success_transitions)
    bad = _after(action, transitions.failure_transitions)
    everything = sum(map(float, good.values())) + sum(map(float, bad.values()))
    found = []
    names = good.keys() | bad.keys() if candidates is None else check_actions("candidates", candidates)
    for name in dict.fromkeys(names):
        successes, failures = good.get(name, 0), bad.get(name, 0)
        seen = float(successes) + float(failures)
        rate = successes / seen if seen else None
        probability = seen / everything if everything else None
        found.append(NextAction(name, successes, failures, rate, probability, *wilson(successes, failures)))
    return sorted(found, key=lambda one: (-one.wilson_low, -one.wilson_high, one.action))


def _after(action: str, counts: Mapping[Pair, int]) -> dict[str, int]:
    return {after: count for (before, after), count in counts.items() if before == action}
