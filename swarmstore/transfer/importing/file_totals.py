"""Totals of a store that is imported: what its files say, and what its sessions add up to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from operator import add

from swarmstore.contracts.imports import ImportTarget, Outcome, SourceFile
from swarmstore.errors import CountOverflowError, NonFiniteNumberError
from swarmstore.files.layout import GLOBAL, STATS, FileKind, StoreFile
from swarmstore.model.keys import GlobalKey, ScenarioKey
from swarmstore.model.snapshot import LearningSnapshot
from swarmstore.model.validation import check_sum
from swarmstore.transfer.importing.file_contents import snapshot_of
from swarmstore.transfer.importing.folder_identity import Found
from swarmstore.transfer.importing.import_report import (
    NO_NUMBERS,
    ImportProblem,
    ImportReport,
    differences,
    numbers_of,
)
from swarmstore.transfer.importing.repeated_sessions import Repeat, Totals
from swarmstore.transfer.importing.session_reader import FoundBatch, FoundFile
from swarmstore.transfer.importing.sums import add_up, without_repeat

_Name = str | None  # of a scenario; None stands for all of them


@dataclass(slots=True)
class _Sessions:
    """The sessions of a total. numbers: of those imported, and all: with those left out."""

    numbers: Sequence[int] = NO_NUMBERS
    all: Sequence[int] = NO_NUMBERS
    left_out: list[tuple[Repeat, LearningSnapshot]] = field(default_factory=list)
    summed: list[LearningSnapshot] = field(default_factory=list)


class TotalsImporter:
    """Takes the totals of one store, each after its sessions.

    counted: whether sessions are counted in place of them; they are compared then.
    """

    def __init__(self, target: ImportTarget, report: ImportReport, store: Found, *, counted: bool) -> None:
        self._target = target
        self._report = report
        self._ledger = store.ledger
        self._is_sure = store.is_sure
        self._counted = counted
        self._sessions = defaultdict[_Name, _Sessions](_Sessions)
        self._taken = dict[_Name, LearningSnapshot]()
        self._paths = dict[str, str]()  # of totals that no file has, by scenario

    def add_session(self, scenario: str, found: FoundFile) -> None:
        """Count a session that is beside the totals."""
        for name in (scenario, None):
            sessions = self._sessions[name]
            sessions.all = tuple(map(add, sessions.all, found.numbers))
            if found.left_out is None:
                sessions.numbers = tuple(map(add, sessions.numbers, found.numbers))
            elif found.snapshot is not None and found.repeat is not None:
                sessions.left_out.append((found.repeat, found.snapshot))

    def add_sums(self, files: Sequence[StoreFile], found: FoundBatch) -> None:
        """Add up scenarios whose totals no file has."""
        for scenario, part in found.sums.items():
            path = next(file.relative for file in files if file.scenario == scenario)
            self._paths[scenario] = f"{path.rsplit('/', 3)[0]}/{STATS}"
            if isinstance(part, str):
                self._report.problems.append(ImportProblem(self._paths[scenario], part))
            else:
                self._sessions[scenario].summed.append(part)

    def take(self, source: SourceFile, scenario: _Name, snapshot: LearningSnapshot) -> None:
        """Take the total of a file. Raises what writing it raises."""
        if self._report.from_here:
            self._report.totals[Outcome.UNCHANGED] += 1
            return
        check_sum(snapshot)
        sessions = self._sessions[scenario]
        if numbers_of(snapshot) != list(sessions.all):  # with all of them it is as the engine wrote it
            name = "global" if scenario is None else scenario
            self._report.differences += differences(name, snapshot, sessions.numbers)
        if self._counted:
            content = self._target.content_digest(snapshot)
            if self._ledger.get(source.path) != replace(source, content=content):
                self._target.remember([replace(source, content=content)])
            self._report.totals[Outcome.UNCHANGED] += 1
        else:
            self._carry(source, scenario, self._without_repeats(snapshot, sessions))

    def finish(self, origin: str, *, without_global: bool) -> None:
        """Take the totals that no file has."""
        if self._counted or self._report.from_here:
            return
        for scenario, path in self._paths.items():
            self._add_to_baseline(origin, scenario, path, self._sessions[scenario].summed)
        if without_global:
            self._add_to_baseline(origin, None, GLOBAL, list(self._taken.values()))

    def _add_to_baseline(
        self, origin: str, scenario: _Name, path: str, parts: Sequence[LearningSnapshot]
    ) -> None:
        if not parts:
            return
        try:
            total = add_up(parts)
        except (CountOverflowError, NonFiniteNumberError) as error:
            self._report.problems.append(ImportProblem(path, str(error)))
            return
        self._report.summed.append("global" if scenario is None else scenario)
        content = self._target.content_digest(total)
        self._carry(SourceFile(origin, path, content, counted=False), scenario, total)

    def _carry(self, source: SourceFile, scenario: _Name, total: LearningSnapshot) -> None:
        self._taken[scenario] = total
        source = replace(source, content=self._target.content_digest(total))
        known = self._ledger.get(source.path)
        if known is not None and _is_same(known, source):
            outcome = Outcome.UNCHANGED
        else:
            key = GlobalKey() if scenario is None else ScenarioKey(scenario)
            outcome = self._target.import_total(source, key, total, grown_only=not self._is_sure)
        self._report.totals[outcome] += 1
        if outcome is Outcome.KEPT:
            self._report.kept.append("global" if scenario is None else scenario)

    def _without_repeats(self, total: LearningSnapshot, sessions: _Sessions) -> LearningSnapshot:
        """A total without the sessions that were left out, as far as it holds them.

        It surely does where its numbers are those of all sessions. Else it must have their counts
        twice: it may be one that they were never added to.
        """
        covers_all = total.metadata.session_count >= sessions.all[0]
        times = 1 if numbers_of(total) == list(sessions.all) else 2
        for repeat, snapshot in reversed(sessions.left_out):  # the newest repeats all before it
            if repeat is Repeat.TOTAL or covers_all:
                total = without_repeat(total, snapshot, times) or total
        return total


def _is_same(known: SourceFile, source: SourceFile) -> bool:
    return known.digest == source.digest if known.content is None else known.content == source.content


def totals_of(files: Sequence[StoreFile]) -> Totals:
    """What the totals of a folder say, before its sessions are read."""
    sessions = defaultdict[str, list[StoreFile]](list)
    for file in _of_kind(files, FileKind.SESSION):
        sessions[file.scenario].append(file)
    of_scenarios = {
        file.scenario: total
        for file in _of_kind(files, FileKind.SCENARIO)
        if (total := snapshot_of(file)) is not None
    }
    of_all = next(map(snapshot_of, _of_kind(files, FileKind.GLOBAL)), None)
    return Totals(of_all, of_scenarios, dict(sessions))


def scenarios_without_total(files: Sequence[StoreFile]) -> frozenset[str]:
    """Scenarios that have sessions, and no file with a total, be it one that cannot be read."""
    totals = {
        file.relative.split("/")[1]
        for file in files
        if file.kind is FileKind.SCENARIO and "/" in file.relative
    }
    return frozenset(
        file.scenario
        for file in _of_kind(files, FileKind.SESSION)
        if file.relative.split("/")[1] not in totals
    )


def _of_kind(files: Sequence[StoreFile], kind: FileKind) -> Iterator[StoreFile]:
    return (file for file in files if file.kind is kind and file.problem is None)
