"""The folder of an export: whose it is, what in it is somebody else's, and how it is changed.

Whatever an export did not write it neither changes nor removes: it is refused before the first
write. Totals are what it writes anew each time.
"""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Callable, Container, Iterator, Mapping
from pathlib import Path
from typing import NoReturn, TypeVar

from swarmstore.contracts.imports import Outcome
from swarmstore.contracts.storage import LearningBackend
from swarmstore.disk import entries_of, is_file, make_folder, reason_of, unfinished, write_bytes
from swarmstore.errors import ConfigurationError, SnapshotFormatError, first_of
from swarmstore.files import sidecars
from swarmstore.files.file_names import folded, short_name
from swarmstore.files.layout import LOCK, MODEL, STATS, named_folders, scenario_of
from swarmstore.model.keys import SessionKey
from swarmstore.model.session_ids import SessionId, is_upstreams

_Seen = TypeVar("_Seen")
# what Finder, Explorer and file systems put into any folder, in small letters
_OF_THE_SYSTEM = re.compile(
    r"\._.*|\.ds_store|\.localized|\.apdisk|\.spotlight-v100|\.trashes|\.trash-\d+|\.fseventsd|\.temporaryitems"
    r"|\.directory|(eh)?thumbs\.db|desktop\.ini|\$recycle\.bin|system volume information|lost\+found"
)


def check_folder(base: Path, store: str) -> None:
    """Refuse a folder that holds anything but an export of this store.

    Raises ConfigurationError, SnapshotFormatError, OSError.
    """
    marker = sidecars.read_marker(base)
    if marker is not None and marker.store != store:
        raise ConfigurationError(f"{base} is an export of another store; export into another folder")
    if marker is not None:
        return
    found = min((path.name for path in base.iterdir() if _is_something(path)), default=None)
    if found is not None:
        raise ConfigurationError(
            f"{base} is not empty and not an export: it has {found!a}; export into an empty folder"
        )


def _is_something(path: Path) -> bool:
    """Whether it is neither what systems put into folders nor what a killed export may leave."""
    system = _OF_THE_SYSTEM.fullmatch(path.name.lower())
    return system is None and path.name != LOCK and path.suffix != ".tmp"


def _refused(path: Path, reason: str) -> NoReturn:
    raise ConfigurationError(f"{path} is in the way: {reason}; remove it, or export into another folder")


def mark(base: Path, store: str) -> None:
    """Make the folder an export of this store, without what one that was killed had half written."""
    for path in unfinished(base, ".json", deep=True):
        path.unlink()
    put(base, base / sidecars.MARKER, sidecars.encode_marker(store))


def check_foreign(base: Path, source: LearningBackend) -> None:
    """Refuse a folder that somebody added sessions or a newer model to that the store does not have.

    And one in which a link, or anything but a folder or a file, is where the export would write.

    Raises ConfigurationError, SnapshotFormatError, OSError.
    """
    foreign = [path.relative_to(base).as_posix() for path in _foreign(base, source)]
    if foreign:
        raise ConfigurationError(
            f"{base} has files that this store does not know: {first_of(foreign)}; import it first, or "
            "export into another folder"
        )


def _foreign(base: Path, source: LearningBackend) -> Iterator[Path]:
    for decoded, folder in named_folders(base / "scenarios", _refused):
        index = _unless_odd(folder, sidecars.read_index)
        scenario = decoded if index is None else index.scenario
        exported = {} if index is None else index.sessions
        for name, session in named_folders(folder / "sessions", _refused):
            path = session / STATS
            there = _unless_odd(path, is_file)
            if there and session.name not in exported and not _holds(source, scenario, name, path):
                yield session
        path = folder / MODEL
        if _unless_odd(path, is_file) and not _has_model(source, scenario, path):
            yield path


def _unless_odd(path: Path, look: Callable[[Path], _Seen]) -> _Seen:
    try:
        return look(path)
    except OSError as error:
        at = Path(error.filename or path)
        _refused(at, reason_of(error, at))


def _holds(source: LearningBackend, scenario: str | None, name: str | None, path: Path) -> bool:
    """Whether the store has a session of this id and content, which the export would write there."""
    if scenario is None or name is None or not is_upstreams(name):
        return False
    held = source.load(SessionKey(scenario, SessionId(name)))
    with contextlib.suppress(SnapshotFormatError):
        return held is not None and held == sidecars.snapshot_in(*sidecars.Contents.read(path))
    return False


def _has_model(source: LearningBackend, scenario: str | None, path: Path) -> bool:
    held = None if scenario is None else source.load_offline_model(scenario)
    with contextlib.suppress(SnapshotFormatError):
        model = sidecars.model_in(*sidecars.Contents.read(path))
        return held is not None and (held == model or held.updated_at > model.updated_at)
    return False


class ScenarioFolders:
    """Which folder of an export each scenario has: no two that any disk takes for one."""

    def __init__(self, base: Path) -> None:
        """Raises ConfigurationError, SnapshotFormatError, OSError."""
        self._parent = base / "scenarios"
        self._taken = {folded(name) for name in entries_of(self._parent)}
        self._of = dict[str, Path]()
        for _, folder in named_folders(self._parent, _refused):
            scenario = scenario_of(folder, base)
            if scenario is not None and (scenario not in self._of or folder.name == short_name(scenario)):
                self._of[scenario] = folder

    def of(self, scenario: str) -> Path:
        """The folder that stands for a scenario, or a new one. Raises ConfigurationError."""
        if scenario not in self._of:
            names = (short_name(scenario), short_name(scenario, distinct=True))
            free = next((name for name in names if folded(name) not in self._taken), None)
            if free is None:
                _refused(self._parent / names[0], f"scenario {scenario!r} needs its name")
            self._taken.add(folded(free))
            self._of[scenario] = self._parent / free
        return self._of[scenario]


def put(base: Path, path: Path, text: str) -> Outcome:
    """Write a file of the export in `base` unless it holds just this. Raises OSError."""
    before = sidecars.content_of(path)
    if before == text.encode():
        return Outcome.UNCHANGED
    make_folder(path.parent, base)
    write_bytes(path, text.encode())
    return Outcome.ADDED if before is None else Outcome.REPLACED


def put_texts(base: Path, path: Path, texts: sidecars.Texts) -> Outcome:
    """Write a file after its sidecar: whoever sees the file can have all of it."""
    if texts.beside is None:
        there = sidecars.content_of(sidecars.beside(path)) is not None
        sidecars.beside(path).unlink(missing_ok=True)
        sidecar = Outcome.REPLACED if there else Outcome.UNCHANGED
    else:
        sidecar = put(base, sidecars.beside(path), texts.beside)
    outcome = put(base, path, texts.text)
    changed = outcome is Outcome.UNCHANGED and sidecar is not Outcome.UNCHANGED
    return Outcome.REPLACED if changed else outcome


def remove_file(path: Path) -> None:
    """Remove a file and its sidecar, where there are any."""
    path.unlink(missing_ok=True)
    sidecars.beside(path).unlink(missing_ok=True)


def remove_sessions(folder: Path, index: sidecars.Index | None, but: Mapping[str, str]) -> list[str]:
    """Remove exported sessions of a scenario's folder but those of these names and ids; the ids."""
    names = {} if index is None else index.sessions
    removed = [name for name in names if is_upstreams(name) and but.get(name) != names[name]]
    for name in removed:
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(folder / "sessions" / name)
    return [names[name] for name in removed]


def remove_scenarios(base: Path, but: Container[str]) -> int:
    """Remove what exports wrote for all other scenarios; how many sessions that were."""
    removed = 0
    for _, folder in named_folders(base / "scenarios", _refused):
        index = sidecars.read_index(folder)
        if index is None or index.scenario in but:
            continue
        removed += len(remove_sessions(folder, index, but={}))
        for name in (STATS, MODEL):
            remove_file(folder / name)
        (folder / sidecars.INDEX).unlink()
        with contextlib.suppress(OSError):  # somebody has put something of his own there
            (folder / "sessions").rmdir()
        with contextlib.suppress(OSError):
            folder.rmdir()
    return removed
