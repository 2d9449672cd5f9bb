"""One process that saves, and how any process of a soak is run."""

from __future__ import annotations

import logging
import random
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from swarmstore import LearningStore, SessionId, StoreUnavailableError
from tests.soak.content import scenario_of, snapshot_of
from tests.soak.journal import Journal

FOLD_AT = 4
_OPENINGS = 3
_FOLDS = 0.03  # how often a worker folds by itself, beside the folds that saves cause


def given_id(number: int) -> SessionId | None:
    """Half of all saves in each scenario bring their own id, the rest have one made."""
    return SessionId(f"given-{number}") if number // 4 % 2 else None


def journalled(file: Path, work: Callable[[Journal], None]) -> None:
    """Do a process's work. Any error is journalled and ends the process with 1."""
    journal = Journal(file)
    logging.getLogger("swarmstore").addHandler(journal)  # a fold that fails is warned of, not raised
    try:
        work(journal)
    except Exception:  # noqa: BLE001 - whatever it is, the journal has it
        journal.failed(traceback.format_exc())
        sys.exit(1)


def work(url: str, file: Path, first: int, last: int) -> None:
    """Save the snapshots `first … last` in turn."""
    journalled(file, lambda journal: _save_all(url, journal, first, last))


def opened(url: str) -> LearningStore:
    """Open the store, again where that meets a restore."""
    for _ in range(_OPENINGS - 1):
        try:
            return LearningStore.open(url, fold_at=FOLD_AT)
        except StoreUnavailableError:
            continue
    return LearningStore.open(url, fold_at=FOLD_AT)


def _save_all(url: str, journal: Journal, first: int, last: int) -> None:
    chance = random.Random(first)
    with opened(url) as store:
        for number in range(first, last + 1):
            while not _has_answer(store, journal, number) and given_id(number) is not None:
                pass
            if chance.random() < _FOLDS:
                store.fold()
                journal.folded()


def _has_answer(store: LearningStore, journal: Journal, number: int) -> bool:
    """Save a number. Without an id of its own a save that has no answer must not be repeated."""
    journal.begins(number, given_id(number))
    try:
        saved = store.save_session(scenario_of(number), snapshot_of(number), given_id(number))
    except StoreUnavailableError:
        journal.unavailable(number)
        return False
    journal.returned(number, saved)
    return True
