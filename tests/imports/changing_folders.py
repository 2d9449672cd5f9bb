"""Folders of JSON files as the engine and people leave them, for tests of what imports make of them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from swarmstore import (
    EpisodeTransitions,
    FileSystemStorage,
    GlobalKey,
    LearningSnapshot,
    ScenarioKey,
    SessionId,
    SessionKey,
    SnapshotMetadata,
)

FIRST = 1_700_000_000


def session(second: int, action: str = "A", times: int = 1) -> LearningSnapshot:
    """A run of one successful episode that looked at things."""
    return LearningSnapshot(
        metadata=SnapshotMetadata("s", None, FIRST + second, 1, 1, 2),
        episode_transitions=EpisodeTransitions({("Look", action): times}, {}, 1, 0),
    )


def learn(folder: Path, *seconds: int, action: str = "A", scenario: str = "s", times: int = 1) -> Path:
    """Save sessions as the engine does: each is added to its scenario's total and to the global one."""
    files = FileSystemStorage(folder)
    for second in seconds:
        files.save_session(scenario, session(second, action, times), SessionId(str(FIRST + second)))
    return folder


def save_prior_again(
    folder: Path, second: int, scenario: str = "s", *, prior: GlobalKey | ScenarioKey | None = None
) -> Path:
    """Do as the engine: save the total that it loaded as a session, with the metadata of the run.

    prior: which total, the scenario's own unless said.
    """
    files = FileSystemStorage(folder)
    loaded = files.load(ScenarioKey(scenario) if prior is None else prior)
    assert loaded is not None
    again = LearningSnapshot(
        metadata=session(second).metadata,
        episode_transitions=loaded.episode_transitions,
        ngram_stats=loaded.ngram_stats,
        selection_performance=loaded.selection_performance,
    )
    files.save_session(scenario, again, SessionId(str(FIRST + second)))
    return folder


def path_of(folder: Path, second: int, scenario: str = "s") -> Path:
    return folder / "scenarios" / scenario / "sessions" / str(FIRST + second)


def remove(folder: Path, *seconds: int) -> None:
    """Delete sessions, as people do: totals stay as they are."""
    for second in seconds:
        shutil.rmtree(path_of(folder, second))


def edit(folder: Path, second: int, action: str = "Edited") -> None:
    key = SessionKey("s", SessionId(str(FIRST + second)))
    FileSystemStorage(folder).save(key, session(second, action))


def reformat(folder: Path) -> None:
    """Write every file anew: no whitespace, keys in another order."""
    for path in folder.rglob("*.json"):
        data = json.loads(path.read_text())
        path.write_text(json.dumps(dict(reversed(data.items())), separators=(",", ":")))


def lose_updates(folder: Path, *seconds: int) -> None:
    """Let the totals be those of these sessions only."""
    other = learn(folder.with_name("other"), *seconds)
    for key in (GlobalKey(), ScenarioKey("s")):
        total = FileSystemStorage(other).load(key)
        assert total is not None
        FileSystemStorage(folder).save(key, total)
    shutil.rmtree(other)


def remove_totals(folder: Path) -> None:
    (folder / "global_stats.json").unlink()
    for path in folder.glob("scenarios/*/stats.json"):
        path.unlink()


def anew(folder: Path, *seconds: int, action: str = "B") -> None:
    """Empty a folder and let an engine learn in it."""
    shutil.rmtree(folder)
    learn(folder, *seconds, action=action)
