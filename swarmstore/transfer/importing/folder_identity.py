"""Which store a folder is: told by what its sessions hold, not by where it is.

docs/reference/files.md has the rules ("Which store is it?").
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from swarmstore.contracts.imports import ImportTarget, SourceFile
from swarmstore.errors import InvalidValueError, OriginConflictError
from swarmstore.files.file_names import decode_name
from swarmstore.files.layout import GLOBAL, STATS, FileKind, StoreFile
from swarmstore.files.sidecars import INDEX, Contents, snapshot_in
from swarmstore.model.limits import check_short_text
from swarmstore.transfer.importing.file_contents import OF_ONE_FILE, snapshot_of

_SESSION = "scenarios/S/sessions/ID/stats.json"


@dataclass(frozen=True)
class Found:
    """The store that a folder is, with its entries in the ledger.

    renamed: the folders that its scenario folders were before. renamed_sessions: the paths that sessions
    had before. is_sure: sessions say so. known_as: another store that has all of its sessions.
    """

    origin: str
    ledger: Mapping[str, SourceFile]
    renamed: Mapping[str, str]
    renamed_sessions: Mapping[str, str] = field(default_factory=dict)
    is_sure: bool = False
    known_as: str | None = None

    def file(self, file: StoreFile) -> StoreFile:
        """A file where it was before its folder, or its scenario's, was renamed."""
        moved = self._with_its_scenario(file)
        before = self.renamed_sessions.get(moved.relative)
        return moved if before is None else replace(moved, relative=before)

    def _with_its_scenario(self, file: StoreFile) -> StoreFile:
        folder = _scenario_folder(file.relative)
        before = self.renamed.get(folder)
        if before is None:
            return file
        relative = f"scenarios/{before}/{file.relative.split('/', 2)[2]}"
        scenario = decode_name(before) if file.scenario == decode_name(folder) else file.scenario
        return replace(file, relative=relative, scenario=scenario)


def find_origin(
    target: ImportTarget, folder: Path, files: Sequence[StoreFile], name: str | None, *, from_here: bool
) -> Found:
    """The store that a folder is.

    name: what the caller calls it. from_here: it is an export of the target itself, which may have the
    sessions of any store that was imported.

    Raises OriginConflictError where that cannot be told, InvalidValueError kinds.
    """
    given = name is not None
    own = check_short_text("origin", str(folder.resolve()) if name is None else name)
    if not own:
        raise InvalidValueError("origin", "is empty; leave it out to have the store named after its folder")
    origins = target.origins()
    is_new = given and own not in origins and not from_here
    known_as = _known_as(target, files, origins) if is_new else None
    if given or from_here:
        origins = [own] if own in origins else []
    found = [_Comparison(target, origin, files, is_own=origin == own) for origin in origins]
    same = [each for each in found if each.is_it]
    if same:
        best = max(same, key=lambda each: (each.is_own, len(each.same)))
        for other in same:
            if not given and not other.same <= best.same:  # both are in this folder: its totals have both
                raise OriginConflictError(other.message(folder, given=given))
        return best.found()
    for each in found:
        if not from_here and each.conflicts(given=given):
            raise OriginConflictError(each.message(folder, given=given))
    of_own = next((each for each in found if each.is_own), None)
    if origins and of_own is None and not given and _says_nothing(files):
        raise OriginConflictError(
            f"none of the sessions in {folder} can be read, so that it may be a store that was imported "
            "before; make them readable, or say which store it is with --as NAME (origin=)"
        )
    return Found(own, {}, {}, known_as=known_as) if of_own is None else of_own.found()


def _known_as(target: ImportTarget, files: Sequence[StoreFile], origins: Sequence[str]) -> str | None:
    """The store, imported under another name, that all sessions of a folder are of."""
    for origin in origins:
        known = _Comparison(target, origin, files, is_own=False)
        if known.same and not known.different and not known.new:
            return origin
    return None


class _Comparison:
    """A folder beside what the ledger has of one store. Paths of sessions by how they compare.

    is_own: the folder has the store's name.
    """

    def __init__(
        self, target: ImportTarget, origin: str, files: Sequence[StoreFile], *, is_own: bool
    ) -> None:
        self._target, self._files = target, files
        self.origin, self.is_own = origin, is_own
        self.known = target.entries(origin)
        # where a scenario's index cannot be read, all of its folder cannot
        self._problems = [
            file.relative.removesuffix(f"/{INDEX}") for file in files if file.problem is not None
        ]
        sessions = {path for path in self.known if _is_session(path) and self._may_be_looked_for(path)}
        self.renamed = self._renamed_folders(sorted(sessions))
        found = Found(self.origin, self.known, self.renamed)
        self._here = {file.relative: file for file in map(found.file, files) if file.problem is None}
        here = {path for path, file in self._here.items() if file.kind is FileKind.SESSION}
        self.same, self.different = set[str](), set[str]()
        for path in sorted(sessions & here):
            same = self._is_as_known(self._here[path], path)
            if same is not None:
                (self.same if same else self.different).add(path)
        self.gone, self.new = sessions - here, here - sessions
        self.renamed_sessions: dict[str, str] = {}
        if self.gone and self.new:
            self._match_renamed_sessions()

    def found(self) -> Found:
        """The store, where the folder is it."""
        return Found(self.origin, self.known, self.renamed, self.renamed_sessions, is_sure=bool(self.same))

    def _may_be_looked_for(self, path: str) -> bool:
        """Whether nothing of its path is there that cannot be read: then nobody knows."""
        return not any(path == place or path.startswith(f"{place}/") for place in self._problems)

    @property
    def is_it(self) -> bool:
        """Whether the sessions alone say that it is the store, and none of them speaks against it."""
        if not self.same:
            return False
        if self.different:
            edited = self.is_own and not self.gone and not self.new and len(self.different) <= len(self.same)
            return edited and self._has_totals_as_before()
        return not (self.gone and self.new) or self._is_pruned_and_grown()

    def conflicts(self, *, given: bool) -> bool:
        """Whether it must not be taken for the store, nor for one that was never imported.

        given: the caller has given the name, and knows of sessions that are gone or were edited.
        """
        if self.same and not self.is_it:
            return not given
        if not self.is_own or not any(_is_session(path) for path in self.known):
            return False
        if self.different or not (self.new and self.gone):
            return bool(self.different)
        counted = all(entry.counted for entry in self.known.values())
        return not given or not (counted or self._is_grown_later())

    def message(self, folder: Path, *, given: bool) -> str:
        """What is wrong, and what to do."""
        counts = {"equal": self.same, "different": self.different, "missing": self.gone, "new": self.new}
        shown = ", ".join(f"{len(paths):,} {what}" for what, paths in counts.items() if paths)
        first = f"{folder} is not just the store that was imported as {self.origin!r}: sessions: {shown}; "
        if given:
            return first + "import it under another name with --as (origin=)"
        return first + (
            "say which store it is with --as NAME (origin=): another name for another store, whose totals "
            f"add up, or --as {self.origin!r} if it is that one"
        )

    def _renamed_folders(self, sessions: Iterable[str]) -> dict[str, str]:
        """Folders of scenarios that the ledger does not have, by those that it has and that are gone."""
        known, here = _by_scenario(sessions), defaultdict[str, dict[str, StoreFile]](dict)
        for file in self._files:
            if file.kind is FileKind.SESSION and file.problem is None:
                here[_scenario_folder(file.relative)][_in_scenario(file.relative)] = file
        present = {_scenario_folder(file.relative) for file in self._files}
        gone = [folder for folder in known if folder not in present]
        renamed = dict[str, str]()
        for folder in here.keys() - known.keys() if gone else ():
            equal = {before: self._equal(known[before], before, here[folder]) for before in gone}
            best = max(gone, key=equal.__getitem__, default=None)
            if best is not None and equal[best] > 0:
                renamed[folder] = best
                gone.remove(best)
        return renamed

    def _equal(self, known: Iterable[str], folder: str, files: Mapping[str, StoreFile]) -> int:
        """By how many sessions more are equal than are not."""
        both = [
            self._is_as_known(files[path], f"scenarios/{folder}/{path}") for path in known if path in files
        ]
        return both.count(True) - both.count(False)

    def _is_as_known(self, file: StoreFile, path: str) -> bool | None:
        """Whether it still holds what was imported as `path`, however that is written; None if unknown."""
        known = self.known[path]
        try:
            contents = Contents.read(file.path)
            if contents.digest == known.digest:
                return True
            return None if known.content is None else self._content(contents) == known.content
        except (*OF_ONE_FILE, OSError):
            return None

    def _content(self, contents: Contents) -> bytes:
        return self._target.content_digest(snapshot_in(*contents))

    def _match_renamed_sessions(self) -> None:
        """Take sessions whose folders were renamed for the same.

        Elsewhere, where no other session is the same, only if all that were imported are here.
        """
        contents = defaultdict[tuple[str, bytes | None], list[str]](list)
        for path in sorted(self.gone):
            contents[_scenario_folder(path), self.known[path].content].append(path)
        renamed = dict[str, str]()
        for path in sorted(self.new):
            try:
                digest = self._content(Contents.read(self._here[path].path))
            except (*OF_ONE_FILE, OSError):
                continue
            if before := contents.get((_scenario_folder(path), digest)):
                renamed[path] = before.pop()
        if self.same or self.is_own or len(renamed) == len(self.gone):
            self.renamed_sessions = renamed
            self.same |= set(renamed.values())
            self.gone -= set(renamed.values())
            self.new -= renamed.keys()

    def _has_totals_as_before(self) -> bool:
        """Whether the totals of scenarios with other sessions are those imported, as after an edit."""
        paths = {f"scenarios/{_scenario_folder(path)}/{STATS}" for path in self.different}
        there = self._here.keys() & self.known.keys()
        return all(path in there and self._is_as_known(self._here[path], path) for path in paths)

    def _is_pruned_and_grown(self) -> bool:
        """Whether only old sessions are missing, only later ones are new, and totals cover both."""
        same, gone, new = map(_by_scenario, (self.same, self.gone, self.new))
        for folder, missing in gone.items():
            known = len(missing) + len(same.get(folder, ())) + len(new.get(folder, ()))
            if folder in same:
                if max(missing) > min(same[folder]) or not self._covers(f"scenarios/{folder}/{STATS}", known):
                    return False
            elif any(_scenario_folder(path) == folder for path in self._here) or not self._covers_all():
                return False  # or else the scenario was deleted
        return all(min(added) > max(same[folder]) for folder, added in new.items() if folder in same)

    def _is_grown_later(self) -> bool:
        """Whether all sessions here are later than those known, and the total covers all of them."""
        latest = max(path.rsplit("/", 2)[1] for path in self.gone)
        return all(path.rsplit("/", 2)[1] > latest for path in self.new) and self._covers_all()

    def _covers_all(self) -> bool:
        return self._covers(GLOBAL, len(self.same) + len(self.gone) + len(self.new))

    def _covers(self, path: str, sessions: int) -> bool:
        total = snapshot_of(self._here[path]) if path in self._here else None
        return total is not None and total.metadata.session_count >= sessions


def _says_nothing(files: Sequence[StoreFile]) -> bool:
    sessions = [file for file in files if file.kind is FileKind.SESSION or file.path.name == INDEX]
    readable = (file for file in sessions if file.problem is None)
    return bool(sessions) and not any(snapshot_of(file) is not None for file in readable)


def _is_session(path: str) -> bool:
    return path.startswith("scenarios/") and path.count("/") == _SESSION.count("/")


def _scenario_folder(path: str) -> str:
    return path.split("/")[1] if path.startswith("scenarios/") else ""


def _in_scenario(path: str) -> str:
    return path.split("/", 2)[2]


def _by_scenario(paths: Iterable[str]) -> dict[str, list[str]]:
    found = defaultdict[str, list[str]](list)
    for path in paths:
        found[_scenario_folder(path)].append(_in_scenario(path))
    return found


def contents_by_scenario(known: Mapping[str, SourceFile]) -> dict[str, dict[bytes, str]]:
    """The path of each session's content in the ledger, by scenario folder."""
    found = defaultdict[str, dict[bytes, str]](dict)
    for path, source in known.items():
        if _is_session(path) and source.content is not None and not source.repeated:
            found[_scenario_folder(path)][source.content] = path
    return dict(found)
