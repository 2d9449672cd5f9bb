"""One process that saves: `python -m tests.soak.worker URL JOURNAL FIRST LAST`."""

from __future__ import annotations

import random
import sys
from pathlib import Path

from swarmstore import LearningStore, SessionId
from tests.soak.content import scenario_of, snapshot_of
from tests.soak.journal import Journal

FOLD_AT = 8
_FOLDS = 0.03  # how often a worker folds by itself, beside the folds that saves cause


def given_id(number: int) -> SessionId | None:
    """Every other save brings its own id, the rest have one made."""
    return SessionId(f"given-{number}") if number % 2 else None


def work(url: str, journal: Journal, first: int, last: int) -> None:
    """Save the snapshots `first … last` in turn. Any error ends the process with a traceback."""
    chance = random.Random(first)
    with LearningStore.open(url, fold_at=FOLD_AT) as store:
        for number in range(first, last + 1):
            journal.begins(number)
            saved = store.save_session(scenario_of(number), snapshot_of(number), given_id(number))
            journal.returned(number, saved)
            if chance.random() < _FOLDS:
                store.fold()


if __name__ == "__main__":
    work(sys.argv[1], Journal(Path(sys.argv[2])), int(sys.argv[3]), int(sys.argv[4]))
