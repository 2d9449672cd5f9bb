"""Upstream's folder of JSON files: where each thing is, and a walk through all of them.

global_stats.json
scenarios/S/stats.json
scenarios/S/offline_model.json
scenarios/S/sessions/ID/stats.json      the session
scenarios/S/sessions/ID/meta.json       a copy of its metadata

An export has files of ours beside these, which say more (see `sidecars`).
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from swarmstore.errors import SnapshotFormatError
from swarmstore.files.names import decode_name, encode_name, escape_name, stands_for_itself
from swarmstore.files.sidecars import INDEX, Index, read_index
from swarmstore.model.ids import SessionId
from swarmstore.model.keys import GlobalKey, ScenarioKey, SessionKey, SnapshotKey

STATS = "stats.json"
META = "meta.json"
MODEL = "offline_model.json"
GLOBAL = "global_stats.json"
LOCK = ".swarmstore.lock"


def path_of(base: Path, key: SnapshotKey) -> Path:
    """The file of a snapshot. Raises TextTooLongError for what no file name can hold."""
    match key:
        case GlobalKey():
            return base / GLOBAL
        case ScenarioKey():
            return scenario_folder(base, key.scenario) / STATS
        case SessionKey():
            return _folder(sessions_folder(base, key.scenario), "session_id", key.session_id) / STATS


def scenario_folder(base: Path, scenario: str) -> Path:
    """The folder of a scenario. Raises TextTooLongError."""
    return _folder(base / "scenarios", "scenario", scenario)


def sessions_folder(base: Path, scenario: str) -> Path:
    """The folder of a scenario's sessions. Raises TextTooLongError."""
    return scenario_folder(base, scenario) / "sessions"


def _folder(parent: Path, field: str, name: str) -> Path:
    """The folder of a name: as we encode it, or as upstream made it where there is only that one."""
    encoded = encode_name(field, name)
    foreign = encoded != name and stands_for_itself(name) and not (parent / encoded).is_dir()
    return parent / (name if foreign and (parent / name).is_dir() else encoded)


def scenario_names(base: Path) -> list[str]:
    """All scenarios that have a folder, in byte order."""
    return sorted(name for name, _ in named_folders(base / "scenarios") if name is not None)


def session_names(base: Path, scenario: str) -> list[SessionId]:
    """All sessions of a scenario in byte order: folders with a snapshot in them."""
    folders = named_folders(sessions_folder(base, scenario))
    return sorted(SessionId(n) for n, folder in folders if n is not None and (folder / STATS).is_file())


_NO_SESSION = SessionId("")


class FileKind(StrEnum):
    """What a file of a store holds."""

    SESSION = "session"
    SCENARIO = "scenario"
    MODEL = "model"
    GLOBAL = "global"


@dataclass(frozen=True, slots=True)
class StoreFile:
    """One file of a store. `relative` is its path within the store, with '/' between names.

    `scenario` and `session_id` are empty where they do not apply. `exported` says that an export
    wrote the session; `relative` then has its id and not the folder, which another export may
    give to another session. `problem` says why a folder cannot even be named; nothing else of it
    is known then.
    """

    kind: FileKind
    path: Path
    relative: str
    scenario: str = ""
    session_id: SessionId = _NO_SESSION
    exported: bool = False
    problem: str | None = None


def walk_store(base: Path) -> Iterator[StoreFile]:
    """The files of a store: each scenario's sessions, total and model, last the global total.

    Scenarios and sessions come in byte order. Folders without a snapshot are no sessions, links
    are not followed, and nothing is written.
    """
    scenarios = [_scenario_in(name, folder) for name, folder in named_folders(base / "scenarios")]
    for name, folder, index in sorted(scenarios, key=lambda found: _by_name(found[:2])):
        if isinstance(index, SnapshotFormatError):
            path = folder / INDEX
            yield StoreFile(FileKind.SCENARIO, path, _relative(base, path), problem=str(index))
        elif name is None:
            yield _unreadable(base, folder)
        else:
            yield from _walk_scenario(base, name, folder, index.sessions if index else {})
    if (base / GLOBAL).is_file():
        yield StoreFile(FileKind.GLOBAL, base / GLOBAL, GLOBAL)


def _scenario_in(
    name: str | None, folder: Path
) -> tuple[str | None, Path, Index | SnapshotFormatError | None]:
    """A scenario's folder with the name it stands for, and what an export wrote there."""
    try:
        index = read_index(folder)
    except SnapshotFormatError as error:  # names would be wrong without it
        return name, folder, error
    return name if index is None else index.scenario, folder, index


def _walk_scenario(
    base: Path, scenario: str, folder: Path, exported: Mapping[str, str]
) -> Iterator[StoreFile]:
    sessions = [
        (exported.get(session_folder.name, name), session_folder)
        for name, session_folder in named_folders(folder / "sessions")
    ]
    for session, session_folder in sorted(sessions, key=_by_name):
        path = session_folder / STATS
        if session is None:
            yield _unreadable(base, session_folder)
        elif path.is_file():
            ours = session_folder.name in exported
            named = folder / "sessions" / escape_name(session) / STATS if ours else path
            yield StoreFile(
                FileKind.SESSION, path, _relative(base, named), scenario, SessionId(session), exported=ours
            )
    for kind, name in ((FileKind.SCENARIO, STATS), (FileKind.MODEL, MODEL)):
        path = folder / name
        if path.is_file():
            yield StoreFile(kind, path, _relative(base, path), scenario)


def named_folders(parent: Path) -> Iterator[tuple[str | None, Path]]:
    """The folders in one, with the names they stand for; None for what is no text."""
    if parent.is_symlink():
        return
    try:
        with os.scandir(parent) as entries:
            found = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
    except (FileNotFoundError, NotADirectoryError):
        return
    for name in found:
        yield (decode_name(name) if _is_text(name) else None), parent / name


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _by_name(entry: tuple[str | None, Path]) -> tuple[bool, str]:
    return entry[0] is None, entry[0] or ""


def _relative(base: Path, path: Path) -> str:
    return path.relative_to(base).as_posix()


def _unreadable(base: Path, folder: Path) -> StoreFile:
    relative = ascii(_relative(base, folder))
    return StoreFile(FileKind.SESSION, folder, relative, problem="the folder's name is not UTF-8; rename it")
