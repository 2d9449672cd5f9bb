"""The table in docs/reference/files.md of what imports make of stores that change.

SWARMSTORE_WRITE_DOCS=1 writes it anew.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import Any, get_args

import pytest

from swarmstore import LearningStore, ScenarioKey, SwarmstoreError
from swarmstore.cli.output import counted
from swarmstore.model.keys import GlobalKey, TotalKey
from swarmstore.transfer.importing import ImportReport, Repeated, TotalsFrom
from tests.imports import changing_folders as change

DOCUMENT = Path(__file__).parents[2] / "docs" / "reference" / "files.md"
BEGIN, END = "<!-- table: imports -->\n", "<!-- end: imports -->"


def _moved(folder: Path) -> Path:
    change.learn(folder, 3)
    return folder.rename(folder.with_name("moved"))


def _share_one(folder: Path) -> Path:
    other = change.learn(folder.with_name("clone"), 0)
    return change.learn(other, 4, 5, action="B")


def _restored(folder: Path) -> None:
    shutil.rmtree(folder)
    change.learn(folder, 0, 1)


def _anew_with_one_shared(folder: Path) -> None:
    shutil.rmtree(folder)
    change.learn(change.learn(folder, 0), 4, 5, action="B")


def _pruned(folder: Path) -> None:
    change.remove(folder, 0)
    change.learn(folder, 3)


def _renamed_scenario(folder: Path) -> None:
    (folder / "scenarios" / "s").rename(folder / "scenarios" / "s2")
    change.learn(folder, 3, scenario="s2")


def _copied_session(folder: Path) -> None:
    shutil.copytree(change.path_of(folder, 0), change.path_of(folder, 9))


def _lost(folder: Path) -> None:
    change.learn(folder, 3)
    change.lose_updates(folder, 0, 1)


def _without(folder: Path) -> None:
    change.learn(folder, 3)
    change.remove_totals(folder)


def _twice_prior(folder: Path) -> None:
    change.save_prior_again(folder, 3)
    change.save_prior_again(folder, 4)


STORES: dict[str, tuple[Callable[[Path], Path | None], str | None]] = {
    "as it was": (lambda _folder: None, None),
    "grown by a session": (lambda folder: change.learn(folder, 3), None),
    "written in another way": (change.reformat, None),
    "moved, and grown": (_moved, None),
    "its scenario's folder renamed, and grown": (_renamed_scenario, None),
    "its oldest session deleted, and grown": (_pruned, None),
    "one of its sessions edited": (lambda folder: change.edit(folder, 1), None),
    "restored from an older backup": (_restored, None),
    "a session's folder copied": (_copied_session, None),
    "its total saved again by the engine, twice": (_twice_prior, None),
    "grown, its totals have lost updates": (_lost, None),
    "grown, without totals": (_without, None),
    "another store at its path": (lambda folder: change.anew(folder, 0, 1), None),
    "the same, with `--as other`": (lambda folder: change.anew(folder, 0, 1), "other"),
    "another at its path that shares a session": (_anew_with_one_shared, None),
    "another elsewhere that shares a session": (_share_one, None),
    "the same, with `--as fork`": (_share_one, "fork"),
}


@pytest.fixture
def imported(tmp_path: Path) -> None:
    """A store in `first`, and databases it was imported into in each way when it was in `store`."""
    folder = change.learn(tmp_path / "store", 0, 1, 2)
    for totals in get_args(TotalsFrom):
        with LearningStore.open(f"sqlite:///{tmp_path / totals}.db") as store:
            first = store.import_store(folder, totals=totals)
            assert (_total(store, GlobalKey()), first.needs_attention) == (3, False)
    folder.rename(tmp_path / "first")


@pytest.mark.long
@pytest.mark.release
@pytest.mark.usefixtures("imported")
def test_the_table_is_what_happens(tmp_path: Path) -> None:
    lines = [
        "| the store, imported again | totals | repeated | sessions here | in the total | report | exit |"
    ]
    lines.append("| --- | --- | --- | --- | --- | --- | --- |")
    for name, (changed, origin) in STORES.items():
        for totals in get_args(TotalsFrom):
            rows = [
                (repeated, _row(tmp_path, changed, origin, totals, repeated))
                for repeated in get_args(Repeated)
            ]
            for row, alike in groupby(rows, lambda pair: pair[1]):
                modes = ", ".join(repeated for repeated, _ in alike)
                lines.append(f"| {name} | {totals} | {modes} | {row} |")
    text = DOCUMENT.read_text()
    shown = re.search(f"{BEGIN}(.*?){END}", text, re.DOTALL)
    assert shown is not None
    table = "".join(f"{line}\n" for line in lines)
    if os.environ.get("SWARMSTORE_WRITE_DOCS"):
        DOCUMENT.write_text(text[: shown.start(1)] + table + text[shown.end(1) :])
    else:
        assert shown[1] == table


def _row(
    base: Path, changed: Callable[[Path], Path | None], origin: str | None, totals: Any, repeated: Any
) -> str:
    """What an import gives after a first one, and that the same import again changes nothing."""
    for name in ("store", "moved", "clone"):
        shutil.rmtree(base / name, ignore_errors=True)
    shutil.copytree(base / "first", base / "store")
    shutil.copyfile(base / f"{totals}.db", base / "swarm.db")
    with LearningStore.open(f"sqlite:///{base / 'swarm.db'}") as store:
        folder = changed(base / "store") or base / "store"
        before = _state(store)
        try:
            report = store.import_store(folder, origin=origin, totals=totals, repeated=repeated)
        except SwarmstoreError as error:
            assert _state(store) == before
            said, code = f"`{type(error).__name__}`", 1
        else:
            said, code = _said(report), int(report.needs_attention)
            after = _state(store)
            again = store.import_store(folder, origin=origin, totals=totals, repeated=repeated)
            assert _state(store) == after
            assert again.replaced == []
        assert _total(store, GlobalKey()) >= 3
        return f"{_state(store)[0]} | {_state(store)[1]} | {said} | {code}"


def _state(store: LearningStore) -> tuple[int, str]:
    sessions = sum(len(store.list_sessions(scenario)) for scenario in store.scenarios())
    scenarios = sum(_total(store, ScenarioKey(scenario)) for scenario in store.scenarios())
    total = store.load_global()
    assert scenarios == total.metadata.session_count
    counts = sorted(total.episode_transitions.success_transitions.items())
    return sessions, ", ".join(f"{action} {count}" for (_, action), count in counts)


def _total(store: LearningStore, key: TotalKey) -> int:
    total = store.storage.load(key)
    assert total is not None
    return total.metadata.session_count


def _said(report: ImportReport) -> str:
    parts = [f"sessions {counted(report.sessions)}"]
    parts += [f"totals {counted(report.totals)}"]
    parts += [f"renamed scenario {folder}" for folder, _ in report.moved]
    parts += ["totals added up"] if report.summed else []
    differing = sum(each.number == "sessions" for each in report.differences)
    parts += [f"{differing} totals differ"] if differing else []
    return "; ".join(parts)


@pytest.mark.parametrize("totals", ["files", "sessions"])
def test_priors_saved_again_and_again_never_double(database_url: str, tmp_path: Path, totals: Any) -> None:
    folder = change.learn(tmp_path / "store", 0, 1, 2)
    with LearningStore.open(database_url) as store:
        store.import_store(folder, totals=totals)
        for second in range(10, 14):
            change.save_prior_again(folder, second)
            report = store.import_store(folder, totals=totals)
            assert report.left_out == [("s", str(change.FIRST + each)) for each in range(10, second + 1)]
            for total in (store.load_scenario("s"), store.load_global()):
                assert total.episode_transitions.success_transitions == {("Look", "A"): 3}
                assert total.metadata.session_count == 3
        assert len(store.list_sessions("s")) == 3
        assert store.verify_totals(deep=True) == []
