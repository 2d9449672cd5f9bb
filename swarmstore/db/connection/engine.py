"""How swarmstore connects."""

from __future__ import annotations

from sqlalchemy import URL, Engine
from sqlalchemy.exc import SQLAlchemyError

from swarmstore.db.connection.fork_safety import prepare_for_forks
from swarmstore.db.dialects.database_file import OpenedFile
from swarmstore.db.dialects.registry import dialect_named
from swarmstore.db.dialects.urls import shown_url
from swarmstore.errors import InvalidUrlError
from swarmstore.settings import Settings


def make_engine(
    url: URL, settings: Settings, *, file: OpenedFile | None, as_found: bool = False, pooled: bool = True
) -> Engine:
    """An engine for a database, which forked children may use as well.

    file: the same for all engines of a store; None for a server and in memory.
    as_found: a file keeps its journal mode, and no statement changes it.
    pooled: False opens a file anew for each connection.
    """
    try:
        dialect = dialect_named(url.get_backend_name())
        engine = dialect.make_engine(url, settings, file, as_found=as_found, pooled=pooled)
    except (ValueError, TypeError, SQLAlchemyError):
        raise InvalidUrlError(f"an option of {shown_url(url)} has a value that it cannot have") from None
    prepare_for_forks(engine, None if file is None else file.path)
    return engine
