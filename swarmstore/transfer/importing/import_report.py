"""What an import says that it did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from swarmstore.contracts.imports import Outcome
from swarmstore.model.snapshot import LearningSnapshot


@dataclass(frozen=True, slots=True)
class ImportProblem:
    """A file that was not imported, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class TotalDifference:
    """A number in the file of a total that differs from the sum of its sessions."""

    total: str
    number: str
    in_file: int
    in_sessions: int


@dataclass(slots=True)
class ImportReport:
    """What an import did.

    sessions, totals, models: the number of files by what became of them.
    known_as: another name under which all of its sessions were imported before, so that its totals
        count twice now.
    from_here: whether the folder is an export of this very store.
    moved: scenarios whose folder has a new name: that name, and the scenario's name in the store.
    replaced: scenario and id of sessions whose file has other content than was imported before.
    kept: totals that were not replaced, because their file covers less.
    summed: totals that no file has and that were added up.
    repeated: scenario and id of sessions that equal a total or another session. Usually an agent saved
        its prior again, and everything counts twice.
    left_out: the sessions in `repeated` that were not imported.
    """

    origin: str
    known_as: str | None = None
    from_here: bool = False
    sessions: Counter[Outcome] = field(default_factory=Counter)
    totals: Counter[Outcome] = field(default_factory=Counter)
    models: Counter[Outcome] = field(default_factory=Counter)
    moved: list[tuple[str, str]] = field(default_factory=list)
    renamed: list[tuple[str, str, str]] = field(default_factory=list)
    replaced: list[tuple[str, str]] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    summed: list[str] = field(default_factory=list)
    differences: list[TotalDifference] = field(default_factory=list)
    repeated: list[tuple[str, str]] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    problems: list[ImportProblem] = field(default_factory=list)

    @property
    def needs_attention(self) -> bool:
        """Whether something was not imported as the files have it, or not left as it was."""
        return bool(self.problems or self.replaced or self.kept or self.known_as is not None)


def numbers_of(snapshot: LearningSnapshot) -> list[int]:
    """The numbers that a total and the sum of its sessions should agree on."""
    return [read(snapshot) for read in _NUMBERS.values()]


def differences(total: str, in_file: LearningSnapshot, sums: Sequence[int]) -> Iterator[TotalDifference]:
    """Where a total's file differs from the sums of its sessions' numbers."""
    for number, of_file, of_sessions in zip(_NUMBERS, numbers_of(in_file), sums, strict=True):
        if of_file != of_sessions:
            yield TotalDifference(total, number, of_file, of_sessions)


_NUMBERS: Mapping[str, Callable[[LearningSnapshot], int]] = {
    "sessions": lambda s: s.metadata.session_count,
    "episodes": lambda s: s.metadata.total_episodes,
    "actions": lambda s: s.metadata.total_actions,
    "successful episodes": lambda s: s.episode_transitions.success_episodes,
    "failed episodes": lambda s: s.episode_transitions.failure_episodes,
    "transitions": lambda s: (
        sum(s.episode_transitions.success_transitions.values())
        + sum(s.episode_transitions.failure_transitions.values())
    ),
    "n-grams": lambda s: sum(
        chain.from_iterable(chain.from_iterable(runs.values() for runs in s.ngram_stats.by_length()))
    ),
    "visits of actions": lambda s: sum(stats.visits for stats in s.action_stats.values()),
    "visits in context": lambda s: sum(stats.visits for stats in s.contextual_stats.values()),
    "visits by strategy": lambda s: sum(
        stats.visits for stats in s.selection_performance.strategy_stats.values()
    ),
}
NO_NUMBERS = (0,) * len(_NUMBERS)
