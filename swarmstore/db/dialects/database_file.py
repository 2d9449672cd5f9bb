"""The file of a URL, and what a store found when it was opened and keeps to: copies elsewhere too."""

from __future__ import annotations

import errno
import logging
import os
import platform
import stat
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote

from sqlalchemy import URL

from swarmstore.disk import reason_of
from swarmstore.errors import (
    ConfigurationError,
    DatabaseMissingError,
    InvalidUrlError,
    NotPermittedError,
    StoreUnavailableError,
    SwarmstoreError,
)

logger = logging.getLogger("swarmstore")

_URI = "file:"
_UNREACHABLE: dict[int, tuple[type[SwarmstoreError], str]] = {
    errno.ELOOP: (DatabaseMissingError, "its links lead in a circle; mend them, or name another file"),
    errno.ENAMETOOLONG: (InvalidUrlError, "it, or a name in it, is longer than the disk takes; shorten it"),
    errno.EACCES: (NotPermittedError, "a folder above it lets this user not in; ask for that right (x)"),
    errno.EPERM: (NotPermittedError, "the system does not let this user at it; ask for the right"),
    errno.ENOTDIR: (DatabaseMissingError, "what should be a folder above it is a file; name another one"),
}


def with_absolute_path(url: URL) -> URL:
    """The URL with the file's path from the root, so that it means the same when the folder is changed.

    Raises DatabaseMissingError where there is no current folder.
    """
    file = database_file(url)
    if file is None or file.is_absolute():
        return url
    absolute = from_root(file)
    return url.set(database=_URI + quote(os.fsencode(absolute)) if _is_uri(url) else str(absolute))


def from_root(file: Path) -> Path:
    """The path from the root. Raises DatabaseMissingError where there is no current folder."""
    try:
        return Path.cwd() / file
    except OSError as error:
        raise DatabaseMissingError(
            f"{file} cannot be opened: the current folder was removed, or cannot be read; name the file from "
            "the root, or go to another folder"
        ) from error


def database_file(url: URL) -> Path | None:
    """The file of a URL, None for one in memory and for a server."""
    name = url.database
    if url.get_backend_name() != "sqlite" or name in (None, "", ":memory:"):
        return None
    if not _is_uri(url):
        return Path(name or "")
    path = unquote((name or "").removeprefix(_URI).partition("?")[0], errors="surrogateescape")
    if path in {"", ":memory:"} or url.query.get("mode") == "memory" or url.query.get("vfs") == "memdb":
        return None
    return Path("/" + path.lstrip("/") if path.startswith("//") else path)


def url_of_file(path: Path) -> str:
    """The URL of a database in this file."""
    return URL.create("sqlite", database=str(path.absolute())).render_as_string()


def is_on(url: URL, option: str) -> bool:
    """Whether an option of the form `file:` that is off by default is on."""
    return url.query.get(option) in {"1", "true", "yes", "on"}


def takes_turns(url: URL) -> bool:
    """Whether a store is to have one connection at a time.

    SQLite does not keep connections without locks apart, and lets none wait for others of a shared cache.
    """
    has_no_locks = is_on(url, "nolock") or str(url.query.get("vfs")).endswith("-none")
    return has_no_locks or url.query.get("cache") == "shared"


def sessions_beside(path: Path) -> Path | None:
    """The write-ahead log of a file, where it holds what is not in the file yet."""
    log = Path(f"{os.path.realpath(path)}-wal")
    found = found_at(log)
    return log if found is not None and found.st_size else None


def _is_uri(url: URL) -> bool:
    return (url.database or "").startswith(_URI) and url.query.get("uri") is not None


def found_at(path: Path) -> os.stat_result | None:
    """What is at a path, None where nothing is. Raises a SwarmstoreError where that cannot be known."""
    try:
        return os.stat(path)  # noqa: PTH116 - before every save: half of the time of Path.stat
    except FileNotFoundError:
        return None
    except OSError as error:
        usual = (StoreUnavailableError, f"{reason_of(error, path)}; try again")
        kind, why = _UNREACHABLE.get(error.errno or 0, usual)
        raise kind(f"{path} cannot be opened: {why}") from error


class FileIdentity(NamedTuple):
    """Which file it is, as one machine tells files apart."""

    device: int
    inode: int


class Beside(NamedTuple):
    """What SQLite keeps beside a file that is in use, as far as it is there."""

    wal: FileIdentity | None = None
    """The write-ahead log."""
    shm: FileIdentity | None = None
    """Its index, by which processes know where the log ends."""


@dataclass(frozen=True)
class AsOpened:
    """What a store found when it was opened. It goes along in pickles, so that there is no secret in it."""

    driver_options: Mapping[str, str]
    """What the driver would take from the environment, or the current folder, at every connection."""
    file: FileIdentity | None
    machine: str = field(default_factory=platform.node)


class OpenedFile:
    """Which file a store opened first, by device and inode, for all its connections."""

    def __init__(self, url: URL, path: Path, *, create: bool, identity: FileIdentity | None) -> None:
        self.path = path
        self._create = create
        self.takes_turns = takes_turns(url)
        self._is_immutable = is_on(url, "immutable")
        self._is_made = url.query.get("mode", "rwc") == "rwc" and not self._is_immutable
        self.identity = identity
        self._real = Path(os.path.realpath(path))
        self._wal, self._shm = (Path(f"{self._real}-{kind}") for kind in ("wal", "shm"))
        self._last = Beside()

    @classmethod
    def of(cls, url: URL, *, create: bool, as_opened: AsOpened | None) -> OpenedFile | None:
        """That of a URL, None where it has no file. Raises as `found_at`.

        create: whether it may be made where it is not there.
        as_opened: of a store that was sent here: its file is this one, or none is opened.
        """
        path = database_file(url)
        if path is None:
            return None
        found_at(path)
        identity = None
        if as_opened is not None and as_opened.machine == platform.node():  # elsewhere it means nothing
            identity = as_opened.file
        return cls(url, path, create=create, identity=identity)

    def before_connecting(self) -> None:
        """Refuse a path that has no folder, and one whose file is gone or another one.

        SQLite would make a new file there. Also refuse to read a file without its write-ahead log, as
        `immutable=1` does. Raises DatabaseMissingError, InvalidUrlError, and as `found_at`.
        """
        if self.identity is not None:
            self.check()
            return
        found, folder = found_at(self.path), found_at(self.path.parent)
        if not self._create and found is None:
            raise DatabaseMissingError(
                f"{self.path} does not exist; fill it with `swarmstore import FOLDER`, or name another one"
            )
        if folder is None or not stat.S_ISDIR(folder.st_mode):
            home = "; `~` means nothing in a URL" if "~" in self.path.parts else ""
            raise DatabaseMissingError(
                f"{self.path} cannot be opened: there is no folder {self.path.parent}; make it{home}"
            )
        if found is not None and stat.S_ISDIR(found.st_mode):
            raise DatabaseMissingError(f"{self.path} is a folder; name a file in it")
        if found is not None and not stat.S_ISREG(found.st_mode):
            raise DatabaseMissingError(f"{self.path} is a device, a pipe or a socket; name a file")
        if found is not None and found.st_nlink > 1 and not self._is_immutable:
            raise ConfigurationError(
                f"{self.path} has {found.st_nlink} names (hard links). SQLite has a log for each, so what is "
                "saved under one would be missing under another; remove the other names, or copy the file"
            )
        real = Path(os.path.realpath(self.path))
        if found is None and not real.parent.is_dir():
            raise DatabaseMissingError(
                f"{self.path} is a link to {real}, and there is no folder {real.parent}; make it, or mend "
                "the link"
            )
        if not self._is_made and found is None:
            raise DatabaseMissingError(f"{self.path} does not exist, and the URL's options do not create it")
        if self._is_immutable and (log := sessions_beside(self.path)):
            raise InvalidUrlError(
                f"{self.path} cannot be opened with immutable=1: {log} has sessions that would be left "
                "out; open it once without immutable=1 where this user may write, or copy both files to "
                "such a folder"
            )

    def connected(self) -> Beside:
        """Remember the file of the first connection, and what is beside it for this one."""
        if self.identity is None:
            self.identity = _identity_of(self.path)
        self._last = self._beside()
        return self._last

    def check(self, beside: Beside = Beside()) -> None:  # noqa: B008 - it cannot change
        """Refuse a file, or what a connection found beside it, that is no longer what is at its path.

        Raises DatabaseMissingError.
        """
        found = _identity_of(self.path)
        if self.identity is not None and found != self.identity:
            what = "was removed" if found is None else "is another file now"
            raise DatabaseMissingError(
                f"{self.path} {what} while this store had it open, and what is saved here would be lost; "
                f"close the store and open it again{self._set_log_aside()}"
            )
        for path, before, now in zip((self._wal, self._shm), beside, self._beside(), strict=True):
            if before is not None and now != before:
                raise DatabaseMissingError(
                    f"{path} was removed or replaced while this store had it open, and what is saved here "
                    "could be lost; close the store, which keeps what was saved, and open it again"
                )

    def is_known(self, beside: Beside) -> bool:
        """Whether a connection that found this beside the file knows all that others have written."""
        with suppress(SwarmstoreError):  # of a folder that lets nobody in: who knows
            return beside.shm is None or beside.shm == _identity_of(self._shm)
        return True

    def closed(self) -> None:
        """Where the file was removed or replaced, leave no log of it for the next one at its path."""
        with suppress(SwarmstoreError):  # likewise
            is_gone = self.identity is not None and _identity_of(self.path) != self.identity
            if is_gone and (told := self._set_log_aside()):
                logger.warning("%s is no longer the file that was open%s", self.path, told)

    def _beside(self) -> Beside:
        return Beside(_identity_of(self._wal), _identity_of(self._shm))

    def _set_log_aside(self) -> str:
        """Rename a log that SQLite would read into another file, and say so; nothing where there is none."""
        log = _identity_of(self._wal)
        # where only a link to the file was changed, others may be using the file and its log
        if log is None or log != self._last.wal or _identity_of(self._real) == self.identity:
            return ""
        aside = self._wal.with_name(f"{self._wal.name}.{log.inode}")
        try:
            self._wal.rename(aside)
        except OSError:
            return f"; before that remove {self._wal}, the log of the file before"
        return f"; the log of the file before is {aside} now"


def _identity_of(path: Path) -> FileIdentity | None:
    found = found_at(path)
    return None if found is None else FileIdentity(found.st_dev, found.st_ino)
