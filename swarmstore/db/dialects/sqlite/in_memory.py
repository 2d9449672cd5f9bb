"""A database in the memory of one process."""

from __future__ import annotations

import os
import sqlite3
from secrets import token_hex
from urllib.parse import unquote, urlencode

from sqlalchemy import URL

from swarmstore.errors import DatabaseMissingError, InvalidUrlError

_OF_DRIVER = {"uri", "timeout"}  # options that are Python's and not SQLite's


def _is_shared_file(url: URL) -> bool:
    """Whether SQLite gives all connections the same one: only where the name begins at the root."""
    path = unquote((url.database or "").removeprefix("file:").partition("?")[0])
    is_named = path.startswith("/") and path != "/"
    return url.query.get("vfs") == "memdb" and url.query.get("mode") != "memory" and is_named


class Memory:
    """A database in the memory of this process, which lasts until `close` whatever happens to connections.

    SQLite drops one in memory with its last connection, and an interrupted call costs its connection.
    """

    def __init__(self, url: URL) -> None:
        """url: one that names no file; one that others may share keeps its name."""
        options = {name: value for name, value in url.query.items() if name not in _OF_DRIVER}
        is_shared = options.get("cache") == "shared" or _is_shared_file(url)
        shared = f"{url.database}?{urlencode(options)}"
        self.name = shared if is_shared else f"file:/swarmstore-{token_hex(8)}?vfs=memdb"
        self._process = os.getpid()
        self._closed = False
        try:
            self._kept = self.connect()
        except sqlite3.Error as error:
            raise InvalidUrlError(
                f"the database in memory cannot be opened ({error}); leave out vfs and what else the URL has"
            ) from error

    def connect(self, seconds: float = 5.0) -> sqlite3.Connection:
        """Another connection to it, which waits for others so long.

        Raises DatabaseMissingError in a forked child and after `close`.
        """
        if self._closed:
            raise DatabaseMissingError("this store was in memory and is gone: it was closed")
        if os.getpid() != self._process:
            raise DatabaseMissingError(
                "this store is in the memory of the process that forked this one; use a file, or copy it to "
                "one with copy_to before the fork"
            )
        return sqlite3.connect(self.name, seconds, uri=True, check_same_thread=False)

    def close(self) -> None:
        """Drop it."""
        if os.getpid() == self._process:
            self._closed = True
            self._kept.close()
