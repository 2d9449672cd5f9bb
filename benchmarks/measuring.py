"""Interleaved measurements: all arms take turns, so that whatever disturbs one disturbs all."""

from __future__ import annotations

import gc
import random
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Call = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds per call of one arm, in the order in which they were measured."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """Half of the calls took no longer."""
        return statistics.median(self.seconds)

    def quantile(self, share: float) -> float:
        """No longer than this took that share of the calls."""
        return sorted(self.seconds)[min(len(self.seconds) - 1, int(share * len(self.seconds)))]


@dataclass(frozen=True, slots=True)
class Line:
    """One statement that a run makes: a ratio, and the bound that it should keep."""

    what: str
    ratio: float
    bound: float
    at_most: bool = True

    @property
    def holds(self) -> bool:
        """Whether the ratio is on the right side of its bound."""
        return self.ratio <= self.bound if self.at_most else self.ratio >= self.bound


@dataclass(slots=True)
class Result:
    """What one case measured: seconds by arm, the lines it was measured for, and other numbers."""

    title: str
    timings: dict[str, Timings] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    numbers: dict[str, float] = field(default_factory=dict)

    def at_most(self, what: str, arm: str, peer: str, bound: float) -> None:
        """Note how many times a peer's median an arm takes, which should be at most `bound`."""
        ratio = self.timings[arm].median / self.timings[peer].median
        self.lines.append(Line(what, ratio, bound))

    def faster(self, what: str, arm: str, peer: str, bound: float) -> None:
        """Note how many times as fast as a peer an arm is, which should be at least `bound`."""
        ratio = self.timings[peer].median / self.timings[arm].median
        self.lines.append(Line(what, ratio, bound, at_most=False))


def interleaved(arms: Mapping[str, Call], rounds: int, warm_up: int = 3) -> dict[str, Timings]:
    """Call every arm once a round, in another order each: what one leaves behind may slow the next.

    Python's collector of cycles looks at what the calls make, as ever, and not at what was there
    before them: other cases' data would be part of what a full run costs whoever happens to begin it.
    """
    names = list(arms)
    chance = random.Random(1)
    for _ in range(warm_up):
        for name in names:
            arms[name]()
    seconds: dict[str, list[float]] = {name: [] for name in names}
    gc.collect()
    gc.freeze()
    for _ in range(rounds):
        for name in chance.sample(names, len(names)):
            begun = time.perf_counter()
            arms[name]()
            seconds[name].append(time.perf_counter() - begun)
    gc.unfreeze()
    return {name: Timings(tuple(values)) for name, values in seconds.items()}
