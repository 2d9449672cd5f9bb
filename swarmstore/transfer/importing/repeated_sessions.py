"""Which sessions of a folder are totals that were saved again, or copies of other sessions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

from swarmstore.files.layout import FileKind, StoreFile
from swarmstore.model.repeated_totals import Learned, TotalsBefore
from swarmstore.model.snapshot import LearningSnapshot
from swarmstore.transfer.importing.file_contents import snapshot_of

_SEVERAL = 2


class Repeat(StrEnum):
    """What a session repeats."""

    TOTAL = "total"
    SESSION = "session"


class RepeatFinder:
    """Finds repeats among a store's sessions, which come in their order.

    files: all of the store. contents: what was imported of it before, by scenario: the path of each digest.
    """

    def __init__(self, files: Iterable[StoreFile], contents: Mapping[str, Mapping[bytes, str]]) -> None:
        self._contents = {scenario: dict(paths) for scenario, paths in contents.items()}
        self._scenario: str | None = None
        self._before = TotalsBefore()
        self._sessions = defaultdict[str, list[StoreFile]](list)
        self._totals = dict[str | None, _Total]()  # by scenario; None stands for all of them
        self._earlier: Set[Learned] | None = None
        for file in files:
            if file.kind is FileKind.SESSION and file.problem is None:
                self._sessions[file.scenario].append(file)
            elif file.kind in {FileKind.SCENARIO, FileKind.GLOBAL} and file.problem is None:
                total = snapshot_of(file)
                if total is not None:
                    self._totals[None if file.kind is FileKind.GLOBAL else file.scenario] = _Total.of(total)

    def is_total(self, scenario: str, session: LearningSnapshot, learned: Learned) -> bool:
        """Whether the scenario's next session learned just what a total had learned before it."""
        if scenario != self._scenario:
            self._scenario, self._before = scenario, self._start(scenario)
        before = self._before.learned
        if self._before.is_repeated_by(session, learned):
            return True
        return bool(learned) and (
            self._is_in_files(scenario, session, learned, before) or self._is_earlier(session, learned)
        )

    def is_copy(self, path: str, scenario: str, digest: bytes) -> bool:
        """Whether another session of the scenario had this content; then remember where it is."""
        return self._contents.setdefault(scenario, {}).setdefault(digest, path) != path

    def _start(self, scenario: str) -> TotalsBefore:
        """What the scenario's total has of sessions that are not there any more."""
        beside, total = self._sessions.get(scenario), self._totals.get(scenario)
        if total is None or not beside or total.sessions <= len(beside):
            return TotalsBefore()
        there = [snapshot for snapshot in map(snapshot_of, beside) if snapshot is not None]
        learned = sum(map(Learned.by, there), Learned())
        others = total.sessions - sum(each.metadata.session_count for each in there)
        base = total.learned - learned
        return TotalsBefore(base, others) if others > 0 and base else TotalsBefore()

    def _is_in_files(
        self, scenario: str, session: LearningSnapshot, learned: Learned, before: Learned
    ) -> bool:
        """Whether it equals a total of several sessions as the files have it now, or had it before it."""
        total, everything = self._totals.get(scenario), self._totals.get(None)
        if total is not None and total.is_several and before and learned.is_as(total.learned):
            return True
        if everything is None or not everything.is_several:
            return False
        if everything.sessions - session.metadata.session_count >= _SEVERAL and (learned + learned).is_as(
            everything.learned
        ):
            return True
        others = [of.learned for name, of in self._totals.items() if name not in {scenario, None}]
        return any([before, *others]) and learned.is_as(everything.learned)

    def _is_earlier(self, session: LearningSnapshot, learned: Learned) -> bool:
        """Whether it equals what a total was at any time, as the engine saves it while others save theirs.

        It has learned from more episodes than its run had, and has no statistics of actions. Without such
        a session no file is read for this.
        """
        episodes = sum(learned.episodes)
        if session.action_stats or episodes < _SEVERAL or episodes <= session.metadata.total_episodes:
            return False
        if self._earlier is None:
            self._earlier = _totals_at_any_time(chain.from_iterable(self._sessions.values()))
        return learned.without_actions() in self._earlier


def _totals_at_any_time(sessions: Iterable[StoreFile]) -> Set[Learned]:
    """What the sessions of each scenario, and of all, had learned together after each of them."""
    sums = defaultdict[str | None, Learned](Learned)
    found = set[Learned]()
    for file in sorted(sessions, key=lambda file: (file.session_id, file.scenario)):
        snapshot = snapshot_of(file)
        learned = Learned() if snapshot is None else Learned.by(snapshot).without_actions()
        for total in (file.scenario, None):
            sums[total] += learned
            found.add(sums[total])
    return found


@dataclass(frozen=True, slots=True)
class _Total:
    learned: Learned
    sessions: int

    @classmethod
    def of(cls, total: LearningSnapshot) -> _Total:
        return cls(Learned.by(total), total.metadata.session_count)

    @property
    def is_several(self) -> bool:
        """Whether it cannot be that of a single short session."""
        return self.sessions >= _SEVERAL and sum(self.learned.episodes) >= _SEVERAL
