"""Priors that engines save again, in any order of runs and imports: what was learned counts once."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmstore import (
    EpisodeTransitions,
    FileSystemStorage,
    GlobalKey,
    LearningSnapshot,
    LearningStore,
    SessionId,
    SnapshotMetadata,
)
from tests.imports import changing_folders as change

pytestmark = [pytest.mark.long, pytest.mark.release]

STEPS = st.lists(
    st.sampled_from(["run s", "run t", "prior s", "prior t", "global prior s", "global prior t", "import"]),
    min_size=2,
    max_size=12,
)


def run(folder: Path, second: int, scenario: str, action: str) -> None:
    """An action of its own tells how often a run is in a total."""
    session = LearningSnapshot(
        metadata=SnapshotMetadata(scenario, None, change.FIRST + second, 1, 1, 2),
        episode_transitions=EpisodeTransitions({("Look", action): 1}, {}, 1, 0),
    )
    FileSystemStorage(folder).save_session(scenario, session, SessionId(str(change.FIRST + second)))


@pytest.mark.property
@pytest.mark.parametrize("totals", ["files", "sessions"])
@given(steps=STEPS)
def test_every_run_counts_once(totals: Any, steps: list[str]) -> None:
    with TemporaryDirectory() as made, LearningStore.open("sqlite://") as store:
        folder, runs = Path(made), dict[str, set[str]](s=set(), t=set())
        for second, step in enumerate(["run s", "run s", "run t", "run t", *steps, "import"]):
            what, _, scenario = step.rpartition(" ")
            match what:
                case "run":
                    run(folder, second, scenario, f"A{second}")
                    runs[scenario].add(f"A{second}")
                case "prior":
                    change.save_prior_again(folder, second, scenario)
                case "global prior":
                    change.save_prior_again(folder, second, scenario, prior=GlobalKey())
                case _:
                    store.import_store(folder, totals=totals)
        for scenario, actions in runs.items():
            learned = store.load_scenario(scenario).episode_transitions.success_transitions
            assert learned == {("Look", action): 1 for action in actions}
        learned = store.load_global().episode_transitions.success_transitions
        assert learned == {("Look", action): 1 for action in runs["s"] | runs["t"]}


def test_a_prior_that_was_loaded_before_others_saved(sqlite_url: str, tmp_path: Path) -> None:
    for second in range(3):
        run(tmp_path, second, "s", f"A{second}")
    change.save_prior_again(tmp_path, 9)
    run(tmp_path, 5, "s", "A5")  # it began later than the prior's run, and was saved before it
    with LearningStore.open(sqlite_url) as store:
        assert store.import_store(tmp_path).left_out == [("s", str(change.FIRST + 9))]
        learned = store.load_scenario("s").episode_transitions.success_transitions
        assert learned == {("Look", action): 1 for action in ("A0", "A1", "A2", "A5")}
