"""Why SQLite cannot open a file, which it does not say: what is found at its path."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import URL

from swarmstore.db.dialects.database_file import is_on, sessions_beside
from swarmstore.errors import StoreUnavailableError, SwarmstoreError

_CANNOT_OPEN = 14


def unopened(error: Any, url: URL, path: Path) -> SwarmstoreError | None:
    """The error to raise for one of the driver's, None for one of something else."""
    code = getattr(error, "sqlite_errorcode", None) or 0
    if code & 0xFF != _CANNOT_OPEN:
        return None
    return StoreUnavailableError(
        f"{path} cannot be opened ({error}): SQLite needs to write beside it, with shared memory, from which "
        f"a folder that cannot be written, `nolock` and some `vfs` keep it; {_to_read(url, path)}"
    )


def _to_read(url: URL, path: Path) -> str:
    """How to read a file that cannot be opened to write."""
    if log := sessions_beside(path):
        return f"{log} holds sessions that are not in the file yet: copy both to a folder that may be written"
    if is_on(url, "immutable"):
        return "copy it to a folder that may be written"
    return f"where nobody writes to it, sqlite:///file:{path}?immutable=1 reads it"
