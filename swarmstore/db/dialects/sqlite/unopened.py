"""Why SQLite cannot open a file, which it does not say: what is found at its path."""

from __future__ import annotations

import os
import re
import sqlite3
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import URL

from swarmstore.db.dialects.database_file import found_at, is_on, sessions_beside
from swarmstore.db.dialects.failures import sqlite_code
from swarmstore.errors import InvalidUrlError, NotPermittedError, StoreUnavailableError, SwarmstoreError


def unopened(error: BaseException, url: URL, path: Path) -> SwarmstoreError | None:
    """The error to raise for one of the driver's, None for one of something else."""
    code = sqlite_code(error)
    if isinstance(error, sqlite3.Error) and str(error).startswith("no such vfs"):
        return InvalidUrlError(
            f"{path} cannot be opened ({error}); leave out vfs, or name one that SQLite has"
        )
    if code == sqlite3.SQLITE_READONLY_DIRECTORY:
        return _in_read_only_folder(error, url, path)
    if code & 0xFF != sqlite3.SQLITE_CANTOPEN:
        return None
    folder = Path(os.path.realpath(path)).parent
    is_there = found_at(path) is not None
    if is_there and not _may(path, os.R_OK):
        return NotPermittedError(
            f"{path} cannot be opened ({error}): this user may not read it; ask for that right (r)"
        )
    if not _may(folder, os.W_OK | os.X_OK):
        if is_there:
            return _in_read_only_folder(error, url, path)
        return NotPermittedError(
            f"{path} cannot be made ({error}): this user may not make files in {folder}; ask for that right "
            "(w), or name a file elsewhere"
        )
    return StoreUnavailableError(
        f"{path} cannot be opened ({error}): SQLite needs to write beside it, with shared memory, from which "
        f"`nolock` and some `vfs` keep it, and takes no path over some 500 bytes; {_to_read(url, path)}"
    )


def _in_read_only_folder(error: BaseException, url: URL, path: Path) -> SwarmstoreError:
    return NotPermittedError(
        f"{path} cannot be opened ({error}): SQLite makes files beside it, also to read, and this user may "
        f"not write in its folder; ask for that right (w), or {_to_read(url, path)}"
    )


def _may(path: Path, right: int) -> bool:
    return os.access(path, right, effective_ids=os.access in os.supports_effective_ids)


def _to_read(url: URL, path: Path) -> str:
    """How to read a file that cannot be opened to write."""
    if log := sessions_beside(path):
        return f"{log} holds sessions that are not in the file yet: copy both to a folder that may be written"
    if is_on(url, "immutable"):
        return "copy it to a folder that may be written"
    written = re.sub("[%#?]", lambda special: quote(special[0]), str(path))
    return f"where nobody writes to it, sqlite:///file:{written}?immutable=1 reads it"
