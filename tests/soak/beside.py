"""What goes on beside the saves: processes that follow the store, and one that changes it."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from swarmstore import (
    FileSystemStorage,
    InvalidCursorError,
    LearningSnapshot,
    LearningStore,
    SessionId,
    SessionKey,
    StoreUnavailableError,
)
from tests.soak.content import SCENARIOS, number_of, scenario_of, snapshot_of
from tests.soak.journal import Followed, Journal, Known
from tests.soak.worker import journalled, opened

_REST = 0.05  # seconds at most between two changes, and between two looks at what is new
_SOME = 5  # sessions at most that are pruned at once
_FILES = 3  # sessions of an imported folder


def follow(url: str, file: Path, before: Sequence[Path], asked: Path) -> None:
    """Journal what is new again and again, and once more when asked to end.

    before: the journals of those killed, whose place this one goes on from.
    """
    journalled(file, lambda journal: _follow(url, journal, Followed.read(before).cursor, asked))


def _follow(url: str, journal: Journal, cursor: str | None, asked: Path) -> None:
    chance = random.Random(cursor or "")
    with opened(url) as store:
        ends = False
        while not ends:
            ends = asked.exists()
            try:
                for change in store.changes(cursor):
                    journal.seen(change.scenario, change.session_id, change.cursor)
                    cursor = change.cursor
            except StoreUnavailableError:
                ends = False
            except InvalidCursorError:
                journal.begins_anew()
                cursor, ends = None, False
            time.sleep(chance.uniform(0, _REST))


def change(url: str, file: Path, before: Sequence[Path], ends: Path, pauses: Path, first: int) -> None:
    """Remove, replace and import sessions until asked to end.

    before: the journals of those killed; what they had not finished importing is imported again.
    pauses: while this file is there nothing is changed.
    first: the first number of imported sessions.
    """

    def work(journal: Journal) -> None:
        known = Known.read(before)
        with opened(url) as store:
            changer = _Changer(
                store, journal, file.with_suffix(".files"), max(known.begun, default=first - 1) + 1
            )
            changer.go_on(sorted(known.begun.keys() - known.returned.keys()), ends, pauses)

    journalled(file, work)


class _Changer:
    """What one process changes. folders: where it writes what it imports."""

    def __init__(self, store: LearningStore, journal: Journal, folders: Path, following: int) -> None:
        self._store, self._journal, self._folders = store, journal, folders
        self._next = following
        self._chance = random.Random(following)

    def go_on(self, unfinished: Sequence[int], ends: Path, pauses: Path) -> None:
        """Import what is unfinished, then change in rounds, each in an order of its own."""
        changes = [self._delete, self._prune, self._replace, self._replace, self._import_new]
        left = list[Callable[[], None]]()
        self._wait(pauses)
        if unfinished:
            self._import(unfinished)
        while not ends.exists():
            self._wait(pauses)
            left = left or self._chance.sample(changes, len(changes))
            try:
                left.pop()()
            except StoreUnavailableError:  # it may have happened; the journal has that it began
                self._journal.did("change without an answer")
            time.sleep(self._chance.uniform(0, _REST))

    def _wait(self, pauses: Path) -> None:
        if pauses.exists():
            self._journal.pauses()
            while pauses.exists():
                time.sleep(_REST / 10)
            self._journal.did("pause")

    def _delete(self) -> None:
        for key in self._found(1):
            self._store.storage.delete(key)
            self._journal.did("delete")

    def _prune(self) -> None:
        if keys := list(self._found(self._chance.randint(2, _SOME))):
            self._store.storage.delete_sessions(keys[0].scenario, [key.session_id for key in keys])
            self._journal.did("prune")

    def _replace(self) -> None:
        for key, snapshot in self._found(1).items():
            self._store.storage.save(key, snapshot)
            self._journal.did("replace")

    def _found(self, most: int) -> dict[SessionKey, LearningSnapshot]:
        """Some sessions of a scenario, which the journal has from now on."""
        scenario = self._chance.choice(SCENARIOS)
        ids = self._store.list_sessions(scenario)
        keys = [SessionKey(scenario, each) for each in self._chance.sample(ids, min(most, len(ids)))]
        loaded = {key: self._store.storage.load(key) for key in keys}
        found = {key: snapshot for key, snapshot in loaded.items() if snapshot is not None}
        self._journal.takes([number_of(snapshot) or 0 for snapshot in found.values()])
        return found

    def _import_new(self) -> None:
        numbers = range(self._next, self._next + _FILES)
        self._next += _FILES
        self._import(numbers)

    def _import(self, numbers: Sequence[int]) -> None:
        """Import a folder again and again until that has an answer."""
        keys = [SessionKey(scenario_of(n), SessionId(f"import-{n}")) for n in numbers]
        folder = self._folders / f"import-{numbers[0]}"
        files = FileSystemStorage(folder)
        for number, key in zip(numbers, keys, strict=True):
            files.save(key, snapshot_of(number))
        for number, key in zip(numbers, keys, strict=True):
            self._journal.begins(number, key.session_id)
        while True:
            try:
                report = self._store.import_store(folder, origin=folder.name, totals="sessions")
                break
            except StoreUnavailableError:
                continue
        if report.problems or report.renamed:
            self._journal.failed(f"an import went wrong: {report}")
        for number, key in zip(numbers, keys, strict=True):
            self._journal.returned(number, key.session_id)
        self._journal.did("import")
