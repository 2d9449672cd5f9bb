"""What becomes of a store's connections in a forked child: it opens its own, the parent keeps its."""

from __future__ import annotations

import weakref
from itertools import count
from pathlib import Path

from sqlalchemy import Engine, event
from sqlalchemy.orm import loading, session
from sqlalchemy.pool import ConnectionPoolEntry

from swarmstore.errors import StoreUnavailableError
from swarmstore.forking import in_children

_engines: weakref.WeakSet[Engine] = weakref.WeakSet()
_files: weakref.WeakKeyDictionary[ConnectionPoolEntry, Path] = weakref.WeakKeyDictionary()  # SQLite's
_at_rest: weakref.WeakSet[ConnectionPoolEntry] = weakref.WeakSet()  # of those, in no thread's hands
_unsafe: set[Path] = set()


def prepare_for_forks(engine: Engine, file: Path | None) -> None:
    """Make the engine safe to be used in children of this process. file: SQLite's."""
    _engines.add(engine)
    if file is None:
        return
    file = file.resolve()

    # connections are known without asking the pool, whose locks a child may find taken for ever
    @event.listens_for(engine, "do_connect")
    def _connecting(_dialect: object, entry: ConnectionPoolEntry, *_arguments: object) -> None:
        if file in _unsafe:
            raise StoreUnavailableError(
                f"this process was forked while another thread used {file.name}, and SQLite's locks do "
                "not work in it; fork before threads use the store, or start processes by `spawn`"
            )
        _files[entry] = file
        _at_rest.discard(entry)

    event.listen(engine, "checkout", lambda _connection, entry, _proxy: _at_rest.discard(entry))
    event.listen(engine, "checkin", lambda _connection, entry: _at_rest.add(entry))


def _leave_connections_to_the_parent() -> None:
    # SQLite's locks are the process's, and it counts them by file: beside an inherited connection
    # new ones would take none, and what they save goes into a log that others may remove.
    for entry, file in list(_files.items()):
        if entry not in _at_rest:
            _unsafe.add(file)  # closing it would roll back what the parent is writing
        elif entry.dbapi_connection is not None:
            entry.dbapi_connection.close()
    for engine in list(_engines):
        engine.dispose(close=False)  # PostgreSQL's sockets: closing would end the parent's sessions


_numbers = count(2**62)  # of what is made in children, other ones than those that they inherit


def _number_without_a_lock() -> None:
    # SQLAlchemy numbers sessions and results under locks of its own, which other threads may have held
    session._new_sessionid = loading._new_runid = _numbers.__next__


in_children(_leave_connections_to_the_parent)
in_children(_number_without_a_lock)
