"""The file of a URL: where it is, and whether it is still the one that was opened."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote, unquote

from sqlalchemy import URL

from swarmstore.errors import DatabaseMissingError

_URI = "file:"


def with_absolute_path(url: URL) -> URL:
    """The URL with the file's path from the root, so that it means the same when the folder is changed."""
    file = database_file(url)
    if file is None or file.is_absolute():
        return url
    absolute = Path.cwd() / file
    written = quote(str(absolute)) if _is_uri(url) else str(absolute)
    return url.set(database=f"{_URI}{written}" if _is_uri(url) else written)


def database_file(url: URL) -> Path | None:
    """The file of a URL, None for one in memory and for a server."""
    name = url.database
    if url.get_backend_name() != "sqlite" or name in (None, "", ":memory:"):
        return None
    if not _is_uri(url):
        return Path(name or "")
    path = unquote((name or "").removeprefix(_URI).partition("?")[0])
    if path in {"", ":memory:"} or url.query.get("mode") == "memory" or url.query.get("vfs") == "memdb":
        return None
    return Path("/" + path.lstrip("/") if path.startswith("//") else path)


def _is_uri(url: URL) -> bool:
    return (url.database or "").startswith(_URI) and url.query.get("uri") is not None


class OpenedFile:
    """Which file a store opened first, by device and inode, for all its connections."""

    def __init__(self, url: URL, path: Path, *, create: bool = True) -> None:
        self.path = path
        self._create = create
        self._is_made = url.query.get("mode", "rwc") == "rwc" and "immutable" not in url.query
        self._identity: tuple[int, int] | None = None

    @classmethod
    def of(cls, url: URL, *, create: bool = True) -> OpenedFile | None:
        """That of a URL, None where it has no file. create: whether it may be made where it is not there."""
        path = database_file(url)
        return None if path is None else cls(url, path, create=create)

    def before_connecting(self) -> None:
        """Refuse a path that has no folder, and one whose file is gone or another one.

        SQLite would make a new file there. Raises DatabaseMissingError.
        """
        if self._identity is not None:
            self.check()
        elif not self._create and not self.path.exists():
            raise DatabaseMissingError(
                f"{self.path} does not exist; fill it with `swarmstore import DIR`, or name another one"
            )
        elif not self.path.parent.is_dir():
            home = "; `~` means nothing in a URL" if "~" in self.path.parts else ""
            raise DatabaseMissingError(
                f"{self.path} cannot be opened: there is no folder {self.path.parent}; make it{home}"
            )
        elif self.path.is_dir():
            raise DatabaseMissingError(f"{self.path} is a folder; name a file in it")
        elif not self._is_made and not self.path.exists():
            raise DatabaseMissingError(f"{self.path} does not exist, and the URL's options do not make it")

    def connected(self) -> None:
        """Remember the file of the first connection."""
        if self._identity is None:
            self._identity = self._found()

    def check(self) -> None:
        """Refuse a file that is no longer the one at its path. Raises DatabaseMissingError."""
        found = self._found()
        if self._identity is not None and found != self._identity:
            what = "was removed" if found is None else "is another file now"
            raise DatabaseMissingError(
                f"{self.path} {what} while this store had it open, and what is saved here would be lost; "
                "close the store and open it again"
            )

    def _found(self) -> tuple[int, int] | None:
        try:
            found = os.stat(self.path)  # noqa: PTH116 - before every save: half of the time of Path.stat
        except FileNotFoundError:
            return None
        return found.st_dev, found.st_ino
