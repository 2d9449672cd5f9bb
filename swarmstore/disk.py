"""Files and folders that others can change: how they are looked at, read, listed and written.

Below a folder that somebody names, links are not followed and only regular files are opened: a link
may lead anywhere, a named pipe makes its reader wait for ever. A file is written under a random name
of its own and takes its final name when it is whole.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from os.path import lexists
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Self
from unicodedata import normalize

if TYPE_CHECKING:
    from filelock import FileLock

_PLAIN = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _PLAIN  # else a pipe without a writer blocks
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _PLAIN
_HEX = 16
_LONGEST_PATH = 4096
_SUFFIX = 16  # characters of it in a temporary name, which has a limit
_KINDS = {
    stat.S_IFREG: "a file",
    stat.S_IFDIR: "a folder",
    stat.S_IFLNK: "a link, which is not followed",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFBLK: "a device",
    stat.S_IFCHR: "a device",
}

Odd = Callable[[Path, str], None]
"""Called with a path that is passed over, and why."""


def reason_of(error: Exception, path: Path | str | None = None) -> str:
    """Say what went wrong in words, with the path where it is not the one that the reader sees."""
    if not isinstance(error, OSError):
        return str(error)
    said = error.strerror or str(error) or type(error).__name__
    at = error.filename2 or error.filename
    return said if at is None or str(at) == str(path) else f"{at}: {said}"


def is_text(name: str) -> bool:
    """Tell whether a file name is UTF-8: Python keeps other bytes as lone surrogates."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def has_exactly(folder: Path, name: str) -> bool:
    """Tell whether a folder has an entry of just this name, on disks too that take others for it."""
    if not lexists(folder / name):
        return False
    others = {name.swapcase(), normalize("NFC", name), normalize("NFD", name), name.rstrip(". ")}
    if not any(lexists(folder / other) for other in others - {name, ""}):
        return True
    return name in entries_of(folder)  # only a list of all has the names as they are


def entries_of(folder: Path) -> list[str]:
    """Return the names of all entries of a folder; none where it cannot be listed."""
    try:
        return [entry.name for entry in folder.iterdir()]
    except OSError:
        return []


def is_file(path: Path, *, within: Path | None = None) -> bool:
    """Tell whether a regular file is there; False where there is nothing.

    within: a folder above the path; no folder between the two may be a link.

    Raises OSError for anything else of this name, and where it cannot be looked at.
    """
    try:
        _check_way(path.parent, within)
    except FileNotFoundError:
        return False
    try:
        mode = path.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return False
    _check_file(mode, path)
    return True


@contextmanager
def opened(path: Path, *, within: Path | None = None, follow: bool = False) -> Iterator[BinaryIO]:
    """Open a regular file for reading.

    within: a folder above the path; no folder between the two may be a link.
    follow: whether the path may be a link, as one that a person gives may.

    Raises OSError, also for anything that is not a regular file.
    """
    _check_way(path.parent, within)
    # before it is opened, as opening some devices does something, and after it, as it may be another
    _check_file((path.stat() if follow else path.lstat()).st_mode, path)
    descriptor = os.open(path, _READ if follow else _READ | _NO_LINK)
    with os.fdopen(descriptor, "rb") as file:
        _check_file(os.fstat(descriptor).st_mode, path)
        yield file


def read_bytes(path: Path, *, within: Path | None = None, follow: bool = False) -> bytes:
    """Return what is in a file; see `opened`. Raises OSError."""
    with opened(path, within=within, follow=follow) as file:
        return file.read()


def folders_in(parent: Path, odd: Odd, *, within: Path | None = None) -> list[str]:
    """Return the names of the folders in a folder, in no order; none where it is missing.

    odd: told of every link and special file, of files that version control wrote in place of a link,
        and of the folder where it cannot be listed.
    within: a folder above this one; no folder between the two may be a link.
    """
    try:
        _check_way(parent.parent, within)
        _check_folder(parent.lstat().st_mode, parent)
        with os.scandir(parent) as entries:
            found = list(entries)
    except FileNotFoundError:
        return []
    except OSError as error:
        odd(parent, reason_of(error, parent))
        return []
    names = list[str]()
    for entry in found:
        path = parent / entry.name
        try:
            if entry.is_dir(follow_symlinks=False):
                names.append(entry.name)
            elif not entry.is_file(follow_symlinks=False):
                odd(path, _not_a("folder", path.lstat().st_mode))
            elif _holds_a_link(path):
                odd(path, "it is a file with the path of a folder, as of a link that was not made")
        except FileNotFoundError:  # it is gone by now
            continue
        except OSError as error:
            odd(path, reason_of(error, path))
    return names


def use_folder(folder: Path) -> None:
    """Make a folder that a person named, where it is missing. Raises OSError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        _check_folder(folder.stat().st_mode, folder)
        raise


def make_folder(folder: Path, within: Path) -> None:
    """Make a folder, and those between it and `within`. Raises OSError where one is a link."""
    for each in _way(folder, within):
        try:
            each.mkdir()
        except FileExistsError:
            _check_folder(each.lstat().st_mode, each)


class NewFile:
    """A file that is being written under a random name; `put` gives it its own, else its block removes it."""

    def __init__(self, path: Path) -> None:
        """Raises OSError, also where the name is taken by anything but a regular file."""
        is_file(path)
        self._path = path
        self.temporary = path.with_name(f".{secrets.token_hex(_HEX // 2)}{path.suffix[:_SUFFIX]}.tmp")
        # 0o666 less the umask, as any program makes a file
        try:
            descriptor = os.open(self.temporary, _NEW, 0o666)
        except OSError as error:  # of a name that nobody has given
            raise OSError(error.errno, error.strerror, str(path)) from error
        self.file: BinaryIO = os.fdopen(descriptor, "wb")
        self._is_put = False

    def finish(self) -> None:
        """Bring all of it to the disk. Raises OSError."""
        self.file.flush()
        os.fsync(self.file.fileno())
        self.file.close()

    def put(self) -> None:
        """Give the finished file its name in place of the file that has it. Raises OSError."""
        is_file(self._path)
        self.temporary.replace(self._path)
        self._is_put = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, OSError) and error.filename is None:  # as of a full disk
            error.filename = str(self._path)
        with suppress(OSError):  # what cannot be written any more need not be
            self.file.close()
        if not self._is_put:
            with suppress(OSError):  # it is found as unfinished; what ended the block is what is raised
                self.temporary.unlink()


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file as a whole: after a crash it is the old one or the new one. Raises OSError."""
    with NewFile(path) as new:
        new.file.write(content)
        new.finish()
        new.put()
    sync_folder(path.parent)


def unfinished(folder: Path, suffix: str, *, deep: bool = False) -> Iterator[Path]:
    """The files with this suffix that were begun and never finished, as after a kill."""
    pattern = f".{'[0-9a-f]' * _HEX}{suffix}.tmp"
    yield from folder.rglob(pattern) if deep else folder.glob(pattern)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a crash."""
    if os.name != "posix":  # elsewhere folders cannot be opened
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def holding(lock: FileLock) -> Iterator[None]:
    """Hold a lock whose file is not a link: locking would empty the file that it leads to."""
    is_file(Path(lock.lock_file))
    with lock:
        yield


def _check_way(folder: Path, within: Path | None) -> None:
    """Refuse a folder that is reached over a link below `within`."""
    for each in _way(folder, within or folder):
        _check_folder(each.lstat().st_mode, each)


def _way(folder: Path, within: Path) -> Iterator[Path]:
    """The folders below `within` that lead to this one, and it."""
    between = len(folder.relative_to(within).parts)
    return reversed([folder, *folder.parents][:between])


def _check_file(mode: int, path: Path) -> None:
    if not stat.S_ISREG(mode):
        code = errno.EISDIR if stat.S_ISDIR(mode) else errno.ELOOP if stat.S_ISLNK(mode) else errno.EINVAL
        raise OSError(code, _not_a("file", mode), str(path))


def _check_folder(mode: int, path: Path) -> None:
    if not stat.S_ISDIR(mode):
        raise NotADirectoryError(errno.ENOTDIR, _not_a("folder", mode), str(path))


def _not_a(wanted: str, mode: int) -> str:
    kind = _KINDS.get(stat.S_IFMT(mode), "something else")
    return f"it is {kind}" if stat.S_ISLNK(mode) else f"it is {kind}, not a {wanted}"


def _holds_a_link(path: Path) -> bool:
    """Whether a file stands for a link to a folder, as git writes it where links cannot be made."""
    try:
        if path.lstat().st_size > _LONGEST_PATH:
            return False
        text = os.fsdecode(read_bytes(path))
        return "/" in text and "\n" not in text and (path.parent / text).is_dir()
    except (OSError, ValueError):
        return False
