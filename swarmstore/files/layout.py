"""Upstream's folder of JSON files: where each file is, and a walk through all of them.

global_stats.json
scenarios/S/stats.json
scenarios/S/offline_model.json
scenarios/S/sessions/ID/stats.json      the session
scenarios/S/sessions/ID/meta.json       a copy of its metadata

An export has files of ours beside these, which say more (see `sidecars`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from swarmstore.disk import Odd, entries_of, folders_in, has_exactly, is_file, is_text, reason_of
from swarmstore.errors import AmbiguousNameError, SnapshotFormatError
from swarmstore.files import file_names
from swarmstore.files.sidecars import INDEX, MARKER, Index, read_index
from swarmstore.model.keys import GlobalKey, ScenarioKey, SnapshotKey
from swarmstore.model.session_ids import SessionId

STATS = "stats.json"
META = "meta.json"
MODEL = "offline_model.json"
GLOBAL = "global_stats.json"
LOCK = ".swarmstore.lock"

logger = logging.getLogger("swarmstore")


def path_of(base: Path, key: SnapshotKey) -> Path:
    """Return the path of a snapshot's file, whether it exists or not.

    Raises TextTooLongError for a name that no file name can hold, AmbiguousNameError for one that other
    names leave no file name for, SnapshotFormatError or OSError if a folder's scenario cannot be told.
    """
    if isinstance(key, GlobalKey):
        return base / GLOBAL
    if isinstance(key, ScenarioKey):
        return scenario_folder(base, key.scenario) / STATS
    sessions = scenario_folder(base, key.scenario) / "sessions"
    there = _folder(sessions, key.session_id, lambda _: True)
    return (there or _new_folder(sessions, "session_id", key.session_id)) / STATS


def scenario_folder(base: Path, scenario: str) -> Path:
    """Return the path of a scenario's folder, whether it exists or not. Raises as `path_of`."""
    parent = base / "scenarios"
    there = _folder(parent, scenario, lambda folder: scenario_of(folder, base) == scenario)
    if there is None and is_file(base / MARKER):  # an export may have called it anything
        there = next((folder for name, folder in _scenario_folders(base) if name == scenario), None)
    return there or _new_folder(parent, "scenario", scenario)


def _folder(parent: Path, name: str, is_its: Callable[[Path], bool]) -> Path | None:
    """The folder that stands for a name: as we make it, as we made it once, or as upstream did."""
    found = (parent / each for each in file_names.all_for(name) if has_exactly(parent, each))
    return next(filter(is_its, found), None)


def _new_folder(parent: Path, field: str, name: str) -> Path:
    """The folder for a name that has none, which no disk takes for one that is there."""
    encoded = file_names.encode_name(field, name)
    if not (file_names.has_letters(encoded) or has_exactly(parent, encoded)):
        return parent / encoded
    taken = {file_names.folded(entry) for entry in entries_of(parent)}
    if file_names.folded(encoded) in taken:
        encoded = file_names.encode_name(field, name, distinct=True)
        if file_names.folded(encoded) in taken:
            raise AmbiguousNameError(
                field, f"{name!r} would have the same file name as {encoded!r}, which is taken"
            )
    return parent / encoded


def scenario_of(folder: Path, base: Path) -> str | None:
    """The scenario that a folder stands for, None if its name is no text.

    Raises SnapshotFormatError, OSError.
    """
    index = read_index(folder, within=base)
    if index is not None:
        return index.scenario
    return file_names.decode_name(folder.name) if is_text(folder.name) else None


def scenario_names(base: Path) -> list[str]:
    """All scenarios that have a folder, in byte order."""
    return sorted({scenario for scenario, _ in _scenario_folders(base)})


def _scenario_folders(base: Path) -> Iterator[tuple[str, Path]]:
    for _, folder in named_folders(base / "scenarios", _passed_over, base):
        with _passing_over(folder):
            scenario = scenario_of(folder, base)
            if scenario is not None:
                yield scenario, folder


def session_names(base: Path, scenario: str) -> list[SessionId]:
    """All sessions of a scenario in byte order: folders with a snapshot in them."""
    sessions = set[SessionId]()
    with _passing_over(base / "scenarios"):
        for name, folder in named_folders(scenario_folder(base, scenario) / "sessions", _passed_over, base):
            with _passing_over(folder / STATS):
                if name is not None and is_file(folder / STATS):
                    sessions.add(SessionId(name))
    return sorted(sessions)


@contextmanager
def _passing_over(path: Path) -> Iterator[None]:
    try:
        yield
    except (SnapshotFormatError, OSError) as error:
        _passed_over(path, reason_of(error, path))


def _passed_over(path: Path, reason: str) -> None:
    logger.warning("%s is skipped: %s", path, reason)


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

    scenario, session_id: empty where they do not apply.
    exported: whether an export wrote the session. `relative` then has the session's id in place of its
        folder, because another export may give that folder to another session.
    problem: why this cannot be opened. Nothing else may be known of it then, and it may be a folder.
    """

    kind: FileKind
    path: Path
    relative: str
    scenario: str = ""
    session_id: SessionId = _NO_SESSION
    exported: bool = False
    problem: str | None = None


def walk_store(base: Path) -> Iterator[StoreFile]:
    """Iterate over the files of a store: each scenario's sessions, total and model, then the global total.

    Scenarios and sessions come in byte order. Folders without a snapshot are not sessions. Nothing is
    written. Links are not followed: they come with a `problem`, as does anything else that is in the
    place of a file or folder, or cannot be examined.
    """
    odd = list[StoreFile]()
    folders = named_folders(base / "scenarios", _noted_in(odd, base))
    yield from odd
    scenarios = [_scenario_in(name, folder) for name, folder in folders]
    for name, folder, index in sorted(scenarios, key=lambda found: _by_name(found[:2])):
        if isinstance(index, str):
            yield _problem(base, FileKind.SCENARIO, folder / INDEX, index)
        elif name is None:
            yield _unreadable(base, folder)
        else:
            yield from _walk_scenario(base, name, folder, index.sessions if index else {})
    yield from _file(base, FileKind.GLOBAL, base / GLOBAL)


def _scenario_in(name: str | None, folder: Path) -> tuple[str | None, Path, Index | str | None]:
    """A scenario's folder with the name it stands for, and what an export wrote there, or why not."""
    try:
        index = read_index(folder)
    except (SnapshotFormatError, OSError) as error:  # names would be wrong without it
        return name, folder, reason_of(error, folder / INDEX)
    return name if index is None else index.scenario, folder, index


def _walk_scenario(
    base: Path, scenario: str, folder: Path, exported: Mapping[str, str]
) -> Iterator[StoreFile]:
    odd = list[StoreFile]()
    folders = named_folders(folder / "sessions", _noted_in(odd, base))
    yield from odd
    sessions = [(exported.get(session_folder.name, name), session_folder) for name, session_folder in folders]
    for session, session_folder in sorted(sessions, key=_by_name):
        path = session_folder / STATS
        if session is None:
            yield _unreadable(base, session_folder)
        else:
            ours = session_folder.name in exported
            named = folder / "sessions" / file_names.escape_name(session) / STATS if ours else path
            for file in _file(base, FileKind.SESSION, path, scenario):
                yield replace(
                    file, relative=_relative(base, named), session_id=SessionId(session), exported=ours
                )
    for kind, name in ((FileKind.SCENARIO, STATS), (FileKind.MODEL, MODEL)):
        yield from _file(base, kind, folder / name, scenario)


def _file(base: Path, kind: FileKind, path: Path, scenario: str = "") -> Iterator[StoreFile]:
    """The file, if there is one, or why it cannot be read."""
    try:
        if is_file(path):
            yield StoreFile(kind, path, _relative(base, path), scenario)
    except OSError as error:
        yield _problem(base, kind, path, reason_of(error, path))


def _noted_in(odd: list[StoreFile], base: Path) -> Odd:
    return lambda path, reason: odd.append(_problem(base, FileKind.SESSION, path, reason))


def _problem(base: Path, kind: FileKind, path: Path, reason: str) -> StoreFile:
    return StoreFile(kind, path, _relative(base, path), problem=reason)


def named_folders(parent: Path, odd: Odd, within: Path | None = None) -> list[tuple[str | None, Path]]:
    """The folders in one, with the names they stand for; None for what is no text.

    `odd` and `within` are those of `disk.folders_in`.
    """
    return [
        (file_names.decode_name(name) if is_text(name) else None, parent / name)
        for name in folders_in(parent, odd, within=within)
    ]


def _by_name(entry: tuple[str | None, Path]) -> tuple[bool, str, str]:
    name, folder = entry
    return name is None, name or "", folder.name  # two folders may stand for one name


def _relative(base: Path, path: Path) -> str:
    return path.relative_to(base).as_posix()


def _unreadable(base: Path, folder: Path) -> StoreFile:
    relative = ascii(_relative(base, folder))
    return StoreFile(FileKind.SESSION, folder, relative, problem="the folder's name is not UTF-8; rename it")
