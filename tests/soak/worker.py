"""One process that saves."""

from __future__ import annotations

import logging
import random
import sys
import traceback
from pathlib import Path

from swarmstore import LearningStore, SessionId
from tests.soak.content import scenario_of, snapshot_of
from tests.soak.journal import Journal

FOLD_AT = 4
_FOLDS = 0.03  # how often a worker folds by itself, beside the folds that saves cause


def given_id(number: int) -> SessionId | None:
    """Half of all saves in each scenario bring their own id, the rest have one made."""
    return SessionId(f"given-{number}") if number // 4 % 2 else None


def work(url: str, file: Path, first: int, last: int) -> None:
    """Save the snapshots `first … last` in turn. Any error is journalled and ends the process with 1."""
    journal = Journal(file)
    logging.getLogger("swarmstore").addHandler(journal)  # a fold that fails is warned of, not raised
    try:
        _save_all(url, journal, first, last)
    except Exception:  # noqa: BLE001 - whatever it is, the journal has it
        journal.failed(traceback.format_exc())
        sys.exit(1)


def _save_all(url: str, journal: Journal, first: int, last: int) -> None:
    chance = random.Random(first)
    with LearningStore.open(url, fold_at=FOLD_AT) as store:
        for number in range(first, last + 1):
            journal.begins(number)
            saved = store.save_session(scenario_of(number), snapshot_of(number), given_id(number))
            journal.returned(number, saved)
            if chance.random() < _FOLDS:
                store.fold()
                journal.folded()
